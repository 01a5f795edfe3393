import { ZnodeDetail } from "../components/znode-detail.js";
import { parentOf } from "../components/znode-path.js";
import { ZnodeSearch } from "../components/znode-search.js";
import { ZnodeTree } from "../components/znode-tree.js";
import { counted } from "../shared/format.js";
import { adjust } from "../shared/router.js";
import { failure } from "../shared/states.js";
import { h, render, scheduled } from "../shared/view.js";

/** More children than this get a filter. */
const WIDE = 50;

/** The znodes: a tree beside the one looked at. */
export class Page {
  constructor(root, context) {
    this.root = root;
    this.redraw = scheduled(() => this.draw());
    this.unavailable = null;
    this.tree = new ZnodeTree({
      onChoose: (path) => adjust({ path }),
      onUnavailable: (error) => { this.unavailable = error; this.redraw(); },
    });
    this.detail = new ZnodeDetail({ context, changed: this.redraw, onTreeChange: this.onTreeChange });
    this.search = new ZnodeSearch(this.redraw);
    context.mutationsKnown.then(this.redraw);
  }

  leave() {
    this.detail.leave();
    this.tree.stop();
  }

  show(query) {
    const path = query.get("path") || "/";
    this.search.show(query);
    this.detail.show(path, query.get("view"));
    if (path !== this.path) {
      this.path = path;
      this.tree.choose(path).then(() => {
        const filter = query.get("filter") ?? "";
        if (filter) this.tree.filter(path, filter);
        this.redraw();
      });
    } else {
      this.tree.filter(path, query.get("filter") ?? "");
    }
    this.draw();
  }

  onTreeChange = (kind, path) => {
    if (kind === "children") this.tree.reload(path).then(this.redraw);
    else if (kind === "deleted") this.tree.forget(path);
    else this.tree.reload(parentOf(path)).then(() => this.tree.choose(path));
  };

  draw() {
    if (this.unavailable) {
      render(this.root, [h("h2", { key: "title" }, "Explorer"), failure("Reading znodes", this.unavailable, () => {
        this.unavailable = null;
        this.tree.loadPage(this.tree.nodes.get("/")).then(() => this.detail.load());
        this.redraw();
      })]);
      return;
    }
    const node = this.tree.nodes.get(this.path);
    const isWide = node && (node.filter || node.numChildren > WIDE);
    render(this.root, [
      h("h2", { class: "visually-hidden", key: "title" }, "Explorer"),
      h("div", { class: "explorer", key: "explorer" },
        h("section", { class: "explorer-side", "aria-label": "Tree and search" },
          this.search.form(this.path),
          this.search.asked ? h("div", { key: "results", class: "results" }, this.search.results(this.path)) : null,
          h("div", { key: "tree", hidden: Boolean(this.search.asked) },
            h("div", { class: "row tree-tools" },
              isWide ? h("input", {
                key: "filter", type: "search", class: "filter", "aria-label": `Filter the ${counted(node.numChildren, "child", "children")} of ${this.path}`,
                placeholder: `Filter ${counted(node.numChildren, "child", "children")}`, value: node.filter, onInput: this.onFilter,
              }) : h("span", { key: "hint", class: "hint" }, "Arrows move, Enter opens, letters jump."),
              h("button", { key: "reload", type: "button", class: "small", onClick: () => this.tree.reloadAll() }, "Reload")),
            this.tree.element)),
        this.detail.tree()),
    ]);
  }

  onFilter = (event) => {
    const text = event.target.value;
    clearTimeout(this.filtering);
    this.filtering = setTimeout(() => adjust({ filter: text || null }, { replace: true }), 200);
  };
}
