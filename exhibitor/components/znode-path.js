/** @param {string} parent @param {string} name may hold slashes */
export function childPath(parent, name) {
  return parent === "/" ? `/${name}` : `${parent}/${name}`;
}

/** @param {string} path */
export function parentOf(path) {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** @param {string} path */
export function nameOf(path) {
  return path === "/" ? "/" : path.slice(path.lastIndexOf("/") + 1);
}

/** What stands after `explorer/znode/` in an address. */
export function znodeAddress(path) {
  return `explorer/znode/${path.slice(1).split("/").map(encodeURIComponent).join("/")}`;
}

/** Why this znode is never changed here; null when it may be. */
export function protection(path) {
  if (path === "/") return "The root cannot be changed or deleted.";
  if (path === "/zookeeper" || path.startsWith("/zookeeper/")) return "ZooKeeper keeps its own state below /zookeeper: it cannot be changed here.";
  return null;
}

/** Why a path cannot be one; null when it can. */
export function pathProblem(path) {
  if (!path.startsWith("/")) return "A path starts with a slash.";
  if (path.length > 1 && path.endsWith("/")) return "A path does not end with a slash.";
  if (path.includes("//")) return "A name is missing between two slashes.";
  if (path.split("/").some((name) => name === "." || name === "..")) return "Names cannot be . or ..";
  if (/[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/.test(path)) return "The path has characters ZooKeeper does not allow.";
  return null;
}
