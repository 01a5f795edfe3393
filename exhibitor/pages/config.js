import { askCommit, changesView } from "../components/config-commit.js";
import { changedNames, fromProperties, problemsOf, texts } from "../components/config-fields.js";
import { configForm } from "../components/config-form.js";
import { rollingRelease } from "../components/rolling-release.js";
import { checkServers, parseServers, serversText } from "../components/server-list.js";
import { shortVersion } from "../components/summary.js";
import { read } from "../shared/api.js";
import { announce, ask } from "../shared/dialog.js";
import { diffView } from "../shared/diff-view.js";
import { ago, bothClocks, counted } from "../shared/format.js";
import { icon, stateMark } from "../shared/icons.js";
import { adjust } from "../shared/router.js";
import { empty, failure, skeleton } from "../shared/states.js";
import { h, render, scheduled } from "../shared/view.js";

/** The shared configuration: read, changed, released, taken back. */
export class Page {
  constructor(root, { feed }) {
    this.root = root;
    this.feed = feed;
    this.redraw = scheduled(() => this.draw());
    this.draft = null;
    this.backupFields = [];
    this.stopListening = feed.listen((change) => this.onFeed(change));
    this.load();
    this.loadHistory();
  }

  leave() {
    this.stopListening();
  }

  show(query) {
    this.opened = query.get("entry");
    this.draw();
  }

  /** What the feed says of the configuration; when that changes, it is read again. */
  onFeed(change) {
    if (change === "state") {
      const mark = JSON.stringify(this.feed.state.config ?? null);
      if (this.mark !== undefined && mark !== this.mark) {
        this.load();
        this.loadHistory();
      }
      this.mark = mark;
    }
    if (change !== "sample") this.redraw();
  }

  async load() {
    try {
      const state = await read("config/get-state");
      if (state.backupActive && this.backupFields.length === 0) {
        this.backupFields = await read("ui/backup-config").catch(() => []);
      }
      this.state = state;
      this.error = null;
      const stored = this.stored(state);
      if (this.draft && this.base && changedNames(this.base, stored).length) this.theirs = stored;
      else if (!this.draft) this.adopt(stored);
    } catch (error) {
      this.error = error;
    }
    this.redraw();
  }

  async loadHistory() {
    try {
      this.history = await read("config/history", { limit: 20 });
      this.historyError = null;
    } catch (error) {
      this.historyError = error;
    }
    this.redraw();
  }

  /** The stored values; a key of the backups that was never set has the provider's. */
  stored(state) {
    const provided = state.backupActive ? this.backupFields.map((field) => [`backupExtra.${field.key}`, field.value ?? ""]) : [];
    return { ...Object.fromEntries(provided), ...texts(state.config) };
  }

  adopt(stored) {
    this.base = stored;
    this.theirs = null;
    this.servers = parseServers(stored.serversSpec ?? "");
  }

  // MARK: Editing

  lock = () => {
    this.draft = null;
    this.adopt(this.stored(this.state));
    this.redraw();
  };

  toggle = async () => {
    if (!this.draft) {
      this.draft = { ...this.base };
      this.redraw();
      return;
    }
    const changes = changedNames(this.base, this.draft).length;
    if (changes && !await ask({
      title: "Discard your changes?", body: h("p", null, `${counted(changes, "changed setting")} will be as stored again.`),
      choices: [{ label: "Discard", value: "discard", tone: "danger" }], cancel: "Keep editing",
    })) return;
    this.lock();
  };

  onChange = (name, text) => {
    this.draft[name] = text;
    this.redraw();
  };

  onServers = (servers) => {
    this.servers = servers;
    this.draft.serversSpec = serversText(servers);
    this.redraw();
  };

  commit = async () => {
    const way = await askCommit(this.base, this.draft, this.feed.state?.servers ?? []);
    if (!way) return;
    announce(way === "rolling" ? "The change begins to roll out." : "The change is stored.");
    this.draft = null;
    await this.load();
    this.loadHistory();
  };

  /** Puts the values of an old configuration into the form; nothing is stored yet. */
  takeUp(entry) {
    const old = fromProperties(entry.properties);
    this.draft = { ...this.base, ...Object.fromEntries(Object.entries(old).filter(([name]) => name in this.base)) };
    this.servers = parseServers(this.draft.serversSpec ?? "");
    announce("The old values stand in the form. Commit to make them current.");
    this.redraw();
    document.getElementById("config-title").scrollIntoView();
  }

  // MARK: View

  draw() {
    if (this.error && !this.state) {
      render(this.root, [h("h2", { key: "title" }, "Config"), failure("Reading the configuration", this.error, () => this.load())]);
      return;
    }
    if (!this.state) {
      render(this.root, [h("h2", { key: "title" }, "Config"), skeleton(8)]);
      return;
    }
    const isEditing = this.draft !== null;
    const draft = this.draft ?? this.base;
    const problems = isEditing ? problemsOf(draft) : {};
    const changes = isEditing ? changedNames(this.base, draft) : [];
    const serverErrors = isEditing && changes.includes("serversSpec") ? checkServers(this.servers).errors : [];
    const isRolling = Boolean(this.feed.state?.config?.rollInProgress ?? this.state.config.rollInProgress);
    const whyLocked = this.feed.state?.isStatic ? "The configuration is static: it comes from the command line of each Exhibitor and cannot be changed here." : isRolling ? "Nothing can be edited while a change rolls out." : null;
    const isWrong = Object.keys(problems).length > 0 || serverErrors.length > 0;
    render(this.root, [
      h("div", { class: "row spread config-head", key: "head" },
        h("h2", { id: "config-title" }, "Config"),
        this.versions(),
        h("button", { type: "button", role: "switch", class: "switch", id: "editing", "aria-checked": isEditing, disabled: Boolean(whyLocked) && !isEditing, title: whyLocked ?? "", onClick: this.toggle },
          h("span", { class: "knob", "aria-hidden": "true" }), h("span", null, "Editing"), h("b", null, isEditing ? "on" : "off"))),
      h("p", { class: "hint", key: "store" }, this.feed.state?.store ? `Kept in: ${this.feed.state.store}. ` : "", whyLocked ?? ""),
      isRolling ? rollingRelease({ ...this.feed.state, config: { ...this.state.config, ...this.feed.state?.config } }) : null,
      this.theirs ? h("div", { class: "banner", role: "alert", key: "theirs" },
        h("p", null, icon("warning"), " Somebody else changed the configuration while you edit:"),
        changesView(this.base, this.theirs, "Their changes"),
        h("p", { class: "buttons" }, h("button", { type: "button", onClick: this.mergeTheirs }, "Take theirs, keep mine on top"))) : null,
      h("form", { key: "form", onSubmit: (event) => { event.preventDefault(); if (changes.length && !isWrong) this.commit(); } },
        configForm({ base: this.base, draft, servers: this.servers, isLocked: !isEditing, problems, backupFields: this.state.backupActive ? this.backupFields : [], onChange: this.onChange, onServers: this.onServers }),
        isEditing ? h("div", { class: "commit-bar", key: "bar" },
          h("span", { role: "status" }, isWrong ? stateMark("failed", "Some values cannot be stored") : changes.length ? counted(changes.length, "setting changed", "settings changed") : "Nothing changed yet"),
          h("span", { class: "row" },
            h("button", { type: "button", onClick: this.toggle }, "Cancel"),
            h("button", { type: "submit", id: "commit", class: "primary", disabled: changes.length === 0 || isWrong || Boolean(this.theirs) }, "Review and commit…"))) : null),
      h("section", { "aria-labelledby": "history-title", key: "history" }, h("h2", { id: "history-title" }, "History"), this.historyView()),
    ]);
  }

  mergeTheirs = () => {
    const mine = Object.fromEntries(changedNames(this.base, this.draft).map((name) => [name, this.draft[name]]));
    this.base = this.theirs;
    this.theirs = null;
    this.draft = { ...this.base, ...mine };
    this.servers = parseServers(this.draft.serversSpec ?? "");
    this.redraw();
  };

  versions() {
    const servers = this.feed.state?.servers ?? [];
    const versions = servers.map((server) => server.configVersion).filter((version) => version !== null && version !== undefined);
    const newest = this.feed.state?.config?.version;
    if (versions.length === 0) return null;
    const isSame = new Set(versions).size === 1;
    return h("span", { class: "small", role: "status" }, isSame
      ? stateMark("ok", `version ${shortVersion(versions[0])} on ${versions.length === servers.length ? "every server" : counted(versions.length, "server")}`)
      : stateMark("progress", `version ${shortVersion(newest ?? versions[0])} on ${versions.filter((version) => String(version) === String(newest ?? versions[0])).length} of ${servers.length} servers`));
  }

  historyView() {
    if (this.historyError) return failure("Reading the history", this.historyError, () => this.loadHistory());
    if (!this.history) return skeleton(3);
    if (this.history.length === 0) return empty("No changes yet", "Each configuration this host adopts is kept here, so that it can be compared and taken up again.");
    return h("div", { class: "scroll" }, h("table", { class: "history" },
      h("caption", { class: "visually-hidden" }, "Configurations this host adopted, newest first"),
      h("thead", null, h("tr", null, ["When", "Version", "By", "Change", ""].map((title, index) => h("th", { scope: "col", key: index }, title || h("span", { class: "visually-hidden" }, "Actions"))))),
      h("tbody", null, this.history.map((entry, index) => {
        const id = `${entry.version}-${entry.time}`;
        const isOpen = this.opened === id;
        const older = this.history[index + 1];
        return [h("tr", { key: id },
          h("td", { class: "nowrap" }, h("time", { datetime: new Date(entry.time).toISOString(), title: bothClocks(entry.time) }, ago(entry.time))),
          h("td", { class: "mono", title: entry.version }, shortVersion(entry.version)),
          h("td", null, entry.by || "–"),
          h("td", { class: "wide-cell" }, entry.change || "–"),
          h("td", { class: "actions" },
            h("button", { type: "button", class: "small", "aria-expanded": isOpen, onClick: () => adjust({ entry: isOpen ? null : id }) }, isOpen ? "Hide" : "Compare"),
            h("button", { type: "button", class: "small", "aria-label": `Take up version ${shortVersion(entry.version)}`, disabled: index === 0, onClick: () => this.takeUp(entry) }, "Take up"))),
        isOpen ? h("tr", { key: `${id} open` }, h("td", { colspan: 5 }, older
          ? diffView(propertiesText(older.properties), propertiesText(entry.properties), `From version ${shortVersion(older.version)} to ${shortVersion(entry.version)}`)
          : h("pre", { class: "text", tabindex: "0", role: "region", "aria-label": "All settings" }, propertiesText(entry.properties)))) : null];
      }))));
  }
}

function propertiesText(properties) {
  return Object.keys(properties).sort().map((key) => `${key}: ${properties[key]}`).join("\n");
}
