import { order, read } from "../shared/api.js";
import { announce } from "../shared/dialog.js";
import { ago, bothClocks, bytes, count, exact } from "../shared/format.js";
import { stateMark } from "../shared/icons.js";
import { empty, failure, skeleton } from "../shared/states.js";
import { h, scheduled } from "../shared/view.js";

const POLL = 3000;

/** Where copies go, when the last one was made, and one made now. */
export class BackupPanel {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = scheduled(changed);
    this.load();
    this.timer = setInterval(() => { if (!document.hidden) this.load(); }, POLL * 3);
  }

  leave() {
    clearInterval(this.timer);
  }

  async load() {
    const [state, files] = await Promise.allSettled([read("index/backup-state"), read("index/backups").catch(() => read("index/get-backups"))]);
    if (state.status === "fulfilled") Object.assign(this, { state: state.value, error: null });
    else this.error = state.reason;
    if (this.state && !this.state.active && this.isProvided === undefined) {
      this.isProvided = (await read("ui/backup-config").catch(() => [])).length > 0;
    }
    this.files = files.status === "fulfilled" ? files.value : [];
    this.changed();
  }

  now = async () => {
    this.isBusy = true;
    this.changed();
    try {
      await order("index/backup-now");
      announce("A backup is being made.");
    } catch (error) {
      announce(`No backup was made: ${error.message}`, "failed");
    }
    this.isBusy = false;
    setTimeout(() => this.load(), POLL);
    this.changed();
  };

  view() {
    return h("section", { "aria-labelledby": "backups-title", key: "backups" },
      h("div", { class: "row spread" }, h("h3", { id: "backups-title" }, "Backups"),
        this.state ? h("button", { type: "button", id: "backup-now", disabled: this.isBusy || !this.state.active, onClick: this.now }, this.isBusy ? "Working…" : "Back up now") : null),
      this.error ? failure("Reading the state of the backups", this.error, () => this.load()) : !this.state ? skeleton(2) : this.stateView());
  }

  stateView() {
    const { state } = this;
    if (!state.active) {
      if (this.isProvided) {
        return empty("No destination yet", "Backups are switched on, but nothing says where they go. Name the destination in the configuration; then snapshots and logs are copied there while ZooKeeper runs.",
          h("a", { class: "button", href: "#/config" }, "Open Config"));
      }
      return empty("No backups are made", "Start Exhibitor with --filesystembackup true or --s3backup true and name a destination in the configuration; then snapshots and logs are copied there while ZooKeeper runs.");
    }
    const when = state.lastSuccess
      ? h("time", { title: bothClocks(state.lastSuccess), datetime: new Date(state.lastSuccess).toISOString() }, ago(state.lastSuccess)) : "not yet";
    return [
      h("p", { key: "state", role: "status" }, state.lastError ? stateMark("failed", "The last backup failed") : stateMark(state.lastSuccess ? "ok" : "unknown", state.lastSuccess ? "Backed up" : "Waiting for the first backup"), " ", state.lastError ?? when),
      h("dl", { class: "facts", key: "facts" },
        h("div", { class: "fact" }, h("dt", null, "Destination"), h("dd", { class: "mono" }, state.destination || "–")),
        h("div", { class: "fact" }, h("dt", null, "Last success"), h("dd", null, when)),
        h("div", { class: "fact" }, h("dt", null, "Files"), h("dd", null, `${count(state.files)}, ${bytes(state.bytes)}`))),
      this.files.length ? h("details", { key: "files" }, h("summary", null, "Files in the backup"),
        h("ul", { class: "backup-files" }, this.files.slice(0, 200).map((file) => h("li", { key: file.name }, h("span", { class: "mono" }, file.name), " ", h("span", { class: "quiet small" }, exact(file.modifiedDate)))))) : null,
    ];
  }
}
