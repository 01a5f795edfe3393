import { order, read } from "../shared/api.js";
import { announce, ask } from "../shared/dialog.js";
import { count, counted } from "../shared/format.js";
import { link } from "../shared/router.js";
import { empty, failure, skeleton } from "../shared/states.js";
import { h, scheduled } from "../shared/view.js";

const POLL = 2000;
const POLLS = 60;

/** ZooKeeper's own first znodes have no time: an index that holds them reaches back to the beginning. */
export function dateText(text) {
  return text.startsWith("01/01/1970") ? "the beginning" : text;
}

/** The indexes of transaction logs: made, opened, deleted. */
export class IndexList {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = scheduled(changed);
    this.load();
  }

  leave() {
    clearTimeout(this.timer);
  }

  async load() {
    try {
      this.indexes = (await read("index/indexed-logs")).sort((a, b) => b.name.localeCompare(a.name));
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.changed();
  }

  make = async () => {
    try {
      const before = new Set((this.indexes ?? []).map((index) => index.name));
      await order("index/new-index");
      this.isMaking = true;
      announce("Indexing began. The index appears here when it is done.");
      this.poll(before, POLLS);
    } catch (error) {
      announce(`Indexing could not begin: ${error.message}`, "failed");
    }
    this.changed();
  };

  poll(before, left) {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      await this.load();
      if ((this.indexes ?? []).some((index) => !before.has(index.name)) || left === 0) {
        this.isMaking = false;
        this.changed();
      } else {
        this.poll(before, left - 1);
      }
    }, POLL);
  }

  async remove(index) {
    const chosen = await ask({
      title: `Delete the index ${index.name}?`,
      body: h("p", null, `${counted(index.entryCount, "record")} of ${dateText(index.from)} to ${dateText(index.to)} can no longer be searched. The transaction logs themselves stay, so a new index can be made as long as they are kept.`),
      choices: [{ label: "Delete", value: "delete", tone: "danger" }],
      check: async () => {
        await order(`index/${encodeURIComponent(index.name)}`, { method: "DELETE" });
        return null;
      },
    });
    if (!chosen) return;
    announce("The index is deleted.");
    this.load();
  }

  view(chosen) {
    const make = h("button", { type: "button", id: "new-index", disabled: this.isMaking, onClick: this.make }, this.isMaking ? "Indexing…" : "New index");
    return h("section", { "aria-labelledby": "indexes-title", key: "indexes" },
      h("div", { class: "row spread" }, h("h3", { id: "indexes-title" }, "Indexes"), this.error ? null : make),
      this.error ? failure("Reading the list of indexes", this.error, () => this.load())
        : !this.indexes ? skeleton(2)
          : this.indexes.length === 0
            ? empty("No index yet", "An index makes every write in the transaction logs and backups searchable: by path, kind, session and time. Values can be compared and restored from it. Making one reads the logs of this host and stops nothing.")
            : h("div", { class: "scroll" }, h("table", { class: "compact" },
              h("caption", { class: "visually-hidden" }, "Indexes"),
              h("thead", null, h("tr", null, ["Index", "From", "To", "Records", ""].map((title, at) => h("th", { scope: "col", class: title === "Records" ? "number" : "", key: at }, title || h("span", { class: "visually-hidden" }, "Delete"))))),
              h("tbody", null, this.indexes.map((index) => h("tr", { key: index.name, class: index.name === chosen ? "chosen-row" : "" },
                h("td", null, h("a", { class: "mono", href: link("log-index", { index: index.name }), "aria-current": index.name === chosen ? "true" : null }, index.name)),
                h("td", { class: "nowrap" }, dateText(index.from)), h("td", { class: "nowrap" }, dateText(index.to)), h("td", { class: "number" }, count(index.entryCount)),
                h("td", { class: "actions" }, h("button", { type: "button", class: "small", "aria-label": `Delete ${index.name}`, onClick: () => this.remove(index) }, "Delete…"))))))));
  }
}
