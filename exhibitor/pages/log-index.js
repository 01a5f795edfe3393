import { BackupPanel } from "../components/backup-panel.js";
import { IndexList } from "../components/index-list.js";
import { IndexRecord } from "../components/index-record.js";
import { IndexSearch } from "../components/index-search.js";
import { h, render, scheduled } from "../shared/view.js";

/** What was written, when and by whom; and the way back. */
export class Page {
  constructor(root, context) {
    this.root = root;
    this.redraw = scheduled(() => this.draw());
    this.list = new IndexList(this.redraw);
    this.search = new IndexSearch(this.redraw);
    this.record = new IndexRecord(context, this.redraw);
    this.backups = new BackupPanel(this.redraw);
    context.mutationsKnown.then(this.redraw);
  }

  leave() {
    this.list.leave();
    this.search.leave();
    this.backups.leave();
  }

  show(query) {
    this.index = query.get("index");
    this.search.show(query);
    this.record.show(this.index, query.get("doc"), query.get("compare"), query.get("view"));
    this.draw();
  }

  draw() {
    render(this.root, [
      h("h2", { class: "visually-hidden", key: "title" }, "Log index and backups"),
      h("div", { class: "index-top", key: "top" }, this.list.view(this.index), this.backups.view()),
      this.index ? h("div", { key: "search", class: "index-search" },
        h("h3", null, "Records of ", h("span", { class: "mono" }, this.index)),
        this.search.form(),
        h("div", { class: "index-results" }, h("section", { "aria-label": "Records found" }, this.search.results(this.record.doc)), this.record.tree())) : null,
    ]);
  }
}
