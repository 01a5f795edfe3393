import { count } from "../shared/format.js";
import { h } from "../shared/view.js";
import { Chart } from "./chart.js";

/** What the charts show at once. */
const SPAN = 300_000;
/** Writes are counted over this many samples, so that single ones do not look like bursts. */
const SMOOTHING = 5;

/** Latency, connections and writes of the last minutes, with the ensemble's events on the same axis. */
export class Charts {
  /**
   * @param {import("./live-feed.js").LiveFeed} feed
   * @param {() => void} redraw
   */
  constructor(feed, redraw) {
    this.feed = feed;
    this.latency = new Chart({ title: "Latency", unit: "average, ms", format: plain, redraw });
    this.connections = new Chart({ title: "Connections", unit: "open", format: count, redraw });
    this.writes = new Chart({ title: "Writes", unit: "per second, whole ensemble", format: plain, redraw });
    this.outstanding = new Chart({ title: "Waiting requests", unit: "per server", format: count, redraw });
  }

  stop() {
    for (const chart of [this.latency, this.connections, this.writes, this.outstanding]) chart.stop();
  }

  view() {
    const now = this.feed.samples.at(-1)?.time ?? Date.now();
    const span = { start: now - SPAN, end: now };
    const samples = this.feed.samples.filter((sample) => sample.time >= span.start);
    const times = samples.map((sample) => sample.time);
    const servers = this.feed.state?.servers ?? [];
    const series = (field) => servers.map((server) => ({
      name: server.hostname, label: servers.length > 3 ? String(server.serverId) : shortName(server.hostname),
      values: samples.map((sample) => sample.servers.get(server.hostname)?.[field] ?? null),
    }));
    const marks = this.feed.timeline.filter((entry) => entry.time >= span.start && entry.time <= span.end)
      .map((entry) => ({ time: entry.time, text: entry.text, tone: toneOf(entry) }));
    return h("div", { class: "charts" },
      this.latency.view(times, series("latency"), marks, span),
      this.connections.view(times, series("connections"), marks, span),
      this.writes.view(times, [{ name: "All servers", label: "all", values: rates(samples) }], marks, span),
      this.outstanding.view(times, series("outstanding"), marks, span));
  }

  /** The newest values as a table, for those who do not see the lines. */
  table() {
    const servers = this.feed.state?.servers ?? [];
    return h("details", { class: "chart-table" }, h("summary", null, "The newest values as a table"),
      h("div", { class: "scroll" }, h("table", null,
        h("thead", null, h("tr", null, ["Server", "Latency, average ms", "Latency, highest ms", "Connections", "Waiting requests"].map((title, index) =>
          h("th", { scope: "col", class: index ? "number" : "", key: title }, title)))),
        h("tbody", null, servers.map((server) => h("tr", { key: server.hostname },
          h("th", { scope: "row", class: "mono" }, server.hostname),
          [server.latency?.avg, server.latency?.max, server.connections, server.outstanding].map((value, index) =>
            h("td", { class: "number", key: index }, value === null || value === undefined ? "–" : plain(value)))))))));
  }
}

/** Transactions per second, from the counter half of the newest zxid. */
function rates(samples) {
  return samples.map((sample, index) => {
    const before = samples[index - SMOOTHING];
    if (!before || sample.zxid === null || before.zxid === null || sample.zxid >> 32n !== before.zxid >> 32n) return null;
    return Math.max(0, Number(sample.zxid - before.zxid) / ((sample.time - before.time) / 1000));
  });
}

function plain(value) {
  if (value >= 100 || Number.isInteger(value)) return count(Math.round(value));
  return value.toFixed(value < 1 ? 2 : 1).replace(/0$/, "");
}

function shortName(hostname) {
  return hostname.length > 16 ? `…${hostname.slice(-15)}` : hostname;
}

/** @param {{kind: string, text: string}} entry */
export function toneOf(entry) {
  switch (entry.kind) {
    case "warning": return "warning";
    case "state": return /\bdown\b/i.test(entry.text) ? "failed" : /not serving/i.test(entry.text) ? "warning" : "ok";
    default: return "unknown";
  }
}
