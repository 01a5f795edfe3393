import { asText, bytes, fromHex, hexBytes, hexDump, prettyJSON } from "../shared/format.js";
import { h } from "../shared/view.js";

const VIEWS = [["text", "Text"], ["json", "JSON"], ["hex", "Hex"]];
/** Longer texts are cut in the page; editing still takes all. */
const SHOWN = 200_000;

/** How a value is best read. @param {Uint8Array} data */
export function bestView(data) {
  const text = asText(data);
  if (text === null) return "hex";
  return prettyJSON(text) === null ? "text" : "json";
}

/** The view asked for, or the best one when the value has no such view. */
export function chosenView(data, wanted) {
  if (wanted === "hex" || wanted === "text" && asText(data) !== null || wanted === "json" && prettyJSON(asText(data)) !== null) return wanted;
  return bestView(data);
}

/** @param {Uint8Array} data @param {"text" | "json" | "hex"} view */
export function valueText(data, view) {
  if (view === "hex") return hexDump(data);
  const text = asText(data) ?? "";
  return view === "json" ? prettyJSON(text) ?? text : text;
}

/**
 * A value as text, JSON or hex, with the switch.
 * @param {Uint8Array} data
 * @param {string | null} wanted
 * @param {(view: string) => void} onView
 */
export function valueView(data, wanted, onView) {
  const view = chosenView(data, wanted);
  const text = valueText(data, view);
  const possible = { text: asText(data) !== null, json: prettyJSON(asText(data)) !== null, hex: true };
  const reasons = { text: "The bytes are no UTF-8 text", json: "The value is no JSON object or list" };
  return [
    h("div", { class: "row", role: "group", "aria-label": "Show the value as", key: "switch" }, VIEWS.map(([id, name]) => h("button", {
      key: id, type: "button", class: "small", "aria-pressed": id === view, disabled: !possible[id], title: possible[id] ? "" : reasons[id], onClick: () => onView(id),
    }, name)), h("span", { class: "quiet small" }, bytes(data.length))),
    data.length === 0
      ? h("p", { class: "quiet", key: "none" }, "The znode has no data.")
      : h("pre", { class: `text value ${view}-value`, tabindex: "0", role: "region", "aria-label": "Value", key: "value" },
        text.length > SHOWN ? `${text.slice(0, SHOWN)}\n… ${bytes(text.length - SHOWN)} more` : view === "json" ? coloured(text) : text),
  ];
}

/** Keys stand out by weight: colour is kept for states. */
function coloured(text) {
  return text.split("\n").map((line) => {
    const parts = /^(\s*)("(?:[^"\\]|\\.)*")(:)(.*)$/.exec(line);
    return parts ? [parts[1], h("b", null, parts[2]), `${parts[3]}${parts[4]}\n`] : `${line}\n`;
  });
}

/** The text of an editor as bytes. @returns {{data: Uint8Array | null, problem: string | null}} */
export function parsed(text, format) {
  if (format === "hex") {
    const data = fromHex(text);
    return data ? { data, problem: null } : { data: null, problem: "Hex needs pairs of the digits 0–9 and a–f." };
  }
  return { data: new TextEncoder().encode(text), problem: null };
}

/** What to put into an editor. @param {Uint8Array} data @returns {{text: string, format: "text" | "hex"}} */
export function editable(data) {
  const text = asText(data);
  return text === null ? { text: hexBytes(data), format: "hex" } : { text, format: "text" };
}

/** Says whether a text that was JSON still is. */
export function jsonNote(text) {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    JSON.parse(text);
    return { ok: true, text: "Valid JSON" };
  } catch (error) {
    return { ok: false, text: `No valid JSON: ${error.message}` };
  }
}
