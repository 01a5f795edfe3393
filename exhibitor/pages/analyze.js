import { LockAnalysis } from "../components/lock-analysis.js";
import { address, read } from "../shared/api.js";
import { bytes, count, counted, middle } from "../shared/format.js";
import { adjust, link } from "../shared/router.js";
import { empty, failure, skeleton } from "../shared/states.js";
import { h, render, scheduled } from "../shared/view.js";

/** Where the data is and what changes most. */
export class Page {
  constructor(root) {
    this.root = root;
    this.redraw = scheduled(() => this.draw());
    this.locks = new LockAnalysis(this.redraw);
  }

  leave() {
    this.request?.abort();
  }

  show(query) {
    const asked = { root: query.get("root") || "/", depth: Number(query.get("depth")) || 2 };
    this.locks.show(query);
    if (JSON.stringify(asked) !== JSON.stringify(this.asked)) {
      this.asked = asked;
      this.run();
    }
    this.draw();
  }

  async run() {
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    this.answer = null;
    this.error = null;
    this.redraw();
    try {
      const answer = await read("explorer/analysis", this.asked, signal);
      if (!signal.aborted) this.answer = answer;
    } catch (error) {
      if (signal.aborted) return;
      this.error = error;
    }
    this.redraw();
  }

  draw() {
    const { root, depth } = this.asked;
    render(this.root, [
      h("div", { class: "row spread page-head", key: "head" },
        h("h2", null, "Analyze"),
        h("form", { class: "row", onSubmit: this.onSubmit },
          h("label", { class: "small", for: "analysis-root" }, "Below"),
          h("input", { id: "analysis-root", name: "root", class: "mono", value: root, spellcheck: "false" }),
          h("label", { class: "small", for: "analysis-depth" }, "Levels"),
          h("select", { id: "analysis-depth", name: "depth", value: String(depth) }, ["1", "2", "3", "4"].map((level) => h("option", { key: level, value: level }, level))),
          h("button", { type: "submit" }, "Analyze"),
          h("button", { type: "button", onClick: () => this.run() }, "Again"))),
      h("div", { key: "answer" }, this.answerView()),
      h("div", { class: "analysis-more", key: "more" }, this.listing(), this.locks.view()),
    ]);
  }

  onSubmit = (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    const root = String(data.get("root")).trim() || "/";
    adjust({ root: root === "/" ? null : root, depth: data.get("depth") === "2" ? null : data.get("depth") });
  };

  answerView() {
    if (this.error) {
      return this.error.status === 404 && this.error.kind !== "absent"
        ? empty("There is no such znode", `${this.asked.root} does not exist.`)
        : failure("Analyzing", this.error, () => this.run());
    }
    if (!this.answer) return [h("p", { key: "text", role: "status", class: "quiet" }, `Visiting everything below ${this.asked.root}…`), skeleton(6)];
    const { answer } = this;
    return [
      h("p", { class: "summary-line", role: "status", key: "sum" }, h("strong", null, counted(answer.znodes, "znode")), ", ", h("strong", null, bytes(answer.bytes)), ` below ${answer.root}${answer.complete ? "." : ", as far as visited: the rest was too much for one look."}`),
      h("div", { class: "analysis", key: "tables" },
        this.table("Subtrees", answer.subtrees, (row) => row.bytes, [
          ["Data", (row) => bytes(row.bytes)], ["Znodes", (row) => count(row.znodes)], ["Ephemeral", (row) => count(row.ephemerals)],
        ], true),
        this.table("Largest znodes", answer.largest, (row) => row.bytes, [["Data", (row) => bytes(row.bytes)]]),
        this.table("Widest znodes", answer.widest, (row) => row.numChildren, [["Children", (row) => count(row.numChildren)]]),
        this.table("Busiest znodes", answer.busiest, (row) => row.changes, [["Changes", (row) => count(row.changes)]])),
    ];
  }

  table(title, rows, weight, columns, canDescend = false) {
    const most = Math.max(1, ...(rows ?? []).map(weight));
    return h("section", { key: title, "aria-label": title }, h("h3", null, title),
      !rows?.length ? h("p", { class: "quiet" }, "None.") : h("div", { class: "scroll" }, h("table", { class: "compact weights" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, "Path"), columns.map(([name]) => h("th", { scope: "col", class: "number", key: name }, name)), h("th", { scope: "col", class: "weight-head" }, h("span", { class: "visually-hidden" }, "Share")), canDescend ? h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Go deeper")) : null)),
        h("tbody", null, rows.map((row) => h("tr", { key: row.path },
          h("td", { class: "mono path-cell" }, h("a", { href: link("explorer", { path: row.path }), title: row.path }, middle(row.path, 64))),
          columns.map(([name, text]) => h("td", { class: "number nowrap", key: name }, text(row))),
          h("td", { class: "weight" }, h("span", { "aria-hidden": "true", style: { width: `${Math.max(1, 100 * weight(row) / most)}%` } })),
          canDescend ? h("td", null, row.path === this.asked.root ? null : h("a", { href: link("analyze", { root: row.path }), "aria-label": `Analyze below ${row.path}` }, "deeper")) : null))))));
  }

  listing() {
    const request = JSON.stringify({ startPath: this.asked.root, maxChildrenForTraversal: 1000 });
    return h("section", { "aria-labelledby": "listing-title", key: "listing" },
      h("h3", { id: "listing-title" }, "Usage listing"),
      h("p", null, `Every znode below ${this.asked.root} with its age and number of children, as text with tabs. Znodes with more than 1,000 children are listed without them.`),
      h("a", { class: "button", href: address("explorer/usage-listing", { request }), download: "listing_tab_delimited.txt" }, "Download the listing"));
  }
}
