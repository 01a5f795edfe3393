/** The page and everything chosen on it stand in the fragment: `#/explorer?path=/a&view=json`. */

const listeners = new Set();

/** @returns {{page: string, query: URLSearchParams}} */
export function place() {
  const text = location.hash.replace(/^#\/?/, "");
  const [page, query = ""] = text.split("?");
  return { page: page || "control", query: new URLSearchParams(query) };
}

/**
 * The address of a place.
 * @param {string} page
 * @param {Record<string, any>} [query] left out where null, undefined or ""
 */
export function link(page, query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "" && value !== false) parameters.set(name, String(value));
  }
  // Slashes stay readable: a znode's path is what people look at and copy.
  const text = parameters.toString().replaceAll("%2F", "/");
  return `#/${page}${text ? `?${text}` : ""}`;
}

/** Goes there; Back returns. */
export function go(page, query) {
  const target = link(page, query);
  if (target !== location.hash) location.hash = target;
}

/** Changes some values of the place in view; null removes one. `replace` leaves no step for Back. */
export function adjust(changes, { replace = false } = {}) {
  const { page, query } = place();
  const target = link(page, { ...Object.fromEntries(query), ...changes });
  if (target === location.hash) return;
  if (replace) {
    history.replaceState(null, "", target);
    tell();
  } else {
    location.hash = target;
  }
}

/** @param {(place: {page: string, query: URLSearchParams}) => void} listener */
export function onPlace(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell() {
  for (const listener of listeners) listener(place());
}

addEventListener("hashchange", tell);
