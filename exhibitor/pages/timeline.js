import { KINDS, timelineList } from "../components/timeline-list.js";
import { read } from "../shared/api.js";
import { counted } from "../shared/format.js";
import { adjust } from "../shared/router.js";
import { empty, failure, skeleton } from "../shared/states.js";
import { h, render, scheduled } from "../shared/view.js";

/** Everything that happened to the ensemble as this host saw it; other hosts can be asked too. */
export class Page {
  constructor(root, { feed }) {
    this.root = root;
    this.feed = feed;
    this.others = new Map();
    this.redraw = scheduled(() => this.draw());
    this.stopListening = feed.listen((change) => { if (change === "timeline" || change === "state") this.redraw(); });
    this.load();
  }

  leave() {
    this.stopListening();
  }

  show(query) {
    this.kinds = new Set((query.get("kinds") ?? "").split(",").filter(Boolean));
    this.host = query.get("host") ?? "";
    this.text = query.get("text") ?? "";
    if (this.host && this.feed.state && this.host !== this.feed.state.hostname) this.loadHost(this.host);
    this.draw();
  }

  async load() {
    try {
      this.feed.addTimeline(await read("cluster/timeline", { limit: 500 }));
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.isLoaded = true;
    this.redraw();
  }

  async loadHost(host) {
    try {
      const answer = await read(`cluster/timeline/${encodeURIComponent(host)}`, { limit: 500 });
      if (!answer.success) throw new Error(answer.errorMessage || "The host does not answer.");
      const entries = typeof answer.response === "string" ? JSON.parse(answer.response) : answer.response;
      this.others.set(host, { entries });
    } catch (error) {
      this.others.set(host, { error });
    }
    this.redraw();
  }

  draw() {
    const hosts = (this.feed.state?.servers ?? []).map((server) => server.hostname);
    const other = this.others.get(this.host);
    const all = this.host && this.host !== this.feed.state?.hostname ? other?.entries : this.feed.timeline;
    render(this.root, [
      h("div", { class: "row spread page-head", key: "head" }, h("h2", null, "Timeline"),
        h("form", { class: "row", role: "search", onSubmit: (event) => event.preventDefault() },
          h("label", { class: "small", for: "seen-by" }, "Seen by"),
          h("select", { id: "seen-by", value: this.host, onChange: (event) => adjust({ host: event.target.value || null }) },
            h("option", { value: "" }, "this server"), hosts.filter((host) => host !== this.feed.state?.hostname).map((host) => h("option", { key: host, value: host }, host))),
          h("input", { type: "search", "aria-label": "Events that contain", placeholder: "Contains", value: this.text, onInput: (event) => adjust({ text: event.target.value || null }, { replace: true }) }))),
      h("div", { class: "row kinds", role: "group", "aria-label": "Kinds of events", key: "kinds" }, KINDS.map(([id, name]) => h("button", {
        key: id, type: "button", class: "small", "aria-pressed": this.kinds.has(id), onClick: () => this.flip(id),
      }, name)), this.kinds.size ? h("button", { key: "all", type: "button", class: "small plain", onClick: () => adjust({ kinds: null }) }, "Show all") : null),
      h("div", { key: "list" }, this.listView(all, other?.error ?? (this.host ? null : this.error))),
    ]);
  }

  flip(id) {
    const kinds = new Set(this.kinds);
    if (!kinds.delete(id)) kinds.add(id);
    adjust({ kinds: [...kinds].join(",") || null }, { replace: true });
  }

  listView(all, error) {
    if (error && !all?.length) return failure("Reading the timeline", error, () => this.host ? this.loadHost(this.host) : this.load());
    if (!all || !this.isLoaded) return skeleton(6);
    const needle = this.text.toLowerCase();
    const entries = all.filter((entry) => (this.kinds.size === 0 || this.kinds.has(entry.kind)) && (needle === "" || `${entry.text} ${entry.hostname}`.toLowerCase().includes(needle)));
    if (all.length === 0) return empty("Nothing happened yet", "Elections, restarts, changes of the configuration and what operators do appear here as they happen.");
    if (entries.length === 0) return empty("No event fits", "Show all kinds, or look for another text.");
    return [h("p", { class: "quiet small", role: "status", key: "count" }, counted(entries.length, "event")), timelineList(entries, true)];
  }
}
