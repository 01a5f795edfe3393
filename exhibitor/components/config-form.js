import { duration } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { h } from "../shared/view.js";
import { GROUPS, fieldOf } from "./config-fields.js";
import { serverListEditor } from "./server-list.js";

/**
 * All settings in groups.
 * @param {object} properties
 * @param {Record<string, string>} properties.base as stored
 * @param {Record<string, string>} properties.draft as edited
 * @param {import("./server-list.js").Entry[]} properties.servers
 * @param {boolean} properties.isLocked
 * @param {Record<string, string>} properties.problems by field name
 * @param {{key: string, name: string, help: string, type: string}[]} properties.backupFields
 * @param {(name: string, text: string) => void} properties.onChange
 * @param {(servers: object[]) => void} properties.onServers
 */
export function configForm(properties) {
  const { isLocked, servers, onServers, base, draft } = properties;
  return h("div", { class: "config-groups" },
    h("section", { class: "panel config-group", "aria-labelledby": "group-servers", key: "servers" },
      h("h3", { id: "group-servers" }, "Servers"),
      h("p", { class: "hint" }, "Members of the ensemble. Changed live while the quorum holds, without restarts."),
      draft.serversSpec !== base.serversSpec ? h("p", { class: "hint was" }, "was ", h("code", null, base.serversSpec || "empty")) : null,
      serverListEditor({ entries: servers, isLocked, onChange: onServers })),
    GROUPS.map((group) => h("section", { class: `panel config-group ${group.id}-group`, "aria-labelledby": `group-${group.id}`, key: group.id },
      h("h3", { id: `group-${group.id}` }, group.title, group.restarts ? h("span", { class: "restart-mark small" }, icon("warning", "warning"), " a change restarts ZooKeeper") : null),
      h("p", { class: "hint" }, group.text),
      h("div", { class: "fields" }, group.fields.map((field) => fieldView({ restarts: group.restarts, ...field }, group.restarts, properties)),
        group.id === "backups" ? properties.backupFields.map((field) => fieldView({ name: `backupExtra.${field.key}`, label: field.name, hint: field.help, kind: field.type === "i" ? "number" : "text" }, false, properties)) : null))));
}

function fieldView(field, groupRestarts, { base, draft, isLocked, problems, onChange }) {
  const { name, label, kind } = field;
  if (!(name in draft) && !(name in base)) return null;
  const text = draft[name] ?? "";
  const isChanged = text !== (base[name] ?? "");
  const id = `field-${name}`;
  const notes = [
    kind === "milliseconds" && /^\d+$/.test(text) ? `${duration(Number(text))}. ` : "",
    field.hint ?? "",
    groupRestarts && field.restarts === false ? " No restart." : "",
  ].join("");
  const common = {
    id, readOnly: isLocked, "aria-describedby": `${id}-note`, "aria-invalid": problems[name] ? "true" : null,
    onInput: (event) => onChange(name, event.target.value), value: text, spellcheck: "false", autocomplete: "off",
  };
  let control;
  if (kind === "switch") {
    return h("div", { class: "field switch-field", key: name },
      h("label", { for: id }, h("input", { id, type: "checkbox", checked: text === "1", disabled: isLocked, onChange: (event) => onChange(name, event.target.checked ? "1" : "0") }), ` ${label}`),
      isChanged ? h("p", { class: "hint was" }, `was ${base[name] === "1" ? "on" : "off"}`) : null);
  }
  if (kind === "pairs" || kind === "lines") {
    control = h("textarea", { ...common, class: "mono", rows: Math.min(10, Math.max(3, text.split("\n").length + 1)) });
  } else if (kind === "milliseconds") {
    control = h("span", { class: "with-unit" }, h("input", { ...common, class: "mono", inputmode: "numeric" }), h("span", { class: "quiet" }, "ms"));
  } else {
    control = h("input", { ...common, class: "mono", inputmode: kind === "number" || kind === "port" ? "numeric" : null });
  }
  return h("div", { class: `field ${kind}-field`, key: name },
    h("label", { for: id }, label),
    control,
    h("p", { class: "hint", id: `${id}-note` }, problems[name] ? h("span", { class: "problem" }, problems[name]) : notes),
    isChanged ? h("p", { class: "hint was" }, "was ", h("code", null, (base[name] ?? "").split("\n").join(" · ") || "empty")) : null);
}

/** The label of a setting, for lists of changes. */
export function labelOf(name) {
  return fieldOf(name).label;
}
