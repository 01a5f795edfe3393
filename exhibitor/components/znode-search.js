import { read } from "../shared/api.js";
import { count } from "../shared/format.js";
import { adjust, link, place } from "../shared/router.js";
import { empty, failure, skeleton } from "../shared/states.js";
import { h, scheduled } from "../shared/view.js";

/** Looks for a text in paths or values. */
export class ZnodeSearch {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = scheduled(changed);
    this.asked = null;
  }

  /** @param {URLSearchParams} query */
  show(query) {
    const wanted = { match: query.get("q") ?? "", in: query.get("in") ?? "path", root: query.get("root") ?? "/" };
    this.text ??= wanted.match;
    if (wanted.match === "") {
      this.asked = null;
      this.request?.abort();
      return;
    }
    if (JSON.stringify(wanted) === JSON.stringify(this.asked)) return;
    this.asked = wanted;
    this.text = wanted.match;
    this.run();
  }

  async run() {
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    this.answer = null;
    this.error = null;
    this.changed();
    try {
      const answer = await read("explorer/search", { ...this.asked, limit: 200 }, signal);
      if (!signal.aborted) this.answer = answer;
    } catch (error) {
      if (signal.aborted) return;
      this.error = error;
    }
    this.changed();
  }

  form(chosenPath) {
    const current = place().query;
    const inside = this.where ?? current.get("in") ?? "path";
    const root = current.get("root") ?? "/";
    return h("form", { class: "row search-form", role: "search", key: "search", onSubmit: (event) => {
      event.preventDefault();
      const data = new FormData(event.target);
      adjust({ q: String(data.get("q")).trim() || null, in: data.get("in") === "data" ? "data" : null, root: data.get("below") ? chosenPath === "/" ? null : chosenPath : null });
    } },
    h("input", { type: "search", name: "q", "aria-label": "Search znodes for", placeholder: "Search znodes", value: this.text ?? "", onInput: (event) => { this.text = event.target.value; } }),
    h("select", { name: "in", "aria-label": "Search in", value: inside, onChange: (event) => { this.where = event.target.value; } }, h("option", { value: "path" }, "in paths"), h("option", { value: "data" }, "in values")),
    chosenPath !== "/" || root !== "/" ? h("label", { class: "small", key: "below" }, h("input", { type: "checkbox", name: "below", value: "1", checked: root !== "/" }), " only below the chosen one") : null,
    h("button", { type: "submit" }, "Search"));
  }

  results(chosenPath) {
    const close = h("button", { type: "button", class: "small", id: "close-search", onClick: () => { this.text = ""; adjust({ q: null, in: null, root: null }); } }, "Back to the tree");
    const { asked } = this;
    const where = `${asked.in === "data" ? "values" : "paths"} below ${asked.root}`;
    if (this.error) return [h("p", { class: "row", key: "close" }, close), failure(`Searching ${where}`, this.error, () => this.run())];
    if (!this.answer) return [h("p", { class: "row spread", key: "close" }, h("span", { role: "status" }, `Searching ${where}…`), close), skeleton(5)];
    const { hits, visited, complete } = this.answer;
    return [
      h("p", { class: "row spread", key: "close" }, h("span", { role: "status" }, `${count(hits.length)} ${hits.length === 1 ? "hit" : "hits"} in ${where}; ${count(visited)} znodes visited${complete ? "" : ", more were not"}.`), close),
      hits.length === 0 ? empty("Nothing found", `No ${asked.in === "data" ? "value" : "path"} contains “${asked.match}”${complete ? "" : " among the znodes visited; search below a path to see the rest"}.`)
        : h("ul", { class: "hits", key: "hits" }, hits.map((hit) => h("li", { key: `${hit.where} ${hit.path}`, class: hit.path === chosenPath ? "chosen" : "" },
          h("a", { class: "mono", href: link("explorer", { ...Object.fromEntries(place().query), path: hit.path }) }, marked(hit.path, asked.in === "path" ? asked.match : "")),
          hit.where === "data" ? h("div", { class: "mono quiet excerpt" }, marked(hit.excerpt ?? "", asked.match)) : null))),
    ];
  }
}

/** The text with what matched marked. */
function marked(text, needle) {
  const at = needle ? text.toLowerCase().indexOf(needle.toLowerCase()) : -1;
  if (at < 0) return text;
  return [text.slice(0, at), h("mark", null, text.slice(at, at + needle.length)), text.slice(at + needle.length)];
}
