/** Light, dark, or what the system says; remembered in this browser. */
const KEY = "exhibitor-theme";

/** @returns {"light" | "dark" | "system"} */
export function theme() {
  try {
    return localStorage.getItem(KEY) ?? "system";
  } catch {
    return "system";
  }
}

/** What is shown: `light` or `dark`. */
export function shownTheme() {
  const chosen = theme();
  if (chosen !== "system") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** @param {"light" | "dark" | "system"} chosen */
export function setTheme(chosen) {
  try {
    if (chosen === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, chosen);
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
  apply(chosen);
}

function apply(chosen) {
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

apply(theme());
