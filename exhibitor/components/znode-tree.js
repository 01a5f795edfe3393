import { read } from "../shared/api.js";
import { count } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { h, render, scheduled } from "../shared/view.js";
import { childPath, nameOf, parentOf } from "./znode-path.js";

/** Pixels of a row; the style sheet says the same. */
const ROW = 28;
/** Rows drawn above and below what is seen. */
const MARGIN = 12;
const FIRST_PAGE = 200;
const NEXT_PAGES = 1000;

/**
 * @typedef {object} TreeNode
 * @property {string} path
 * @property {string} name
 * @property {number} level 1 for the root
 * @property {number} numChildren
 * @property {boolean} ephemeral
 * @property {boolean} isExpanded
 * @property {string[] | null} children paths loaded so far, in the server's order; null before the first page
 * @property {string[]} pinned paths shown though their page is not loaded
 * @property {number} matched how many there are on the server
 * @property {string | null} next cursor of the next page
 * @property {string} filter
 * @property {Error | null} error
 * @property {boolean} isLoading
 */

/**
 * The tree of znodes. Children come in pages when they are scrolled to, and only rows in sight are in the document, so
 * a znode with 100,000 children is no different from one with ten.
 */
export class ZnodeTree {
  /**
   * @param {{onChoose: (path: string) => void, onUnavailable: (error: Error) => void}} handlers
   */
  constructor({ onChoose, onUnavailable }) {
    this.onChoose = onChoose;
    this.onUnavailable = onUnavailable;
    /** @type {Map<string, TreeNode>} */
    this.nodes = new Map();
    this.addNode("/", "/", 1, { numChildren: 1, ephemeral: false });
    this.chosen = "/";
    this.active = 0;
    this.rows = [];
    this.typed = "";
    this.element = document.createElement("div");
    this.element.className = "tree";
    this.redraw = scheduled(() => this.draw());
    this.element.addEventListener("scroll", () => this.redraw(), { passive: true });
    this.observer = new ResizeObserver(() => this.redraw());
    this.observer.observe(this.element);
  }

  stop() {
    this.observer.disconnect();
  }

  addNode(path, name, level, { numChildren, ephemeral }) {
    const known = this.nodes.get(path);
    if (known) {
      Object.assign(known, { numChildren, ephemeral });
      return known;
    }
    const node = { path, name, level, numChildren, ephemeral, isExpanded: false, children: null, pinned: [], matched: 0, next: null, filter: "", error: null, isLoading: false };
    this.nodes.set(path, node);
    return node;
  }

  // MARK: Loading

  async loadPage(node, { afresh = false } = {}) {
    if (node.isLoading) {
      node.isStale = node.isStale || afresh;
      return;
    }
    node.isLoading = true;
    node.error = null;
    this.redraw();
    const limit = afresh ? Math.max(FIRST_PAGE, Math.min(node.children?.length ?? 0, 5000)) : node.children ? NEXT_PAGES : FIRST_PAGE;
    try {
      const page = await read("explorer/children", { path: node.path, after: afresh ? null : node.next, limit, match: node.filter });
      const paths = page.children.map((child) => {
        const path = child.path ?? childPath(node.path, child.name);
        this.addNode(path, child.name, node.level + 1, child);
        return path;
      });
      node.children = afresh || !node.children ? paths : [...node.children, ...paths];
      node.matched = page.matched ?? page.total;
      if (!node.filter) node.numChildren = page.total;
      node.next = page.next ?? null;
    } catch (error) {
      node.error = error;
      if (node.path === "/" && !node.children) this.onUnavailable(error);
    }
    node.isLoading = false;
    if (node.isStale) {
      node.isStale = false;
      await this.loadPage(node, { afresh: true });
    }
    this.refresh();
  }

  async expand(node) {
    if (node.isExpanded) return;
    node.isExpanded = true;
    if (!node.children) await this.loadPage(node);
    this.refresh();
  }

  collapse(node) {
    node.isExpanded = false;
    this.refresh();
  }

  /** Reads a znode's children again, if they are shown. */
  async reload(path) {
    const node = this.nodes.get(path);
    if (node?.children) await this.loadPage(node, { afresh: true });
  }

  /** Reads all shown children again. */
  async reloadAll() {
    for (const node of [...this.nodes.values()]) {
      if (node.isExpanded && node.children) await this.loadPage(node, { afresh: true });
    }
  }

  /** Shows only children whose name contains the text. */
  async filter(path, text) {
    const node = this.nodes.get(path);
    if (!node || node.filter === text) return;
    node.filter = text;
    node.isExpanded = true;
    await this.loadPage(node, { afresh: true });
  }

  /** Opens the way to a path and marks it. */
  async choose(path) {
    this.chosen = path;
    const names = path === "/" ? [] : path.slice(1).split("/");
    let node = this.nodes.get("/");
    await this.expand(node);
    for (const [index, name] of names.entries()) {
      const child = childPath(node.path, name);
      if (!node.children?.includes(child) && !node.pinned.includes(child)) await this.pin(node, child, name);
      if (this.chosen !== path) return;
      const next = this.nodes.get(child);
      if (!next) break;
      if (index < names.length - 1) await this.expand(next);
      node = next;
    }
    this.refresh();
    const row = this.rows.findIndex((one) => one.node?.path === path);
    if (row >= 0) {
      this.active = row;
      this.reveal(row);
    }
  }

  /** A child whose page is not loaded is shown all the same. */
  async pin(node, path, name) {
    try {
      const page = await read("explorer/children", { path: node.path, match: name, limit: 1000 });
      const child = page.children.find((one) => one.name === name);
      if (!child) return;
      this.addNode(path, name, node.level + 1, child);
      node.pinned.push(path);
    } catch (error) {
      node.error = error;
    }
  }

  /** A znode is gone: so is its row. */
  forget(path) {
    const parent = this.nodes.get(parentOf(path));
    if (parent) {
      parent.pinned = parent.pinned.filter((one) => one !== path);
      if (parent.children) parent.children = parent.children.filter((one) => one !== path);
    }
    for (const known of [...this.nodes.keys()]) {
      if (known === path || known.startsWith(`${path}/`)) this.nodes.delete(known);
    }
    this.refresh();
  }

  // MARK: Rows

  refresh() {
    const rows = [];
    const add = (path, position, size) => {
      const node = this.nodes.get(path);
      if (!node) return;
      rows.push({ kind: "znode", node, position, size });
      if (!node.isExpanded) return;
      const loaded = node.children ?? [];
      const size2 = Math.max(node.matched, loaded.length);
      // Before the pages: behind them they would move away with every page that is loaded.
      if (node.pinned.length) {
        const known = new Set(loaded);
        for (const child of node.pinned) if (!known.has(child)) add(child, null, size2);
      }
      loaded.forEach((child, index) => add(child, index + 1, size2));
      if (node.error) rows.push({ kind: "error", parent: node });
      else if (!node.children || node.next !== null) rows.push({ kind: "more", parent: node });
      else if (loaded.length === 0) rows.push({ kind: "none", parent: node });
    };
    const activeNode = this.rows[this.active]?.node;
    add("/", 1, 1);
    this.rows = rows;
    if (activeNode) {
      const index = rows.findIndex((row) => row.node === activeNode);
      this.active = index >= 0 ? index : Math.min(this.active, rows.length - 1);
    }
    this.redraw();
  }

  reveal(index) {
    const top = index * ROW;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + ROW > scrollTop + clientHeight) this.element.scrollTop = top + ROW - clientHeight;
    this.redraw();
  }

  draw() {
    const height = this.element.clientHeight || 400;
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - MARGIN);
    const last = Math.min(this.rows.length, Math.ceil((this.element.scrollTop + height) / ROW) + MARGIN);
    const shown = this.rows.slice(first, last);
    render(this.element, h("div", {
      class: "tree-rows", role: "tree", tabindex: "0", "aria-label": "Znodes", "aria-activedescendant": this.rows.length ? `row-${this.active}` : null,
      style: { height: `${this.rows.length * ROW}px` }, onKeydown: this.onKeydown, onClick: this.onClick, onFocus: this.onFocus, onBlur: this.redraw,
    }, shown.map((row, offset) => this.rowView(row, first + offset))));
    for (const row of shown) {
      if (row.kind === "more" && !row.parent.isLoading) this.loadPage(row.parent);
    }
  }

  rowView(row, index) {
    const isActive = index === this.active;
    const place = { transform: `translateY(${index * ROW}px)` };
    if (row.kind !== "znode") {
      const level = row.parent.level + 1;
      const loaded = count(row.parent.children?.length ?? 0);
      const text = {
        more: row.parent.children ? `${loaded} of ${count(row.parent.matched)} shown, loading more…` : "Loading…",
        none: row.parent.filter ? `No name contains “${row.parent.filter}”` : "No children",
        error: `Cannot be read: ${row.parent.error?.message ?? ""} Enter tries again.`,
      }[row.kind];
      return h("div", {
        key: `${row.kind} ${row.parent.path}`, id: `row-${index}`, role: "treeitem", class: `tree-row note ${isActive ? "active" : ""}`, "aria-level": level,
        "data-index": index, style: { ...place, "--level": String(level) },
      }, text);
    }
    const { node } = row;
    const canExpand = node.numChildren > 0 || node.isExpanded;
    return h("div", {
      key: node.path, id: `row-${index}`, role: "treeitem", class: `tree-row ${isActive ? "active" : ""} ${node.path === this.chosen ? "chosen" : ""}`,
      "aria-level": node.level, "aria-posinset": row.position, "aria-setsize": row.size, "aria-selected": node.path === this.chosen,
      "aria-expanded": canExpand ? node.isExpanded : null, "data-index": index, "data-path": node.path, title: node.path,
      "aria-label": `${node.name}${node.numChildren ? `, ${count(node.numChildren)} children` : ""}${node.ephemeral ? ", ephemeral" : ""}`,
      style: { ...place, "--level": String(node.level) },
    },
    h("span", { class: "twisty", "data-twisty": "" }, canExpand ? icon(node.isExpanded ? "down" : "right") : null),
    h("span", { class: "tree-name mono" }, node.name),
    node.ephemeral ? h("span", { class: "badge" }, "ephemeral") : null,
    node.numChildren > 0 ? h("span", { class: "quiet small tree-count" }, count(node.numChildren)) : null);
  }

  // MARK: Hands

  onClick = (event) => {
    const element = event.target.closest("[data-index]");
    if (!element) return;
    this.active = Number(element.dataset.index);
    const row = this.rows[this.active];
    if (!row.node) return this.act(row);
    if (event.target.closest("[data-twisty]")) this.toggle(row.node);
    else this.onChoose(row.node.path);
    this.redraw();
  };

  onFocus = () => {
    this.reveal(this.active);
  };

  toggle(node) {
    if (node.isExpanded) this.collapse(node);
    else if (node.numChildren > 0) this.expand(node);
  }

  act(row) {
    if (row.node) {
      this.onChoose(row.node.path);
      if (row.node.numChildren > 0) this.expand(row.node);
    } else if (row.kind === "error") {
      this.loadPage(row.parent);
    }
  }

  onKeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = this.rows[this.active];
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.rows.length, End: this.rows.length };
    if (event.key in moves) {
      this.active = Math.min(this.rows.length - 1, Math.max(0, this.active + moves[event.key]));
      this.reveal(this.active);
    } else if (event.key === "ArrowRight") {
      if (row.node && !row.node.isExpanded && row.node.numChildren > 0) this.expand(row.node);
      else if (row.node?.isExpanded) this.active = Math.min(this.rows.length - 1, this.active + 1);
    } else if (event.key === "ArrowLeft") {
      if (row.node?.isExpanded && row.node.path !== "/") this.collapse(row.node);
      else this.moveTo(row.node ? parentOf(row.node.path) : row.parent.path);
    } else if (event.key === "Enter" || event.key === " ") {
      this.act(row);
    } else if (event.key.length === 1 && event.key !== "/" && !/^\s$/.test(event.key)) {
      this.typeAhead(event.key);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.redraw();
  };

  moveTo(path) {
    const index = this.rows.findIndex((row) => row.node?.path === path);
    if (index < 0) return;
    this.active = index;
    this.reveal(index);
  }

  /** The next row whose name starts with what is typed quickly. */
  typeAhead(letter) {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => { this.typed = ""; }, 700);
    this.typed += letter.toLowerCase();
    const from = this.typed.length === 1 ? this.active + 1 : this.active;
    for (let step = 0; step < this.rows.length; step += 1) {
      const index = (from + step) % this.rows.length;
      const { node } = this.rows[index];
      if (node && nameOf(node.path).toLowerCase().startsWith(this.typed)) {
        this.active = index;
        this.reveal(index);
        return;
      }
    }
  }
}
