import { h } from "../shared/view.js";

/** @typedef {{id: string, hostname: string, isObserver: boolean}} Entry */

/** @param {string} text `1:a,O:2:b` @returns {Entry[]} */
export function parseServers(text) {
  return text.split(/[,\n]/).map((part) => part.trim()).filter(Boolean).flatMap((part) => {
    const match = /^(?:([A-Za-z])\s*:)?\s*(\d+)\s*:\s*(.+)$/.exec(part);
    return match ? [{ id: match[2], hostname: match[3].trim(), isObserver: (match[1] ?? "").toUpperCase() === "O" }] : [];
  });
}

/** @param {Entry[]} entries */
export function serversText(entries) {
  return entries.map((entry) => `${entry.isObserver ? "O:" : ""}${entry.id.trim()}:${entry.hostname.trim()}`).join(",");
}

/**
 * What keeps the list from being stored, and what should be thought about first.
 * @param {Entry[]} entries
 */
export function checkServers(entries) {
  const errors = [];
  const warnings = [];
  const repeated = (values) => [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
  entries.forEach((entry, index) => {
    if (entry.hostname.trim() === "") errors.push(`Server ${index + 1} has no host name.`);
    else if (/[\s,]/.test(entry.hostname.trim())) errors.push(`“${entry.hostname}” is no host name.`);
    if (!/^\d+$/.test(entry.id) || Number(entry.id) < 1 || Number(entry.id) > 255) errors.push(`The id of server ${index + 1} must be a number from 1 to 255.`);
  });
  for (const id of repeated(entries.map((entry) => String(Number(entry.id))))) errors.push(`Two servers have the id ${id}.`);
  for (const hostname of repeated(entries.map((entry) => entry.hostname.trim()).filter(Boolean))) errors.push(`${hostname} is in the list twice.`);
  const voters = entries.filter((entry) => !entry.isObserver).length;
  if (entries.length > 0 && voters === 0) errors.push("At least one server must vote.");
  if (voters > 0 && voters % 2 === 0) {
    warnings.push(`${voters} voters tolerate no more failures than ${voters - 1}: ${Math.ceil(voters / 2) - 1}. An odd number is better.`);
  }
  if (entries.length === 0) warnings.push("Without servers ZooKeeper runs nowhere.");
  return { errors, warnings };
}

/** What a change of the list means, in sentences. */
export function membershipChange(before, after) {
  const names = (list) => list.map((entry) => entry.hostname).join(", ");
  const added = after.filter((entry) => !before.some((other) => other.hostname === entry.hostname));
  const removed = before.filter((entry) => !after.some((other) => other.hostname === entry.hostname));
  const changed = after.filter((entry) => before.some((other) => other.hostname === entry.hostname && (other.id !== entry.id || other.isObserver !== entry.isObserver)));
  const sentences = [];
  if (added.length) sentences.push(`Adds ${names(added)}.`);
  if (removed.length) sentences.push(`Removes ${names(removed)}; ${removed.length === 1 ? "its server stops and its data stays" : "their servers stop and their data stays"}.`);
  if (changed.length) sentences.push(`Changes the id or role of ${names(changed)}.`);
  const kept = before.filter((entry) => !entry.isObserver && after.some((other) => other.hostname === entry.hostname)).length;
  const voters = before.filter((entry) => !entry.isObserver).length;
  const isRisky = voters > 0 && kept < Math.floor(voters / 2) + 1;
  return { sentences, isRisky, added, removed };
}

/**
 * @param {object} properties
 * @param {string} properties.text
 * @param {boolean} properties.isLocked
 * @param {(text: string, entries: Entry[]) => void} properties.onChange
 * @param {Entry[]} properties.entries kept by the page: half-typed ones have no text form
 */
export function serverListEditor({ entries, isLocked, onChange }) {
  const { errors, warnings } = checkServers(entries);
  const change = (index, values) => onChange(entries.map((entry, at) => at === index ? { ...entry, ...values } : entry));
  const nextId = String(Math.max(0, ...entries.map((entry) => Number(entry.id) || 0)) + 1);
  return h("div", { class: "server-list" },
    entries.length === 0 ? h("p", { class: "quiet" }, "No servers yet.") : h("table", { class: "compact" },
      h("caption", { class: "visually-hidden" }, "Servers of the ensemble"),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Id"), h("th", { scope: "col" }, "Host"), h("th", { scope: "col" }, "Role"), h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Remove")))),
      h("tbody", null, entries.map((entry, index) => h("tr", { key: index },
        h("td", null, h("input", { class: "mono id-input", inputmode: "numeric", "aria-label": `Id of server ${index + 1}`, value: entry.id, readOnly: isLocked, onInput: (event) => change(index, { id: event.target.value }) })),
        h("td", null, h("input", { class: "mono host-input", "aria-label": `Host of server ${index + 1}`, spellcheck: "false", value: entry.hostname, title: entry.hostname, readOnly: isLocked, onInput: (event) => change(index, { hostname: event.target.value }) })),
        h("td", null, h("select", { "aria-label": `Role of server ${index + 1}`, value: entry.isObserver ? "O" : "S", disabled: isLocked, onChange: (event) => change(index, { isObserver: event.target.value === "O" }) },
          h("option", { value: "S" }, "votes"), h("option", { value: "O" }, "observes"))),
        h("td", null, isLocked ? null : h("button", { type: "button", class: "small", "aria-label": `Remove ${entry.hostname || `server ${index + 1}`}`, onClick: () => onChange(entries.filter((_, at) => at !== index)) }, "Remove")))))),
    isLocked ? null : h("p", null, h("button", { type: "button", class: "small", id: "add-server", onClick: () => onChange([...entries, { id: nextId, hostname: "", isObserver: false }]) }, "Add a server")),
    h("div", { role: "status", "aria-live": "polite" },
      errors.map((text) => h("p", { class: "problem", key: text }, text)),
      warnings.map((text) => h("p", { class: "warning", key: text }, text))));
}
