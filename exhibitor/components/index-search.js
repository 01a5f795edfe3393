import { order, read } from "../shared/api.js";
import { count } from "../shared/format.js";
import { adjust } from "../shared/router.js";
import { dateText } from "./index-list.js";
import { empty, failure, skeleton } from "../shared/states.js";
import { h, scheduled } from "../shared/view.js";

const PAGE = 25;
/** Kinds of records by the number the search takes. */
export const TYPES = [
  ["0", "Create, persistent"], ["1", "Create, ephemeral"], ["2", "Delete"], ["3", "Set data"],
  ["4", "Create, container"], ["5", "Create, with time to live"], ["6", "Set ACL"], ["7", "Close session"],
];
const FILTERS = ["path", "contains", "type", "session", "from", "to"];

/** Looks for records in one index. */
export class IndexSearch {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = scheduled(changed);
    this.draft = {};
  }

  leave() {
    this.release();
  }

  release() {
    if (this.handle) read(`index/release-cache/${encodeURIComponent(this.index)}/${encodeURIComponent(this.handle)}`).catch(() => {});
    this.handle = null;
  }

  /** @param {URLSearchParams} query */
  show(query) {
    const index = query.get("index");
    const filter = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""]));
    const start = Number(query.get("start")) || 0;
    if (!index) {
      this.release();
      this.index = null;
      return;
    }
    const isSameSearch = index === this.index && JSON.stringify(filter) === JSON.stringify(this.filter);
    if (isSameSearch && start === this.start) return;
    if (!isSameSearch) {
      this.release();
      this.draft = { ...filter };
    }
    Object.assign(this, { index, filter, start });
    this.run();
  }

  async run() {
    const turn = this.turn = {};
    this.error = null;
    this.isLoading = true;
    this.changed();
    try {
      for (let attempt = 0; attempt < 2; attempt += 1) {
        this.handle ??= (await order("index/cache-search", { body: this.request() })).id;
        const answer = await read(`index/dataTable/${encodeURIComponent(this.index)}/${encodeURIComponent(this.handle)}`, { iDisplayStart: this.start, iDisplayLength: PAGE, sEcho: 1 });
        if (turn !== this.turn) return;
        if (answer.aaData) {
          this.answer = answer;
          break;
        }
        // An index that is gone answers with nothing.
        this.handle = null;
        this.answer = null;
        this.error = new Error("The index does not exist any more.");
      }
      if (this.answer) this.error = null;
    } catch (error) {
      if (turn !== this.turn) return;
      this.error = error;
      this.handle = null;
    }
    this.isLoading = false;
    this.changed();
  }

  request() {
    const { path, contains, type, session, from, to } = this.filter;
    const day = (text, end) => text ? new Date(`${text}T${end ? "23:59:59" : "00:00:00"}`).toISOString() : null;
    const hasDates = from || to;
    return {
      indexName: this.index, pathPrefix: path || null, pathMatch: contains || null, operationType: type === "" ? -1 : Number(type), session: session || null,
      firstDate: hasDates ? day(from || "1970-01-02", false) : null, secondDate: hasDates ? day(to || "2100-01-01", true) : null, reuseHandle: null, maxResults: 5000,
    };
  }

  submit = (event) => {
    event.preventDefault();
    adjust({ ...Object.fromEntries(FILTERS.map((name) => [name, this.draft[name]?.trim() || null])), start: null, doc: null, compare: null });
  };

  form() {
    const field = (name, label, properties = {}) => h("div", { class: "field", key: name },
      h("label", { for: `filter-${name}` }, label),
      h("input", { id: `filter-${name}`, type: "text", spellcheck: "false", autocomplete: "off", value: this.draft[name] ?? "", ...properties, onInput: (event) => { this.draft[name] = event.target.value; this.changed(); } }));
    return h("form", { class: "index-form", role: "search", "aria-label": "Search the index", onSubmit: this.submit },
      field("path", "Path begins with", { class: "mono", placeholder: "/" }),
      field("contains", "Path contains", { class: "mono" }),
      h("div", { class: "field", key: "type" }, h("label", { for: "filter-type" }, "Kind"),
        h("select", { id: "filter-type", value: this.draft.type ?? "", onChange: (event) => { this.draft.type = event.target.value; this.changed(); } },
          h("option", { value: "" }, "any"), TYPES.map(([value, name]) => h("option", { key: value, value }, name)))),
      field("session", "Session", { class: "mono", placeholder: "0x…" }),
      field("from", "From day", { type: "date" }),
      field("to", "To day", { type: "date" }),
      h("div", { class: "row index-form-buttons", key: "buttons" }, h("button", { type: "submit", class: "primary", id: "search-index" }, "Search"),
        FILTERS.some((name) => this.filter?.[name]) ? h("button", { type: "button", onClick: () => adjust(Object.fromEntries([...FILTERS, "start", "doc", "compare"].map((name) => [name, null]))) }, "Clear") : null));
  }

  results(chosen) {
    if (this.error) return failure("Searching", this.error, () => this.run());
    if (!this.answer) return skeleton(6);
    const { aaData: rows, iTotalRecords: total, iTotalDisplayRecords: hits } = this.answer;
    if (hits === 0) return empty(total === 0 ? "The index holds no records" : "No record fits", total === 0 ? "There were no writes in the logs when it was made." : `${count(total)} records are in this index. Take a shorter path or another kind.`);
    return h("div", { class: this.isLoading ? "dimmed" : "" },
      h("p", { class: "row spread" },
        h("span", { role: "status" }, `${count(this.start + 1)}–${count(this.start + rows.length)} of ${count(hits)}${hits < total ? `, ${count(total)} in the index` : ""}, newest first`),
        h("span", { class: "row" },
          h("button", { type: "button", class: "small", disabled: this.start === 0, onClick: () => adjust({ start: Math.max(0, this.start - PAGE) || null }) }, "Newer"),
          h("button", { type: "button", class: "small", disabled: this.start + rows.length >= hits, onClick: () => adjust({ start: this.start + PAGE }) }, "Older"))),
      h("div", { class: "scroll" }, h("table", { class: "compact records" },
        h("caption", { class: "visually-hidden" }, "Records found"),
        h("thead", null, h("tr", null, h("th", { scope: "col" }, "When"), h("th", { scope: "col" }, "Kind"), h("th", { scope: "col" }, "Path"))),
        h("tbody", null, rows.map((row) => {
          const id = row.DT_RowId.replace(/^.*-/, "");
          return h("tr", { key: id, class: id === chosen ? "chosen-row" : "", onClick: () => adjust({ doc: id, compare: null }) },
            h("td", { class: "nowrap" }, dateText(row[1])), h("td", { class: "nowrap" }, row[0]),
            h("td", { class: "mono path-cell" }, h("a", { href: "#", "data-doc": id, "aria-current": id === chosen ? "true" : null, onClick: (event) => { event.preventDefault(); event.stopPropagation(); adjust({ doc: id, compare: null }); } }, (row[2] || "–").replace("&hellip;", "…"))));
        })))));
  }
}
