import { shortVersion } from "./summary.js";

/**
 * @typedef {{key: string, tone: "failed" | "warning" | "progress", text: string, advice: string,
 *   actions: {label: string, order?: string, hostname?: string, tab?: string, page?: string, switch?: string}[]}} Problem
 */

/**
 * What is wrong or under way, the worst first, each with what to do.
 * @param {import("./live-feed.js").EnsembleState} state
 * @param {object[]} warnings of the pre-flight probes, beyond those in the entries
 * @returns {Problem[]}
 */
export function problems(state, warnings = []) {
  const found = [
    ...state.servers.flatMap((server) => ofServer(server, state)), ...state.servers.flatMap((server) => ofSwitches(server, state)),
    ...ofConfig(state), ...ofWarnings(state, warnings),
  ];
  const order = { failed: 0, warning: 1, progress: 2 };
  return found.sort((a, b) => order[a.tone] - order[b.tone]);
}

function ofSwitches(server, state) {
  const { hostname } = server;
  const switches = server.switches ?? (hostname === state.hostname ? state.switches : null);
  if (!switches || switches.restarts) return [];
  return [{
    key: `restarts ${hostname}`, tone: "warning",
    text: `Automatic restarts are off on ${hostname}.`, advice: server.code === 1 ? "It stays down until somebody starts it." : "If the server dies there, it stays down.",
    actions: [{ label: "Switch on", switch: "restarts", hostname }],
  }];
}

function ofServer(server, { config }) {
  const { hostname } = server;
  if (server.code !== 3 && config?.rollInProgress && config.hosts?.some((host) => host.hostname === hostname && host.stage === "current")) {
    return [{ key: `state ${hostname}`, tone: "progress", text: `${hostname} restarts for the change that rolls out.`, advice: "The next host waits until it serves again.", actions: [] }];
  }
  const look = { label: "Look at its log", hostname, tab: "log" };
  switch (server.code) {
    case 3: return [];
    case 0: return [{
      key: `state ${hostname}`, tone: "warning", text: `${hostname} is not configured yet.`,
      advice: "Its install and data directories are empty, or its first check is not done.", actions: [{ label: "Open Config", page: "config" }],
    }];
    case 1: return [{
      key: `state ${hostname}`, tone: "failed", text: `${hostname} is down.`,
      ...ofDown(server, hostname, look),
    }];
    default: return [{
      key: `state ${hostname}`, tone: "warning", text: `${hostname} runs but is in no quorum.`,
      advice: "It joins once a majority of the servers can reach each other.", actions: [look],
    }];
  }
}

function ofDown(server, hostname, look) {
  // Whoever tells nothing but that it is down was not reached at all.
  if (server.switches === null || server.switches === undefined) {
    return { advice: "Its Exhibitor does not answer either: see whether the host is up and reachable.", actions: [] };
  }
  return {
    advice: server.switches.restarts ? "Its Exhibitor starts ZooKeeper again by itself. If this stays, look at the logs." : "It was stopped, or it died while automatic restarts are off.",
    actions: [{ label: "Start…", order: "start", hostname }, look],
  };
}

function ofConfig({ config, membership, servers }) {
  const found = [];
  if (config?.rollInProgress) {
    found.push({
      key: "rolling", tone: "progress", text: `A configuration change is rolling out (${config.rollPercentDone ?? 0} %).`,
      advice: config.rollStatus && config.rollStatus !== "n/a" ? `${config.rollStatus}.` : "", actions: [{ label: "Watch it", page: "config" }],
    });
    return found;
  }
  const versions = new Set(servers.map((server) => server.configVersion).filter((version) => version !== null && version !== undefined));
  if (versions.size > 1) {
    found.push({
      key: "versions", tone: "warning", text: `The servers have different configurations: ${[...versions].map(shortVersion).join(", ")}.`,
      advice: "Each adopts the newest within one poll of the store. If this stays, a server cannot reach it.", actions: [{ label: "Open Config", page: "config" }],
    });
  }
  if (membership && membership.inSync === false) {
    found.push({
      key: "membership", tone: "progress", text: "The ensemble's members differ from the configured list.",
      advice: "The change is made live, without a restart of healthy servers.", actions: [{ label: "Open Config", page: "config" }],
    });
  }
  return found;
}

function ofWarnings({ servers }, further) {
  const all = [...servers.flatMap((server) => (server.warnings ?? []).map((warning) => ({ hostname: server.hostname, ...warning }))), ...further];
  const byKey = new Map(all.map((warning) => [`${warning.kind} ${warning.hostname} ${warning.text}`, warning]));
  return [...byKey].map(([key, warning]) => ({
    key, tone: warning.severity === "failed" ? "failed" : "warning",
    text: warning.hostname && !warning.text.includes(warning.hostname) ? `${warning.hostname}: ${warning.text}` : warning.text,
    advice: warning.action ?? "", actions: [],
  }));
}
