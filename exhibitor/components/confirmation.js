/**
 * Asks before an order is given. Esc cancels.
 * @param {HTMLDialogElement} dialog
 * @param {{title: string, text: string, confirm: string}} question
 * @returns {Promise<boolean>}
 */
export function confirmed(dialog, { title, text, confirm }) {
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = text;
  const button = dialog.querySelector("[value=confirm]");
  button.textContent = confirm;
  return new Promise((resolve) => {
    const close = (event) => {
      const chosen = event.target.closest?.("button");
      if (chosen) dialog.close(chosen.value);
    };
    dialog.addEventListener("click", close);
    dialog.addEventListener("close", () => {
      dialog.removeEventListener("click", close);
      resolve(dialog.returnValue === "confirm");
    }, { once: true });
    dialog.returnValue = "";
    dialog.showModal();
  });
}
