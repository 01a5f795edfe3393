import { EventStream } from "../shared/event-stream.js";
import { zxid } from "../shared/format.js";

/**
 * @typedef {{hostname: string, code: number, description: string, isLeader: boolean, serverId: number, observer: boolean,
 *   mode?: string, zxid?: string, connections?: number, outstanding?: number, latency?: {min: number, avg: number, max: number},
 *   version?: string, syncedFollowers?: number, znodes?: number, watches?: number, dataSize?: number, pid?: number,
 *   uptimeMs?: number, restarts?: number, configVersion?: any, warnings?: object[]}} Server
 * @typedef {{hostname: string, heading: string | null, port: number, summary?: string, servers: Server[],
 *   switches: {restarts: boolean, cleanup: boolean, backups: boolean}, config?: object, membership?: object}} EnsembleState
 * @typedef {{time: number, zxid: bigint | null, servers: Map<string, {latency: number | null, latencyMax: number | null, connections: number | null, outstanding: number | null, received: number | null}>}} Sample
 */

/** After this silence what is shown is stale: the feed speaks every 5 s at least. */
const SILENCE = 10_000;
const RETRY = 2000;
const SAMPLE_INTERVAL = 1000;
const SAMPLES = 900;
const TIMELINE = 500;

/** What the server pushes: the newest state, the samples for the charts, the timeline. */
export class LiveFeed {
  /** @type {EnsembleState | null} */
  state = null;
  /** @type {Sample[]} */
  samples = [];
  /** @type {object[]} */
  timeline = [];
  /** @type {Date | null} */
  staleSince = null;
  heardEver = false;

  #listeners = new Set();
  #lastHeard = new Date();
  #stream = null;

  start() {
    this.#connect();
    setInterval(() => this.#tick(), SAMPLE_INTERVAL);
    // Nothing is heard while nobody looks: that is no loss of the connection.
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#lastHeard = new Date(); });
  }

  /** @param {(change: "state" | "sample" | "timeline" | "freshness") => void} listener */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change) {
    for (const listener of this.#listeners) listener(change);
  }

  #connect() {
    this.#stream?.close();
    const receive = (event) => {
      this.#heard();
      this.#adopt(JSON.parse(event.data));
    };
    this.#stream = new EventStream("../cluster/events", {
      status: receive,
      alive: () => this.#heard(),
      timeline: (event) => {
        this.#heard();
        this.addTimeline([JSON.parse(event.data)]);
      },
      // The browser retries by itself, but not after an answer that is no stream: a proxy's error, a server that is full.
      error: (isOver) => { if (isOver) setTimeout(() => this.#connect(), RETRY); },
    });
  }

  #heard() {
    this.#lastHeard = new Date();
    this.heardEver = true;
    if (this.staleSince) {
      this.staleSince = null;
      this.#tell("freshness");
    }
  }

  #adopt(message) {
    const isFirst = this.state === null;
    this.state = message;
    this.#tell("state");
    if (isFirst) this.#tell("freshness");
  }

  /** @param {object[]} entries in any order; known ones are left out */
  addTimeline(entries) {
    const known = new Set(this.timeline.map(identity));
    const fresh = entries.filter((entry) => !known.has(identity(entry)));
    if (fresh.length === 0) return;
    this.timeline = [...fresh, ...this.timeline].sort((a, b) => b.time - a.time).slice(0, TIMELINE);
    this.#tell("timeline");
  }

  #tick() {
    const now = Date.now();
    if (document.hidden) return;
    if (now - this.#lastHeard.getTime() > SILENCE) {
      this.staleSince = this.#lastHeard;
      this.#tell("freshness");
      return;
    }
    if (this.state) this.#sample(now);
  }

  #sample(time) {
    const { servers } = this.state;
    const highest = servers.map((server) => zxid(server.zxid)).reduce((most, value) => value !== null && (most === null || value > most) ? value : most, null);
    this.samples.push({
      time, zxid: highest,
      servers: new Map(servers.map((server) => [server.hostname, {
        latency: server.latency?.avg ?? null, latencyMax: server.latency?.max ?? null,
        connections: server.connections ?? null, outstanding: server.outstanding ?? null, received: server.packetsReceived ?? null,
      }])),
    });
    if (this.samples.length > SAMPLES) this.samples.shift();
    this.#tell("sample");
  }
}

function identity(entry) {
  return `${entry.time} ${entry.hostname} ${entry.kind} ${entry.text}`;
}
