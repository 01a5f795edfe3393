import { diff } from "./diff.js";
import { h } from "./view.js";

/** Same lines kept around a change. */
const CONTEXT = 3;
const SIGNS = { same: " ", removed: "−", added: "+" };
const WORDS = { same: "", removed: "removed: ", added: "added: " };

/**
 * Two texts as one list of lines; long stretches without a change are left out.
 * @param {string} before
 * @param {string} after
 * @param {string} label
 */
export function diffView(before, after, label) {
  return linesView(diff(before, after), label);
}

/**
 * @param {import("./diff.js").DiffLine[]} lines
 * @param {string} label
 */
export function linesView(lines, label) {
  if (lines.every((line) => line.kind === "same")) return h("p", { class: "quiet" }, "Both are the same.");
  const isNear = lines.map(() => false);
  lines.forEach((line, index) => {
    if (line.kind === "same") return;
    for (let near = Math.max(0, index - CONTEXT); near <= Math.min(lines.length - 1, index + CONTEXT); near += 1) isNear[near] = true;
  });
  const shown = [];
  lines.forEach((line, index) => {
    if (isNear[index]) {
      shown.push(h("div", { class: `diff-line ${line.kind}` },
        h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[line.kind]),
        h("span", { class: "visually-hidden" }, WORDS[line.kind]),
        line.text || " "));
    } else if (index === 0 || isNear[index - 1]) {
      shown.push(h("div", { class: "diff-line gap" }, "⋯"));
    }
  });
  return h("div", { class: "diff mono", role: "group", "aria-label": label, tabindex: "0" }, shown);
}
