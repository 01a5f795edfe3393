import { h } from "./view.js";

/** Drawn on 16 × 16; each state has its own outline, so none depends on colour. */
const PATHS = {
  ok: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm3.2 4.9-3.8 4a.8.8 0 0 1-1.1 0L4.7 8.9l1-1.1 1.1 1 3.3-3.5 1.1 1.1Z",
  warning: "M8 1.6 15 14H1L8 1.6Zm-.8 4.6v3.9h1.6V6.2H7.2Zm0 5v1.5h1.6v-1.5H7.2Z",
  failed: "M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5L5 1.5Zm.9 3.3L4.8 5.9 6.9 8l-2.1 2.1 1.1 1.1L8 9.1l2.1 2.1 1.1-1.1L9.1 8l2.1-2.1-1.1-1.1L8 6.9 5.9 4.8Z",
  unknown: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 1.6a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8Z",
  progress: "M8 1.5a6.5 6.5 0 1 0 6.5 6.5h-1.7A4.8 4.8 0 1 1 8 3.2V1.5Z",
  leader: "m2 5 3 2.5L8 3l3 4.5L14 5l-1.2 7.5H3.2L2 5Z",
  copy: "M5 2h7.5v8.5H11V12H3.5V4H5V2Zm1.2 2h4.8v5.3h.3V3.2H6.2V4ZM4.7 5.2v5.6h5.1V5.2H4.7Z",
  search: "M7 2a5 5 0 1 0 2.9 9l3.3 3.3 1.1-1.1L11 9.9A5 5 0 0 0 7 2Zm0 1.6a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8Z",
  right: "M6 3.5 10.5 8 6 12.5V3.5Z",
  down: "M3.5 6h9L8 10.5 3.5 6Z",
  sun: "M8 4.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8ZM7.3 1h1.4v2.2H7.3V1Zm0 11.8h1.4V15H7.3v-2.2ZM1 7.3h2.2v1.4H1V7.3Zm11.8 0H15v1.4h-2.2V7.3ZM2.6 3.6l1-1 1.5 1.6-1 1-1.5-1.6Zm8.3 8.2 1-1 1.5 1.6-1 1-1.5-1.6Zm0-7.6 1.5-1.6 1 1-1.5 1.6-1-1ZM2.6 12.4l1.5-1.6 1 1-1.5 1.6-1-1Z",
  moon: "M6.2 1.8a6.3 6.3 0 1 0 8 8.1A5.4 5.4 0 0 1 6.2 1.8Z",
  close: "m4 2.9 4 4 4-4L13.1 4l-4 4 4 4-1.1 1.1-4-4-4 4L2.9 12l4-4-4-4L4 2.9Z",
};

/**
 * @param {keyof typeof PATHS} name
 * @param {string} [className]
 */
export function icon(name, className = "") {
  return h("svg", { class: `icon ${className}`, viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, h("path", { d: PATHS[name] ?? PATHS.unknown }));
}

/** An icon and a word in the colour of the state. @param {"ok"|"warning"|"failed"|"unknown"|"progress"} tone */
export function stateMark(tone, text, props = {}) {
  return h("span", { class: `state ${tone}`, ...props }, icon(tone), " ", text);
}
