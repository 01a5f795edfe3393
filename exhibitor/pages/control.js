import { Charts } from "../components/charts.js";
import { giveOrder } from "../components/orders.js";
import { problems } from "../components/problems.js";
import { ServerDetail } from "../components/server-detail.js";
import { serverTable } from "../components/server-table.js";
import { summary } from "../components/summary.js";
import { timelineList } from "../components/timeline-list.js";
import { order, read } from "../shared/api.js";
import { announce } from "../shared/dialog.js";
import { icon } from "../shared/icons.js";
import { link } from "../shared/router.js";
import { empty, failure, skeleton } from "../shared/states.js";
import { h, render, scheduled } from "../shared/view.js";

const TONE_WORDS = { ok: "Healthy", warning: "Degraded", failed: "Failed", unknown: "Unknown" };
const WARNINGS_INTERVAL = 30_000;
const RECENT = 8;

/** Is it healthy, what changed, what to do. */
export class Page {
  constructor(root, { feed }) {
    this.root = root;
    this.feed = feed;
    this.warnings = [];
    this.redraw = scheduled(() => this.draw());
    this.detail = new ServerDetail(feed, this.redraw);
    this.charts = new Charts(feed, this.redraw);
    this.stopListening = feed.listen(() => this.redraw());
    this.loadTimeline();
    this.loadWarnings();
    this.timer = setInterval(() => { if (!document.hidden) this.loadWarnings(); }, WARNINGS_INTERVAL);
  }

  leave() {
    this.stopListening();
    this.detail.leave();
    this.charts.stop();
    clearInterval(this.timer);
  }

  show(query) {
    this.chosen = query.get("server");
    if (this.chosen) this.detail.show(this.chosen, query.get("tab"), query.get("word"));
    else this.detail.leave();
    this.draw();
  }

  async loadTimeline() {
    try {
      this.feed.addTimeline(await read("cluster/timeline", { limit: 200 }));
      this.timelineError = null;
    } catch (error) {
      this.timelineError = error;
    }
    this.redraw();
  }

  async loadWarnings() {
    try {
      this.warnings = await read("cluster/warnings");
      this.redraw();
    } catch {
      // The entries of the servers carry their warnings too.
    }
  }

  draw() {
    const { state } = this.feed;
    if (!state) {
      render(this.root, this.feed.staleSince
        ? failure("Asking Exhibitor for the state", new Error("No answer for ten seconds. See whether its process runs on this host; the page tries again by itself."))
        : [h("p", { class: "summary quiet", key: "asking", role: "status" }, "Asking the servers…"), skeleton(6)]);
      return;
    }
    const { tone, text } = summary(state);
    const found = problems(state, this.warnings);
    render(this.root, [
      h("section", { key: "state", "aria-labelledby": "state-title" },
        h("h2", { id: "state-title", class: "visually-hidden" }, "State"),
        h("p", { class: `summary ${tone}-summary`, id: "summary", role: "status", "aria-live": "polite" },
          h("span", { class: `summary-mark ${tone}` }, icon(tone === "ok" ? "ok" : tone === "unknown" ? "unknown" : tone), h("span", { class: "visually-hidden" }, `${TONE_WORDS[tone]}: `)),
          h("span", null, text)),
        h("ul", { class: "problems", id: "problems", "aria-label": "What is wrong", "aria-live": "polite" }, found.map((problem) => this.problemView(problem)))),
      h("section", { key: "servers", "aria-labelledby": "servers-title" },
        h("h2", { id: "servers-title" }, "Servers"),
        state.servers.length === 0
          ? empty("No servers yet", "The ensemble has no members. Name them in the configuration, then ZooKeeper is started on each.", h("a", { class: "button", href: "#/config" }, "Open Config"))
          : serverTable({ state, chosen: this.chosen, detail: this.detail.view(), onOrder: this.onOrder })),
      state.servers.length === 0 ? null : h("section", { key: "charts", "aria-labelledby": "charts-title" },
        h("h2", { id: "charts-title" }, "Last minutes"),
        this.charts.view(), this.charts.table()),
      h("section", { key: "timeline", "aria-labelledby": "timeline-title" },
        h("div", { class: "row spread" }, h("h2", { id: "timeline-title" }, "What changed"), h("a", { href: "#/timeline" }, "Whole timeline")),
        this.timelineView()),
    ]);
  }

  timelineView() {
    if (this.feed.timeline.length) return timelineList(this.feed.timeline.slice(0, RECENT));
    if (this.timelineError) return failure("Reading the timeline", this.timelineError, () => this.loadTimeline());
    return h("p", { class: "quiet" }, "Nothing happened since this Exhibitor started.");
  }

  problemView(problem) {
    return h("li", { key: problem.key, class: problem.tone, "data-tone": problem.tone },
      h("span", { class: `problem-icon ${problem.tone}` }, icon(problem.tone), h("span", { class: "visually-hidden" }, `${problem.tone}: `)),
      h("span", { class: "problem-text" }, h("strong", null, problem.text), " ", problem.advice),
      h("span", { class: "row problem-actions" }, problem.actions.map((action) => this.actionView(action))));
  }

  actionView(action) {
    const name = `${action.label}${action.hostname ? ` (${action.hostname})` : ""}`;
    if (action.page) return h("a", { key: name, class: "button small-button", href: `#/${action.page}` }, action.label);
    if (action.tab) return h("a", { key: name, class: "button small-button", "aria-label": name, href: link("control", { server: action.hostname, tab: action.tab }) }, action.label);
    const act = action.switch ? () => this.switchOn(action) : () => this.onOrder(action.order, action.hostname);
    return h("button", { key: name, type: "button", class: "small", "aria-label": name, onClick: act }, action.label);
  }

  async switchOn(action) {
    try {
      await order(`cluster/set/${action.switch}/true/${encodeURIComponent(action.hostname)}`);
      announce(`Automatic restarts are on again on ${action.hostname}.`);
    } catch (error) {
      announce(`Switching on failed: ${error.message}`, "failed");
    }
  }

  onOrder = async (what, hostname) => {
    let switches = hostname === this.feed.state.hostname ? this.feed.state.switches : null;
    if (what === "stop" && !switches) {
      try {
        switches = (await read(`cluster/state/${encodeURIComponent(hostname)}`)).response?.switches ?? null;
      } catch {
        // Unknown: the question then offers to switch restarts off.
      }
    }
    await giveOrder(what, this.feed, hostname, switches);
    this.detail.load();
  };
}
