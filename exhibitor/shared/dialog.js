import { h, render } from "./view.js";

/**
 * A modal question. Esc and Cancel close it; the focus returns to where it was.
 *
 * @param {object} question
 * @param {string} question.title
 * @param {any} question.body a tree, or a function that returns one (drawn again by `redraw`)
 * @param {{label: string, value: string, tone?: "danger" | "primary", isDisabled?: () => boolean}[]} question.choices
 * @param {string} [question.cancel]
 * @param {boolean} [question.isWide]
 * @param {(redraw: () => void, close: (value: string) => void) => void} [question.opened]
 * @param {(value: string) => Promise<string | null> | string | null} [question.check] called before it closes;
 *   a text keeps it open and is shown
 * @returns {Promise<string | null>} the value chosen, null when cancelled
 */
export function ask({ title, body, choices, cancel = "Cancel", isWide = false, opened, check }) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "dialog-title");
  if (isWide) dialog.classList.add("wide");
  document.body.append(dialog);
  let problem = null;
  let isBusy = false;
  const choose = async (value) => {
    if (check) {
      isBusy = true;
      problem = null;
      redraw();
      try {
        problem = await check(value);
      } catch (error) {
        problem = error.message;
      }
      isBusy = false;
      if (problem) {
        redraw();
        return;
      }
    }
    dialog.close(value);
  };
  const redraw = () => {
    if (!dialog.isConnected) return;
    render(dialog, h("form", {
      method: "dialog",
      onSubmit: submit,
    }, [
      h("h2", { id: "dialog-title" }, title),
      h("div", { class: "dialog-body" }, typeof body === "function" ? body() : body),
      h("p", { class: "problem", role: "alert", hidden: !problem }, problem),
      h("p", { class: "buttons" }, [
        h("button", { type: "button", onClick: cancelled }, cancel),
        choices.map((choice) => h("button", {
          key: choice.value, type: "button", class: choice.tone ?? "", "data-choice": choice.value,
          disabled: isBusy || Boolean(choice.isDisabled?.()), onClick: () => choose(choice.value),
        }, isBusy ? "Working…" : choice.label)),
      ]),
    ]));
  };
  const cancelled = () => dialog.close("");
  const submit = (event) => {
    event.preventDefault();
    const last = choices.at(-1);
    if (last && !isBusy && !last.isDisabled?.()) choose(last.value);
  };
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "" ? null : dialog.returnValue);
      dialog.remove();
    });
    redraw();
    dialog.showModal();
    opened?.(redraw, (value) => dialog.close(value));
  });
}

/** Says briefly what happened, visibly and to screen readers. @param {"ok" | "failed"} tone */
export function announce(text, tone = "ok") {
  const list = document.getElementById("announcements");
  const item = document.createElement("p");
  item.className = `announcement ${tone}`;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "plain";
  close.textContent = "Close";
  close.addEventListener("click", () => item.remove());
  item.append(document.createTextNode(text), close);
  list.append(item);
  // A failure stays until it is read.
  if (tone === "ok") setTimeout(() => item.remove(), 6000);
}

/** A button that copies a text. */
export function copyButton(text, label = `Copy ${text}`) {
  return h("button", {
    type: "button", class: "plain copy", "aria-label": label, title: label,
    onClick: async (event) => {
      event.stopPropagation();
      try {
        await navigator.clipboard.writeText(text);
        announce(`Copied ${text}`);
      } catch {
        announce("The browser does not let the page copy. Select the text instead.", "failed");
      }
    },
  }, h("svg", { class: "icon", viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" },
    h("path", { d: "M5 2h8v9h-2v2H3V4h2V2Zm1.2 2H11v5.8h.8V3.2H6.2V4ZM4.2 5.2v6.6h5.6V5.2H4.2Z" })));
}
