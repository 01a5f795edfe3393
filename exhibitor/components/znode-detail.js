import { address, read } from "../shared/api.js";
import { announce, copyButton } from "../shared/dialog.js";
import { diffView } from "../shared/diff-view.js";
import { EventStream } from "../shared/event-stream.js";
import { ago, bothClocks, bytes, count, fromBase64, hexText } from "../shared/format.js";
import { icon, stateMark } from "../shared/icons.js";
import { adjust, link } from "../shared/router.js";
import { empty, failure, skeleton } from "../shared/states.js";
import { h, scheduled } from "../shared/view.js";
import { askACL, askCreate, askDelete, store } from "./znode-acts.js";
import { parentOf, protection } from "./znode-path.js";
import { editable, jsonNote, parsed, valueText, valueView, bestView } from "./znode-value.js";

/** One znode: its value, where it comes from, who may do what; live while it is looked at. */
export class ZnodeDetail {
  /**
   * @param {object} options
   * @param {{allowed: boolean, reason: string}} options.context page context with `mutations`
   * @param {() => void} options.changed
   * @param {(kind: "children" | "created" | "deleted", path: string) => void} options.onTreeChange
   */
  constructor({ context, changed, onTreeChange }) {
    this.context = context;
    this.changed = scheduled(changed);
    this.onTreeChange = onTreeChange;
    this.path = null;
    this.filterText = "";
  }

  /** @param {string} path @param {string | null} view */
  show(path, view) {
    this.view = view;
    if (path === this.path) return this.changed();
    this.path = path;
    this.info = null;
    this.error = null;
    this.editing = null;
    this.isDeleted = false;
    this.load();
    this.watch();
  }

  leave() {
    this.source?.close();
    this.path = null;
  }

  async load() {
    const { path } = this;
    try {
      const info = await read("explorer/znode-info", { path });
      if (this.path !== path) return;
      this.info = { ...info, bytes: fromBase64(info.data) };
      this.error = null;
      this.isDeleted = false;
    } catch (error) {
      if (this.path !== path) return;
      if (error.status === 404 && error.kind !== "absent" && this.info) this.isDeleted = true;
      else this.error = error;
    }
    this.changed();
  }

  watch() {
    this.source?.close();
    this.live = "connecting";
    this.source = new EventStream(address("explorer/watch", { path: this.path }), {
      open: () => {
        this.live = "live";
        this.changed();
      },
      changed: (event) => this.onChange(JSON.parse(event.data).kind),
      error: (isOver) => {
        this.live = isOver ? "off" : "connecting";
        this.changed();
      },
    });
  }

  onChange(kind) {
    this.live = "live";
    if (kind === "children") this.onTreeChange("children", this.path);
    if (kind === "deleted") {
      this.isDeleted = true;
      this.onTreeChange("deleted", this.path);
      this.changed();
    } else {
      this.load();
    }
  }

  // MARK: Acts

  get whyReadOnly() {
    if (!this.context.mutations.allowed) return this.context.mutations.reason;
    return protection(this.path);
  }

  startEdit = () => {
    const { text, format } = editable(this.info.bytes);
    this.editing = { text, format, version: this.info.stat.version, conflict: null, problem: null, isBusy: false };
    this.changed();
    requestAnimationFrame(() => document.getElementById("value-editor")?.focus());
  };

  stopEdit = () => {
    this.editing = null;
    this.changed();
  };

  save = async (version) => {
    const { editing, path } = this;
    const { data, problem } = parsed(editing.text, editing.format);
    editing.problem = problem;
    if (problem) return this.changed();
    editing.isBusy = true;
    this.changed();
    try {
      await store(path, data, version);
      if (this.path !== path) return;
      this.editing = null;
      announce(`Saved ${path}.`);
      await this.load();
    } catch (error) {
      editing.isBusy = false;
      if (/BadVersion/i.test(error.message)) {
        await this.load();
        editing.conflict = this.isDeleted ? null : { version: this.info.stat.version };
        editing.problem = this.isDeleted ? "The znode was deleted meanwhile. Copy your text, then create it again." : null;
      } else {
        editing.problem = error.message;
      }
      this.changed();
    }
  };

  create = async () => {
    const path = await askCreate(this.path);
    if (!path) return;
    this.onTreeChange("children", this.path);
    adjust({ path });
  };

  remove = async () => {
    const { path } = this;
    if (!await askDelete(path)) return;
    this.onTreeChange("deleted", path);
    adjust({ path: parentOf(path) });
  };

  editACL = async () => {
    if (await askACL(this.path, this.info.acl, this.info.stat.aversion)) this.load();
  };

  // MARK: View

  tree() {
    const { path } = this;
    if (!path) return null;
    return h("section", { class: "znode", "aria-label": `Znode ${path}`, key: path },
      h("div", { class: "row spread znode-head" }, this.breadcrumbs(), this.liveMark()),
      this.body());
  }

  breadcrumbs() {
    const names = this.path === "/" ? [] : this.path.slice(1).split("/");
    const crumbs = names.map((name, index) => ({ name, path: `/${names.slice(0, index + 1).join("/")}` }));
    return h("h2", { class: "mono path", id: "znode-path" },
      h("a", { href: link("explorer", { path: "/" }), "aria-label": "/, the root" }, "/"),
      crumbs.map((crumb, index) => [
        index ? h("span", { class: "quiet", key: `s${crumb.path}` }, "/") : null,
        index === crumbs.length - 1 ? h("span", { key: crumb.path }, crumb.name) : h("a", { key: crumb.path, href: link("explorer", { path: crumb.path }) }, crumb.name),
      ]),
      copyButton(this.path, "Copy the path"));
  }

  liveMark() {
    if (this.live === "live" && !this.isDeleted) return h("span", { class: "small" }, stateMark("ok", "watched live"));
    if (this.live === "off") return h("button", { type: "button", class: "small", onClick: () => { this.load(); this.watch(); } }, "Not live: read again");
    return h("span", { class: "small" }, stateMark("unknown", "connecting"));
  }

  body() {
    if (this.error) {
      if (this.error.status === 404 && this.error.kind !== "absent") {
        return empty("There is no such znode", `${this.path} does not exist, or it was deleted.`,
          this.whyReadOnly ? null : h("button", { type: "button", onClick: this.createHere }, "Create it"));
      }
      return failure(`Reading ${this.path}`, this.error, () => { this.error = null; this.changed(); this.load(); });
    }
    if (!this.info) return skeleton(8);
    const { info } = this;
    const isHidden = info.data === null;
    const reason = this.whyReadOnly ?? (isHidden ? "The ACL keeps Exhibitor from reading the value." : null);
    const whyNoChild = !this.context.mutations.allowed ? this.context.mutations.reason
      : this.path.startsWith("/zookeeper") ? protection(this.path)
        : info.owner ? "A znode that belongs to a session has no children." : null;
    return [
      this.isDeleted ? h("p", { class: "banner", role: "alert", key: "deleted" }, icon("warning"), " This znode was deleted. What you see is its last value.") : null,
      h("div", { class: "row znode-acts", key: "acts" },
        h("button", { type: "button", id: "edit-value", disabled: Boolean(reason) || this.isDeleted || Boolean(this.editing), onClick: this.startEdit }, "Edit value"),
        h("button", { type: "button", id: "create-child", disabled: Boolean(whyNoChild) || this.isDeleted, title: whyNoChild ?? "", onClick: this.create }, "Create below…"),
        h("button", { type: "button", id: "edit-acl", disabled: Boolean(this.whyReadOnly) || !info.acl || this.isDeleted, onClick: this.editACL }, "Change ACL…"),
        h("button", { type: "button", id: "delete-znode", disabled: Boolean(this.whyReadOnly) || this.isDeleted, onClick: this.remove }, "Delete…"),
        reason ? h("span", { class: "hint" }, reason) : null),
      this.editing ? this.editor() : isHidden ? h("p", { class: "quiet", key: "hidden" }, "The value cannot be read: the ACL does not allow it.") : h("div", { key: "value", class: "value-box" }, valueView(info.bytes, this.view, (view) => adjust({ view }, { replace: true }))),
      this.statView(info),
    ];
  }

  createHere = async () => {
    try {
      await store(this.path, new Uint8Array());
      announce(`Created ${this.path}.`);
      this.onTreeChange("created", this.path);
      this.load();
    } catch (error) {
      announce(`Creating failed: ${error.message}`, "failed");
    }
  };

  editor() {
    const { editing, info } = this;
    const isOutdated = info.stat.version !== editing.version && !editing.conflict;
    const note = editing.format === "text" ? jsonNote(editing.text) : null;
    const setText = (event) => { editing.text = event.target.value; this.changed(); };
    return h("form", { class: "editor panel", key: "editor", onSubmit: (event) => { event.preventDefault(); this.save(editing.version); }, onKeydown: this.onEditorKey },
      h("div", { class: "row spread" },
        h("label", { class: "label", for: "value-editor" }, `New value, instead of version ${editing.version}`),
        h("span", { class: "row" }, editing.format === "hex" ? h("span", { class: "small quiet" }, "as hex") : note ? h("span", { class: `small ${note.ok ? "quiet" : "warning"}` }, note.text) : null,
          note?.ok ? h("button", { type: "button", class: "small", onClick: () => { editing.text = JSON.stringify(JSON.parse(editing.text), null, 2); this.changed(); } }, "Indent") : null)),
      h("textarea", { id: "value-editor", class: "mono", rows: 12, spellcheck: "false", value: editing.text, onInput: setText }),
      isOutdated ? h("p", { class: "warning", role: "status" }, icon("warning"), ` Somebody wrote version ${info.stat.version} meanwhile. Saving will ask.`) : null,
      editing.problem ? h("p", { class: "problem", role: "alert" }, editing.problem) : null,
      editing.conflict ? this.conflictView() : h("p", { class: "buttons" },
        h("button", { type: "button", onClick: this.stopEdit }, "Cancel"),
        h("button", { type: "submit", class: "primary", id: "save-value", disabled: editing.isBusy }, editing.isBusy ? "Saving…" : "Save")));
  }

  conflictView() {
    const { editing, info } = this;
    const theirs = editing.format === "hex" ? editable(info.bytes).text : valueText(info.bytes, bestView(info.bytes) === "hex" ? "hex" : "text");
    return h("div", { class: "conflict", role: "alert", id: "conflict" },
      h("p", null, icon("warning", "warning"), h("strong", null, ` Not saved: version ${editing.conflict.version} was written after you began.`), " From their text to yours:"),
      diffView(theirs, editing.text, "From their text to yours"),
      h("p", { class: "buttons" },
        h("button", { type: "button", onClick: this.stopEdit }, "Keep theirs, discard mine"),
        h("button", { type: "button", class: "danger", id: "overwrite", disabled: editing.isBusy, onClick: () => { editing.version = editing.conflict.version; this.save(editing.conflict.version); } }, `Overwrite version ${editing.conflict.version}`)));
  }

  onEditorKey = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.save(this.editing.version);
    }
  };

  statView({ stat, owner, acl }) {
    const fact = (name, value, isMono = false) => h("div", { class: "fact", key: name }, h("dt", null, name), h("dd", { class: isMono ? "mono" : "" }, h("span", { flash: true, class: "flashes" }, value)));
    const time = (ms) => h("time", { datetime: new Date(ms).toISOString(), title: bothClocks(ms) }, ms > 0 ? ago(ms) : "–");
    return h("div", { key: "stat" },
      h("h3", null, "Stat"),
      h("dl", { class: "facts" },
        fact("Version", count(stat.version)), fact("Data", bytes(stat.dataLength)), fact("Children", count(stat.numChildren)),
        fact("Modified", time(stat.mtime)), fact("Created", time(stat.ctime)), fact("Children's version", count(stat.cversion)), fact("ACL's version", count(stat.aversion)),
        fact("mzxid", hexText(stat.mzxid), true), fact("czxid", hexText(stat.czxid), true), fact("pzxid", hexText(stat.pzxid), true),
        owner ? fact("Owned by session", [owner.session, copyButton(owner.session)], true) : fact("Kind", "persistent"),
        owner ? fact("Owner's address", owner.address ?? "not connected to this server", true) : null),
      h("h3", null, "Who may do what"),
      acl === null ? h("p", { class: "quiet" }, "The ACL itself cannot be read.") : h("ul", { class: "acl" }, acl.map((entry, index) => h("li", { key: index },
        h("code", null, `${entry.scheme}:${entry.id}`), " ", h("span", null, entry.permNames?.length === 5 ? "everything" : (entry.permNames ?? []).join(", ") || "nothing")))));
  }
}
