import { icon } from "./icons.js";
import { h } from "./view.js";

/** Grey bars where text will be; keeps the room. */
export function skeleton(lines = 3, label = "Loading") {
  return h("div", { class: "skeleton", role: "status", "aria-label": label },
    Array.from({ length: lines }, (_, index) => h("span", { key: index, class: `bar bar-${index % 3}` })));
}

/** What this is, and how to get the first one. */
export function empty(title, text, action = null) {
  return h("div", { class: "notice" }, h("p", { class: "notice-title" }, title), h("p", null, text), action);
}

/**
 * What failed, why, what to try.
 * @param {string} what
 * @param {Error & {kind?: string}} error
 * @param {(() => void) | null} retry
 */
export function failure(what, error, retry = null) {
  if (error.kind === "absent") {
    return h("div", { class: "notice" },
      h("p", { class: "notice-title" }, "Not available here"),
      h("p", null, `${what}: this Exhibitor does not offer it. Its version is older than this page, or the function is switched off.`),
      retry && h("button", { type: "button", onClick: retry }, "Look again"));
  }
  return h("div", { class: "notice failed-notice", role: "alert" },
    h("p", { class: "notice-title" }, icon("failed", "failed"), ` ${what} failed`),
    h("p", null, error.message),
    retry && h("button", { type: "button", onClick: retry }, "Try again"));
}
