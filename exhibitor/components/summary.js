import { middle } from "../shared/format.js";
import { quorum, SERVING } from "./quorum.js";

/** Characters of a host name in the sentence. */
const NAME = 44;
const SHORT_VERSION = 5;

/**
 * One sentence: is it healthy.
 * @param {import("./live-feed.js").EnsembleState} state
 * @returns {{tone: "ok" | "warning" | "failed" | "unknown", text: string}}
 */
export function summary(state) {
  const { servers } = state;
  if (servers.length === 0) return { tone: "unknown", text: "No servers are configured." };
  const votes = quorum(servers);
  const voters = servers.filter((server) => !server.observer);
  const config = configSentence(state);
  if (voters.length === 1) {
    const [only] = voters;
    return only.code === SERVING
      ? { tone: "ok", text: `Serving: one server, ${middle(only.hostname, NAME)}.${config}` }
      : { tone: "failed", text: `The only server, ${middle(only.hostname, NAME)}, is ${only.description}.` };
  }
  if (!votes.holds) {
    return { tone: "failed", text: `No quorum: ${votes.serving} of ${votes.voters} servers serve, ${votes.needed} are needed. Clients wait.` };
  }
  const leader = votes.leader ? `Leader ${middle(votes.leader.hostname, NAME)}.` : "Electing a leader.";
  const isWhole = votes.serving === votes.voters && votes.leader;
  return { tone: isWhole ? "ok" : "warning", text: `Quorum ${votes.serving} of ${votes.voters}. ${leader}${config}` };
}

function configSentence({ config, servers }) {
  if (config?.rollInProgress) return " A configuration change is rolling out.";
  const versions = new Set(servers.map((server) => server.configVersion).filter((version) => version !== null && version !== undefined));
  if (versions.size === 1) {
    const [version] = versions;
    // Versions of most back ends are times or hashes, which tell a reader nothing.
    return String(version).length <= SHORT_VERSION ? ` Config ${version} everywhere.` : " The same configuration everywhere.";
  }
  if (versions.size > 1) return " The servers have different configurations.";
  return "";
}

/** Versions of some back ends are long hashes. */
export function shortVersion(version) {
  const text = String(version);
  return text.length > 12 ? `${text.slice(0, 8)}…` : text;
}
