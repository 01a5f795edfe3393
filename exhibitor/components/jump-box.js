import { read } from "../shared/api.js";
import { link } from "../shared/router.js";
import { h, render, scheduled } from "../shared/view.js";

/** `/` or Ctrl-K: pages, servers, and znodes by their path. A combobox with a list of what matches. */
export class JumpBox {
  /**
   * @param {{id: string, name: string, key: string}[]} pages
   * @param {import("./live-feed.js").LiveFeed} feed
   */
  constructor(pages, feed) {
    this.pages = pages;
    this.feed = feed;
    this.draw = scheduled(() => this.drawNow());
  }

  open() {
    if (this.dialog) return;
    this.text = "";
    this.chosen = 0;
    this.znodes = [];
    this.dialog = document.createElement("dialog");
    this.dialog.className = "jump";
    this.dialog.setAttribute("aria-label", "Jump to anything");
    document.body.append(this.dialog);
    this.dialog.addEventListener("close", () => {
      this.request?.abort();
      this.dialog.remove();
      this.dialog = null;
    });
    this.drawNow();
    this.dialog.showModal();
    this.dialog.querySelector("input").focus();
  }

  hits() {
    const needle = this.text.trim().toLowerCase();
    if (this.text.startsWith("/")) {
      const exact = this.text.length > 1 ? this.text.replace(/\/+$/, "") || "/" : "/";
      const paths = [exact, ...this.znodes.filter((path) => path !== exact)];
      return paths.slice(0, 12).map((path) => ({ kind: "Znode", name: path, href: link("explorer", { path }) }));
    }
    const pages = this.pages.map((page) => ({ kind: "Page", name: page.name, hint: `g ${page.key}`, href: link(page.id) }));
    const servers = (this.feed.state?.servers ?? []).flatMap((server) => [
      { kind: "Server", name: server.hostname, href: link("control", { server: server.hostname }) },
      { kind: "Log", name: `${server.hostname}: activity log`, href: link("control", { server: server.hostname, tab: "log" }) },
      { kind: "Words", name: `${server.hostname}: four-letter words`, href: link("control", { server: server.hostname, tab: "words" }) },
    ]);
    const all = [...pages, ...servers];
    const hits = all.filter((hit) => needle === "" ? hit.kind === "Page" || hit.kind === "Server" : matches(hit.name.toLowerCase(), needle));
    if (needle !== "") hits.push({ kind: "Search", name: `Znodes whose path contains “${this.text.trim()}”`, href: link("explorer", { q: this.text.trim() }) });
    return hits.slice(0, 12);
  }

  drawNow() {
    if (!this.dialog) return;
    const hits = this.hits();
    this.chosen = Math.min(this.chosen, Math.max(0, hits.length - 1));
    render(this.dialog, [
      h("input", {
        type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "jump-hits", "aria-autocomplete": "list",
        "aria-activedescendant": hits.length ? `jump-${this.chosen}` : null, "aria-label": "Jump to a page, a server, or a znode by its path",
        placeholder: "A page, a server, or /path/of/a/znode", value: this.text, autocomplete: "off", spellcheck: "false",
        onInput: this.onInput, onKeydown: this.onKeydown,
      }),
      h("ul", { id: "jump-hits", role: "listbox", "aria-label": "What matches" }, hits.map((hit, index) => h("li", {
        key: `${hit.kind} ${hit.name}`, id: `jump-${index}`, role: "option", "aria-selected": index === this.chosen, onClick: () => this.take(hit),
      }, h("span", { class: "jump-kind quiet" }, hit.kind), h("span", { class: hit.kind === "Znode" ? "mono" : "" }, hit.name), hit.hint && h("kbd", null, hit.hint)))),
      h("p", { class: "hint" }, "Up and Down choose, Enter opens, Esc closes."),
    ]);
    this.dialog.querySelector(`#jump-${this.chosen}`)?.scrollIntoView({ block: "nearest" });
  }

  onInput = (event) => {
    this.text = event.target.value;
    this.chosen = 0;
    this.complete();
    this.draw();
  };

  onKeydown = (event) => {
    const hits = this.hits();
    if (event.key === "ArrowDown") this.chosen = Math.min(this.chosen + 1, hits.length - 1);
    else if (event.key === "ArrowUp") this.chosen = Math.max(this.chosen - 1, 0);
    else if (event.key === "Enter" && hits[this.chosen]) this.take(hits[this.chosen]);
    else if (event.key === "Tab" && this.text.startsWith("/") && hits[this.chosen]) this.text = hits[this.chosen].name;
    else return;
    event.preventDefault();
    if (event.key === "Tab") this.complete();
    this.draw();
  };

  take(hit) {
    this.dialog.close();
    location.hash = hit.href;
  }

  /** Children of the path typed so far that start with its last part. */
  async complete() {
    this.request?.abort();
    this.znodes = [];
    if (!this.text.startsWith("/")) return;
    const slash = this.text.lastIndexOf("/");
    const parent = this.text.slice(0, slash) || "/";
    const start = this.text.slice(slash + 1);
    this.request = new AbortController();
    try {
      const page = await read("explorer/children", { path: parent, match: start, limit: 50 }, this.request.signal);
      this.znodes = page.children.map((child) => child.path).sort((a, b) => rank(a, parent, start) - rank(b, parent, start));
      this.draw();
    } catch {
      // No such path, or nothing to ask: the path typed can be opened all the same.
    }
  }
}

function rank(path, parent, start) {
  return path.slice(parent === "/" ? 1 : parent.length + 1).startsWith(start) ? 0 : 1;
}

/** All words of the needle appear. */
function matches(name, needle) {
  return needle.split(/\s+/).every((word) => name.includes(word));
}
