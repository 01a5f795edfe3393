import { order, read } from "../shared/api.js";
import { announce, ask, copyButton } from "../shared/dialog.js";
import { diffView } from "../shared/diff-view.js";
import { ago, bothClocks, bytes, exact, fromBase64, fromHex } from "../shared/format.js";
import { adjust, link } from "../shared/router.js";
import { empty, failure, skeleton } from "../shared/states.js";
import { h, scheduled } from "../shared/view.js";
import { dateText } from "./index-list.js";
import { TYPES } from "./index-search.js";
import { bestView, valueText, valueView } from "./znode-value.js";

const DELETE = 2;
/** Kinds that carry a value which can be written back, or a deletion. */
const RESTORABLE = new Set([0, 1, 2, 3, 4, 5]);

/** One record of an index: its value, the other versions of that znode, the way back. */
export class IndexRecord {
  /**
   * @param {{mutations: {allowed: boolean, reason: string}}} context
   * @param {() => void} changed
   */
  constructor(context, changed) {
    this.context = context;
    this.changed = scheduled(changed);
    this.key = null;
  }

  /** @param {string | null} index @param {string | null} doc @param {string | null} compare @param {string | null} view */
  show(index, doc, compare, view) {
    this.compare = compare;
    this.view = view;
    const key = index && doc ? `${index} ${doc}` : null;
    if (key === this.key) return;
    Object.assign(this, { key, index, doc, record: null, versions: null, error: null, versionsError: null });
    if (key) this.load();
  }

  async load() {
    const { key } = this;
    try {
      const record = await read(`index/get/${encodeURIComponent(this.index)}/${encodeURIComponent(this.doc)}`);
      if (key !== this.key) return;
      this.record = { ...record, bytes: fromHex(record.dataBytes ?? "") ?? new Uint8Array() };
      this.changed();
      if (record.path) {
        const versions = await read(`index/versions/${encodeURIComponent(this.index)}`, { path: record.path, limit: 100 });
        if (key !== this.key) return;
        this.versions = versions.map((version) => ({ ...version, bytes: fromBase64(version.dataBytes) }));
      }
    } catch (error) {
      if (key !== this.key) return;
      if (this.record) this.versionsError = error;
      else this.error = error;
    }
    this.changed();
  }

  restore = async () => {
    const { record } = this;
    const isDeletion = record.type === DELETE;
    let current = null;
    let failureText = null;
    let redraw = () => {};
    const chosen = await ask({
      title: isDeletion ? `Delete ${record.path} again?` : `Restore this value of ${record.path}?`,
      isWide: true,
      body: () => {
        if (failureText) return h("p", { class: "problem" }, failureText);
        if (current === null) return h("p", { role: "status" }, "Reading what is there now…");
        if (isDeletion) return h("p", null, current.exists ? `The record is a deletion: restoring it deletes the znode, which is at version ${current.version} and holds ${bytes(current.bytes.length)}.` : "The znode does not exist: there is nothing to delete.");
        return current.exists
          ? [h("p", { key: "text" }, `Version ${current.version} of ${ago(current.mtime)} is replaced by the value of ${record.date}. If somebody writes meanwhile, nothing is changed. The present value can be restored from an index made later.`),
            diffView(readable(current.bytes), readable(record.bytes), "From the present value to the restored one")]
          : h("p", null, `The znode does not exist now. It is created again as a persistent znode with ${bytes(record.bytes.length)}.`);
      },
      choices: [{ label: isDeletion ? "Delete" : "Restore", value: "restore", tone: isDeletion ? "danger" : "primary", isDisabled: () => current === null || isDeletion && !current.exists }],
      opened: async (draw) => {
        redraw = draw;
        try {
          const info = await read("explorer/znode-info", { path: record.path });
          current = { exists: true, version: info.stat.version, mtime: info.stat.mtime, bytes: fromBase64(info.data) };
        } catch (error) {
          if (error.status === 404 && error.kind !== "absent") current = { exists: false, version: -1 };
          else failureText = `What is there now cannot be read: ${error.message}`;
        }
        redraw();
      },
      check: async () => {
        await order("index/restore", { body: { indexName: this.index, docId: record.docId, expectedVersion: current.version } });
        return null;
      },
    });
    if (chosen) announce(`${record.path} is restored.`);
  };

  tree() {
    if (!this.key) return h("div", { class: "record" }, h("p", { class: "quiet" }, "Choose a record to see its value, compare it with others and restore it."));
    if (this.error) return h("div", { class: "record" }, this.error.status === 404 && this.error.kind !== "absent" ? empty("There is no such record", "The index may have been deleted.") : failure("Reading the record", this.error, () => { this.error = null; this.load(); }));
    const { record } = this;
    if (!record) return h("div", { class: "record" }, skeleton(6));
    const fact = (name, value, isMono = false) => h("div", { class: "fact", key: name }, h("dt", null, name), h("dd", { class: isMono ? "mono" : "" }, value));
    const own = this.versions?.find((version) => String(version.docId) === this.doc);
    const canRestore = RESTORABLE.has(record.type) && Boolean(record.path);
    return h("section", { class: "record", "aria-label": "Record", key: this.key },
      h("h3", { class: "mono path record-path" }, record.path ? h("a", { href: link("explorer", { path: record.path }) }, record.path) : "–", record.path ? copyButton(record.path, "Copy the path") : null),
      h("dl", { class: "facts" },
        fact("Kind", typeName(record.type)), fact("When", dateText(record.date)), fact("Record", String(record.docId), true),
        own ? [fact("Zxid", own.zxid, true), fact("Session", [own.session, copyButton(own.session)], true), fact("Version", own.version ?? "–")] : null),
      h("p", { class: "row znode-acts" },
        h("button", { type: "button", id: "restore", disabled: !canRestore || !this.context.mutations.allowed, onClick: this.restore }, record.type === DELETE ? "Delete again…" : "Restore…"),
        !this.context.mutations.allowed ? h("span", { class: "hint" }, this.context.mutations.reason) : !canRestore ? h("span", { class: "hint" }, "This kind of record has no value to restore.") : null),
      record.type === DELETE ? h("p", { class: "quiet" }, "A deletion has no value. The value before it is an older version below.") : h("div", { class: "value-box" }, valueView(record.bytes, this.view, (view) => adjust({ view }, { replace: true }))),
      this.versionsView());
  }

  versionsView() {
    if (!this.record.path) return null;
    if (this.versionsError) return failure("Reading the versions of this znode", this.versionsError, () => { this.versionsError = null; this.load(); });
    if (!this.versions) return skeleton(3);
    const other = this.versions.find((version) => String(version.docId) === this.compare);
    return [
      h("h4", { key: "title" }, "Versions of this znode in the index"),
      h("div", { class: "scroll versions", key: "list" }, h("table", { class: "compact" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, "When"), h("th", { scope: "col" }, "Kind"), h("th", { scope: "col", class: "number" }, "Version"), h("th", { scope: "col", class: "number" }, "Data"), h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Compare")))),
        h("tbody", null, this.versions.map((version) => {
          const id = String(version.docId);
          const isThis = id === this.doc;
          return h("tr", { key: id, class: isThis ? "chosen-row" : "" },
            h("td", { class: "nowrap", title: bothClocks(version.date) }, isThis ? exact(version.date) : h("a", { href: link("log-index", { ...this.place(), doc: id, compare: null }) }, exact(version.date))),
            h("td", null, typeof version.type === "number" ? typeName(version.type) : version.type), h("td", { class: "number" }, version.version ?? "–"), h("td", { class: "number nowrap" }, bytes(version.bytes.length)),
            h("td", null, isThis ? h("span", { class: "quiet small" }, "this one") : h("button", { type: "button", class: "small", "aria-pressed": id === this.compare, "aria-label": `Compare with ${exact(version.date)}`, "data-compare": id, onClick: () => adjust({ compare: id === this.compare ? null : id }) }, "Compare")));
        })))),
      other ? h("div", { key: "diff", id: "version-diff" }, h("h4", null, this.isOlder(other) ? `From ${exact(other.date)} to this one` : `From this one to ${exact(other.date)}`),
        this.isOlder(other) ? diffView(readable(other.bytes), readable(this.record.bytes), "From the older version to this one") : diffView(readable(this.record.bytes), readable(other.bytes), "From this one to the newer version")) : null,
    ];
  }

  /** The list is newest first. */
  isOlder(other) {
    const own = this.versions.findIndex((version) => String(version.docId) === this.doc);
    return own < 0 || this.versions.indexOf(other) > own;
  }

  place() {
    return Object.fromEntries(new URLSearchParams(location.hash.split("?")[1] ?? ""));
  }
}

function typeName(type) {
  return TYPES.find(([value]) => value === String(type))?.[1] ?? "Other";
}

function readable(data) {
  return valueText(data, bestView(data));
}
