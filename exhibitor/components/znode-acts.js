import { order, read } from "../shared/api.js";
import { announce, ask } from "../shared/dialog.js";
import { bytes, counted, hexBytes } from "../shared/format.js";
import { h } from "../shared/view.js";
import { childPath, nameOf, pathProblem, znodeAddress } from "./znode-path.js";
import { parsed } from "./znode-value.js";

/** A subtree of more znodes than this needs its name typed. */
const SMALL = 10;
const PERMISSIONS = [[1, "read"], [2, "write"], [4, "create"], [8, "delete"], [16, "admin"]];
const SCHEMES = ["world", "auth", "digest", "ip", "x509", "sasl", "super"];

/** Stores bytes; with a version only if nobody wrote meanwhile. */
export function store(path, data, version) {
  return order(znodeAddress(path), { method: "PUT", query: { version }, text: hexBytes(data) });
}

/** @returns {Promise<string | null>} the path created */
export async function askCreate(parent) {
  let name = "";
  let value = "";
  let format = "text";
  let redraw = () => {};
  const chosen = await ask({
    title: `Create a znode below ${parent}`,
    body: () => [
      h("div", { class: "field" }, h("label", { for: "create-name" }, "Name"),
        h("input", { id: "create-name", class: "mono", value: name, autocomplete: "off", spellcheck: "false", "aria-describedby": "create-hint", onInput: (event) => { name = event.target.value; redraw(); } }),
        h("p", { class: "hint", id: "create-hint" }, "Persistent. A name with slashes creates the znodes between as well: ", h("code", null, childPath(parent, name.trim() || "…")))),
      h("div", { class: "field" }, h("label", { for: "create-value" }, "Value"),
        h("textarea", { id: "create-value", class: "mono", rows: 5, spellcheck: "false", value, onInput: (event) => { value = event.target.value; redraw(); } })),
      h("div", { class: "row" }, h("label", null, h("input", { type: "checkbox", checked: format === "hex", onChange: (event) => { format = event.target.checked ? "hex" : "text"; redraw(); } }), " The value is hex")),
    ],
    choices: [{ label: "Create", value: "create", tone: "primary", isDisabled: () => name.trim() === "" }],
    opened: (draw) => { redraw = draw; document.getElementById("create-name").focus(); },
    check: async () => {
      const path = childPath(parent, name.trim());
      const problem = pathProblem(path) ?? parsed(value, format).problem;
      if (problem) return problem;
      if (await exists(path)) return `${path} exists already. Open it to edit its value.`;
      await store(path, parsed(value, format).data);
      return null;
    },
  });
  if (!chosen) return null;
  const path = childPath(parent, name.trim());
  announce(`Created ${path}.`);
  return path;
}

async function exists(path) {
  try {
    await read("explorer/znode-info", { path });
    return true;
  } catch (error) {
    if (error.status === 404) return false;
    throw error;
  }
}

/** Deletes a znode and everything below, after counting it. @returns {Promise<boolean>} */
export async function askDelete(path) {
  let size = null;
  let failure = null;
  let typed = "";
  let redraw = () => {};
  const isBig = () => failure !== null || size !== null && (size.znodes > SMALL || size.ephemerals > 0 || !size.complete);
  const name = nameOf(path);
  const chosen = await ask({
    title: `Delete ${path}?`,
    body: () => [
      size === null && failure === null ? h("p", { key: "counting", role: "status" }, "Counting what is below…") : null,
      failure ? h("p", { key: "unknown", class: "problem" }, `What is below could not be counted: ${failure.message}`) : null,
      size ? h("p", { key: "size", class: "delete-size", role: "status" }, size.znodes <= 1
        ? [`Deletes this znode, ${bytes(size.bytes)}.`]
        : [`Deletes ${size.complete ? "" : "at least "}`, h("strong", null, counted(size.znodes, "znode")), `, ${bytes(size.bytes)}, down to ${counted(size.depth, "level")} below`,
          size.ephemerals ? [", ", h("strong", null, `${size.ephemerals} owned by live sessions`)] : "", "."]) : null,
      size?.ephemerals ? h("p", { key: "ephemeral" }, "Deleting a session's znodes makes its owner lose its lock, leadership or registration.") : null,
      h("p", { key: "undo", class: "quiet" }, "This cannot be undone here. Values written since the oldest transaction log can be restored from the log index."),
      isBig() ? h("div", { class: "field", key: "name" }, h("label", { for: "delete-name" }, "Type the name to confirm: ", h("code", null, name)),
        h("input", { id: "delete-name", class: "mono", value: typed, autocomplete: "off", spellcheck: "false", onInput: (event) => { typed = event.target.value; redraw(); } })) : null,
    ],
    choices: [{
      label: size === null ? "Delete" : "Delete", value: "delete", tone: "danger",
      isDisabled: () => size === null && failure === null || isBig() && typed !== name,
    }],
    opened: async (draw) => {
      redraw = draw;
      try {
        size = await read("explorer/subtree-size", { path });
      } catch (error) {
        failure = error;
      }
      redraw();
    },
    check: async () => {
      await order(znodeAddress(path), { method: "DELETE" });
      return null;
    },
  });
  if (chosen) announce(`Deleted ${path}${size && size.znodes > 1 ? ` and ${counted(size.znodes - 1, "znode")} below` : ""}.`);
  return chosen !== null;
}

/**
 * @param {string} path
 * @param {{perms: number, scheme: string, id: string}[]} acl
 * @param {number} version the ACL's version
 * @returns {Promise<boolean>}
 */
export async function askACL(path, acl, version) {
  const entries = acl.map(({ perms, scheme, id }) => ({ perms, scheme, id }));
  let redraw = () => {};
  const change = (index, field, value) => {
    entries[index][field] = value;
    redraw();
  };
  const chosen = await ask({
    title: `Who may do what with ${path}`,
    isWide: true,
    body: () => [
      h("p", { key: "text" }, "Applies to this znode alone, not to what is below. Whoever has no entry that fits may do nothing."),
      h("div", { class: "scroll", key: "table" }, h("table", { class: "compact" },
        h("thead", null, h("tr", null, ["Scheme", "Id", ...PERMISSIONS.map(([, name]) => name), ""].map((title, index) => h("th", { scope: "col", key: index }, title || h("span", { class: "visually-hidden" }, "Remove"))))),
        h("tbody", null, entries.map((entry, index) => h("tr", { key: index },
          h("td", null, h("select", { "aria-label": `Scheme of entry ${index + 1}`, value: entry.scheme, onChange: (event) => change(index, "scheme", event.target.value) },
            [...new Set([...SCHEMES, entry.scheme])].map((scheme) => h("option", { value: scheme, key: scheme }, scheme)))),
          h("td", null, h("input", { class: "mono", "aria-label": `Id of entry ${index + 1}`, value: entry.id, onInput: (event) => change(index, "id", event.target.value) })),
          PERMISSIONS.map(([bit, name]) => h("td", { key: name }, h("input", {
            type: "checkbox", "aria-label": `${name}, entry ${index + 1}`, checked: (entry.perms & bit) !== 0,
            onChange: (event) => change(index, "perms", event.target.checked ? entry.perms | bit : entry.perms & ~bit),
          }))),
          h("td", null, h("button", { type: "button", class: "small", "aria-label": `Remove entry ${index + 1}`, onClick: () => { entries.splice(index, 1); redraw(); } }, "Remove"))))))),
      h("p", { key: "add", class: "row" }, h("button", { type: "button", class: "small", onClick: () => { entries.push({ perms: 31, scheme: "world", id: "anyone" }); redraw(); } }, "Add an entry"),
        h("span", { class: "hint" }, "digest ids are user:base64(sha1(user:password))")),
      entries.length && !entries.some((entry) => entry.perms & 16) ? h("p", { key: "locked", class: "warning" }, "Nobody gets admin: only the super user could change this again.") : null,
    ],
    choices: [{ label: "Set", value: "set", tone: "primary", isDisabled: () => entries.length === 0 }],
    opened: (draw) => { redraw = draw; },
    check: async () => {
      await order("explorer/acl", { method: "PUT", query: { path, version }, body: entries });
      return null;
    },
  });
  if (chosen) announce(`The ACL of ${path} is set.`);
  return chosen !== null;
}
