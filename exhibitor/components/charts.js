import { count } from "../shared/format.js";
import { h } from "../shared/view.js";
import { Chart } from "./chart.js";

/** What the charts show at once; less while the page has not seen that much yet. */
const SPAN = 300_000;
const SHORTEST_SPAN = 60_000;
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
    this.writes = new Chart({ title: "Writes", unit: "per second, all servers", format: plain, redraw });
    this.requests = new Chart({ title: "Requests", unit: "per second", format: plain, redraw });
  }

  stop() {
    for (const chart of [this.latency, this.connections, this.requests, this.writes]) chart.stop();
  }

  view() {
    const now = this.feed.samples.at(-1)?.time ?? Date.now();
    const seen = now - (this.feed.samples[0]?.time ?? now);
    const span = { start: now - Math.min(SPAN, Math.max(SHORTEST_SPAN, seen)), end: now };
    const samples = this.feed.samples.filter((sample) => sample.time >= span.start);
    const times = samples.map((sample) => sample.time);
    const servers = this.feed.state?.servers ?? [];
    const series = (field) => servers.map((server) => ({
      name: server.hostname, label: label(server, servers),
      values: samples.map((sample) => sample.servers.get(server.hostname)?.[field] ?? null),
    }));
    const marks = this.feed.timeline.filter((entry) => entry.time >= span.start && entry.time <= span.end)
      .map((entry) => ({ time: entry.time, text: entry.text, tone: toneOf(entry) }));
    return h("div", { class: "charts" },
      this.latency.view(times, series("latency"), marks, span),
      this.connections.view(times, series("connections"), marks, span),
      this.requests.view(times, servers.map((server) => ({
        name: server.hostname, label: label(server, servers),
        values: rates(samples, (sample) => sample.servers.get(server.hostname)?.received ?? null, isSameRun),
      })), marks, span),
      this.writes.view(times, [{ name: "All servers", label: "all", values: rates(samples, (sample) => sample.zxid, isSameEpoch) }], marks, span));
  }

  /** The newest values as a table, for those who do not see the lines. */
  table() {
    const servers = this.feed.state?.servers ?? [];
    return h("details", { class: "chart-table" }, h("summary", null, "The newest values as a table"),
      h("div", { class: "scroll" }, h("table", null,
        h("thead", null, h("tr", null, ["Server", "Latency, average ms", "Latency, highest ms", "Connections", "Outstanding requests"].map((title, index) =>
          h("th", { scope: "col", class: index ? "number" : "", key: title }, title)))),
        h("tbody", null, servers.map((server) => h("tr", { key: server.hostname },
          h("th", { scope: "row", class: "mono" }, server.hostname),
          [server.latency?.avg, server.latency?.max, server.connections, server.outstanding].map((value, index) =>
            h("td", { class: "number", key: index }, value === null || value === undefined ? "–" : plain(value)))))))));
  }
}

/**
 * How fast a counter grows, per second; null where it began anew.
 * @param {import("./live-feed.js").Sample[]} samples
 * @param {(sample: import("./live-feed.js").Sample) => number | bigint | null} counter
 * @param {(before: any, after: any) => boolean} isComparable
 */
function rates(samples, counter, isComparable) {
  return samples.map((sample, index) => {
    const before = samples[index - SMOOTHING];
    if (!before) return null;
    const [from, to] = [counter(before), counter(sample)];
    if (from === null || to === null || !isComparable(from, to)) return null;
    return Number(to - from) / ((sample.time - before.time) / 1000);
  });
}

/** A server that started again counts from zero. */
const isSameRun = (from, to) => to >= from;
/** The upper half of a zxid is the epoch of the leader, the lower half counts its transactions. */
const isSameEpoch = (from, to) => to >= from && from >> 32n === to >> 32n;

/** Ids when there are many servers or their names are long. */
function label(server, servers) {
  return servers.length > 3 || server.hostname.length > 12 ? `id ${server.serverId}` : server.hostname;
}

function plain(value) {
  if (value >= 100 || Number.isInteger(value)) return count(Math.round(value));
  return value.toFixed(value < 1 ? 2 : 1).replace(/\.?0+$/, "");
}

/** @param {{kind: string, text: string}} entry */
export function toneOf(entry) {
  switch (entry.kind) {
    case "warning": return "warning";
    case "state": return /\bdown\b/i.test(entry.text) ? "failed" : /not serving/i.test(entry.text) ? "warning" : "ok";
    default: return "unknown";
  }
}
