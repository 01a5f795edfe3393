import { order } from "../shared/api.js";
import { adjust, link, place } from "../shared/router.js";
import { failure } from "../shared/states.js";
import { icon } from "../shared/icons.js";
import { h, scheduled } from "../shared/view.js";

/** Who holds which lock, who waits, and whether they wait for each other. */
export class LockAnalysis {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = scheduled(changed);
    this.rows = [{ path: "", max: "1" }];
  }

  /** @param {URLSearchParams} query locks=/a:1,/b:3 */
  show(query) {
    const text = query.get("locks") ?? "";
    if (text === this.asked) return;
    this.asked = text;
    if (text === "") return;
    this.rows = text.split(",").map((part) => {
      const at = part.lastIndexOf(":");
      return { path: part.slice(0, at), max: part.slice(at + 1) };
    });
    this.run();
  }

  async run() {
    this.answer = null;
    this.error = null;
    this.isBusy = true;
    this.changed();
    try {
      this.answer = await order("explorer/analyze", { body: this.rows.map((row) => ({ path: row.path, max: Number(row.max) || 1 })) });
    } catch (error) {
      this.error = error;
    }
    this.isBusy = false;
    this.changed();
  }

  submit = (event) => {
    event.preventDefault();
    this.rows = this.rows.filter((row) => row.path.trim() !== "");
    if (this.rows.length === 0) this.rows = [{ path: "", max: "1" }];
    else {
      const locks = this.rows.map((row) => `${row.path.trim()}:${row.max}`).join(",");
      if (locks === place().query.get("locks")) this.run();
      else adjust({ locks });
    }
    this.changed();
  };

  view() {
    const change = (index, values) => {
      this.rows[index] = { ...this.rows[index], ...values };
      this.changed();
    };
    return h("section", { "aria-labelledby": "locks-title", key: "locks" },
      h("h3", { id: "locks-title" }, "Locks and cycles"),
      h("p", null, "Name the znodes below which processes queue up (locks, semaphores, elections). The first in each queue hold it; who waits for what is checked for cycles."),
      h("form", { onSubmit: this.submit },
        this.rows.map((row, index) => h("div", { class: "row lock-row", key: index },
          h("input", { class: "mono", "aria-label": `Path of lock ${index + 1}`, placeholder: "/path/of/a/lock", spellcheck: "false", value: row.path, onInput: (event) => change(index, { path: event.target.value }) }),
          h("label", { class: "small" }, "holders at most ", h("input", { class: "mono max-input", inputmode: "numeric", "aria-label": `Holders at most of lock ${index + 1}`, value: row.max, onInput: (event) => change(index, { max: event.target.value }) })),
          this.rows.length > 1 ? h("button", { type: "button", class: "small", "aria-label": `Remove lock ${index + 1}`, onClick: () => { this.rows.splice(index, 1); this.changed(); } }, "Remove") : null)),
        h("p", { class: "row" },
          h("button", { type: "button", class: "small", onClick: () => { this.rows.push({ path: "", max: "1" }); this.changed(); } }, "Add a lock"),
          h("button", { type: "submit", disabled: this.isBusy }, this.isBusy ? "Looking…" : "Look for cycles"))),
      this.error ? failure("The analysis", this.error, () => this.run()) : this.answer ? this.answerView() : null);
  }

  answerView() {
    const { error, nodes, possibleCycles } = this.answer;
    if (error) return h("p", { class: "problem", role: "alert" }, error);
    return h("div", { role: "status" },
      possibleCycles.length === 0
        ? h("p", { class: "ok" }, icon("ok"), " No cycle: nobody waits for each other.")
        : h("div", null, h("p", { class: "failed" }, icon("failed"), ` ${possibleCycles.length === 1 ? "A possible cycle" : `${possibleCycles.length} possible cycles`}:`),
          h("ul", null, possibleCycles.map((cycle, index) => h("li", { key: index, class: "mono" }, cycle.ids.join(" → "))))),
      nodes.map((node) => h("div", { key: node.path },
        h("h4", { class: "mono" }, h("a", { href: link("explorer", { path: node.path }) }, node.path)),
        node.childIds.length === 0 ? h("p", { class: "quiet" }, "Nobody.") : h("ol", { class: "queue" }, node.childIds.map((id, index) => h("li", { key: index },
          h("span", { class: "mono" }, id || "(no data)"), h("span", { class: "quiet" }, index < node.max ? " holds it" : " waits")))))));
  }
}
