import { ago, bothClocks, clock, exact } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { h } from "../shared/view.js";
import { toneOf } from "./charts.js";

export const KINDS = [
  ["state", "State"], ["leader", "Leader"], ["config", "Config"], ["membership", "Members"],
  ["restart", "Restart"], ["backup", "Backup"], ["operator", "Operator"], ["warning", "Warning"],
];

/** What happened, newest first. @param {object[]} entries @param {boolean} isLong with days */
export function timelineList(entries, isLong = false) {
  let day = "";
  return h("ol", { class: "timeline" }, entries.map((entry) => {
    const today = exact(entry.time).slice(0, 10);
    const heading = isLong && today !== day ? h("li", { key: `day ${today}`, class: "day" }, h("h3", null, today)) : null;
    day = today;
    return [heading, h("li", { key: `${entry.time} ${entry.hostname} ${entry.text}` },
      h("time", { class: "mono", datetime: new Date(entry.time).toISOString(), title: `${bothClocks(entry.time)}\n${ago(entry.time)}` }, clock(entry.time)),
      h("span", { class: `kind ${toneOf(entry)}` }, icon(ICONS[toneOf(entry)]), " ", KINDS.find(([id]) => id === entry.kind)?.[1] ?? entry.kind),
      h("span", { class: "mono quiet host", title: entry.hostname }, entry.hostname),
      h("span", { class: "what" }, entry.text))];
  }));
}

const ICONS = { ok: "ok", warning: "warning", failed: "failed", unknown: "unknown" };
