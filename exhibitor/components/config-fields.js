/**
 * The keys of the shared configuration as an operator thinks of them.
 * @typedef {{name: string, label: string, kind: "text" | "number" | "milliseconds" | "port" | "switch" | "lines" | "pairs", hint?: string, restarts?: boolean}} Field
 */

/** @type {{id: string, title: string, restarts: boolean, text: string, fields: Field[]}[]} */
export const GROUPS = [
  {
    id: "ports", title: "Ports", restarts: true, text: "The same on every server.",
    fields: [
      { name: "clientPort", label: "Client port", kind: "port" },
      { name: "connectPort", label: "Quorum port", kind: "port", hint: "Followers connect to the leader here." },
      { name: "electionPort", label: "Election port", kind: "port" },
    ],
  },
  {
    id: "zookeeper", title: "ZooKeeper", restarts: true, text: "What goes into its own files.",
    fields: [
      { name: "zooCfgExtra", label: "Additional lines of zoo.cfg", kind: "pairs", hint: "name=value, one a line." },
      { name: "javaEnvironment", label: "java.env", kind: "lines", hint: "Not written when empty." },
      { name: "log4jProperties", label: "log4j.properties", kind: "lines", hint: "Not written when empty." },
    ],
  },
  {
    id: "paths", title: "Paths", restarts: true, text: "Directories on every host.",
    fields: [
      { name: "zookeeperInstallDirectory", label: "ZooKeeper's installation", kind: "text", hint: "A * at the end takes the highest version." },
      { name: "zookeeperDataDirectory", label: "Snapshots", kind: "text" },
      { name: "zookeeperLogDirectory", label: "Transaction logs", kind: "text", hint: "Empty: with the snapshots." },
      { name: "zookeeperConfigDirectory", label: "Configuration files", kind: "text" },
      { name: "zookeeperPidPath", label: "Pid file", kind: "text" },
      { name: "logIndexDirectory", label: "Log indexes", kind: "text", restarts: false },
    ],
  },
  {
    id: "automatic", title: "Automatic members", restarts: false, text: "Adds servers that appear, removes those that are gone.",
    fields: [
      { name: "autoManageInstances", label: "Manage the list of servers automatically", kind: "switch" },
      { name: "autoManageInstancesSettlingPeriodMs", label: "Wait before a change", kind: "milliseconds" },
      { name: "autoManageInstancesFixedEnsembleSize", label: "Fixed size", kind: "number", hint: "0: as many as there are." },
      { name: "observerThreshold", label: "Voters at most", kind: "number", hint: "Further servers become observers. 0: never." },
      { name: "autoManageInstancesApplyAllAtOnce", label: "Apply such changes all at once", kind: "switch" },
    ],
  },
  {
    id: "upkeep", title: "Upkeep", restarts: false, text: "What each Exhibitor does, and how often.",
    fields: [
      { name: "checkMs", label: "Check the server every", kind: "milliseconds" },
      { name: "cleanupPeriodMs", label: "Clean up every", kind: "milliseconds", hint: "0: never." },
      { name: "cleanupMaxFiles", label: "Snapshots kept", kind: "number" },
    ],
  },
  {
    id: "backups", title: "Backups", restarts: false, text: "Copies of snapshots and logs.",
    fields: [
      { name: "backupPeriodMs", label: "Back up every", kind: "milliseconds", hint: "0: never." },
      { name: "backupMaxStoreMs", label: "Keep backups for", kind: "milliseconds" },
    ],
  },
];

export const SERVERS = { name: "serversSpec", label: "Servers", kind: "servers", restarts: false };
const ALL = [SERVERS, ...GROUPS.flatMap((group) => group.fields.map((field) => ({ restarts: group.restarts, ...field })))];

/** @param {string} name */
export function fieldOf(name) {
  return ALL.find((field) => field.name === name) ?? { name, label: name, kind: "text", restarts: !name.startsWith("backupExtra.") };
}

/** Every key as the text its field holds. @param {object} config */
export function texts(config) {
  const result = {};
  for (const { name, kind } of ALL) {
    if (!(name in config)) continue;
    result[name] = kind === "pairs" ? pairsText(config[name]) : String(config[name] ?? "");
  }
  if (config.backupExtra && typeof config.backupExtra === "object") {
    for (const [key, value] of Object.entries(config.backupExtra)) result[`backupExtra.${key}`] = String(value);
  }
  return result;
}

/** @param {Record<string, string> | string} pairs */
export function pairsText(pairs) {
  if (typeof pairs === "string") return pairs;
  return Object.entries(pairs ?? {}).map(([key, value]) => `${key}=${value}`).join("\n");
}

/** The first `=` divides: values may hold others. */
export function parsePairs(text) {
  const result = {};
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const at = line.indexOf("=");
    result[at < 0 ? line : line.slice(0, at).trim()] = at < 0 ? "" : line.slice(at + 1).trim();
  }
  return result;
}

/** What is sent: the changed keys alone; keys left out keep their value. */
export function body(before, after) {
  const result = {};
  const backup = {};
  let isBackupChanged = false;
  for (const [name, text] of Object.entries(after)) {
    if (name.startsWith("backupExtra.")) {
      backup[name.slice("backupExtra.".length)] = text;
      isBackupChanged ||= text !== before[name];
      continue;
    }
    if (comparable(name, text) === comparable(name, before[name] ?? "")) continue;
    const { kind } = fieldOf(name);
    if (kind === "pairs") result[name] = parsePairs(text);
    else if (kind === "number" || kind === "milliseconds" || kind === "port" || kind === "switch") result[name] = Number(text);
    else result[name] = text;
  }
  if (isBackupChanged) result.backupExtra = backup;
  return result;
}

/** A text in the form in which equal values are equal: the order of name=value lines says nothing. */
export function comparable(name, text) {
  return fieldOf(name).kind === "pairs" ? text.split("\n").map((line) => line.trim()).filter(Boolean).sort().join("\n") : text;
}

/** Names of the keys whose value differs. */
export function changedNames(before, after) {
  return Object.keys({ ...before, ...after }).filter((name) => comparable(name, before[name] ?? "") !== comparable(name, after[name] ?? ""));
}

/** Why a field cannot be stored; null when it can. */
export function fieldProblem(name, text) {
  const { kind } = fieldOf(name);
  switch (kind) {
    case "port":
      return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65535 ? null : "A port is a number from 1 to 65535.";
    case "number":
    case "milliseconds":
      return /^\d+$/.test(text) ? null : "A whole number, zero or more.";
    case "pairs": {
      const wrong = text.split("\n").map((line) => line.trim()).find((line) => line !== "" && !/^[^=\s]+\s*=/.test(line));
      return wrong === undefined ? null : `“${wrong}” is not of the form name=value.`;
    }
    default:
      return null;
  }
}

/** Problems beyond single fields. @returns {Record<string, string>} by field name */
export function problemsOf(draft) {
  const found = {};
  for (const [name, text] of Object.entries(draft)) {
    const problem = fieldProblem(name, text);
    if (problem) found[name] = problem;
  }
  const ports = ["clientPort", "connectPort", "electionPort"];
  for (const name of ports) {
    if (!found[name] && ports.some((other) => other !== name && draft[other] === draft[name])) found[name] = "Each of the three ports is a different one.";
  }
  return found;
}

/** Values of the stored form (`zoo-cfg-extra`) under the names of the form (`zooCfgExtra`). @param {Record<string, string>} properties */
export function fromProperties(properties) {
  const result = {};
  for (const [key, value] of Object.entries(properties)) {
    const name = key.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
    if (name === "zooCfgExtra") result[name] = pairsText(Object.fromEntries(new URLSearchParams(value)));
    else if (name === "backupExtra") for (const [inner, text] of new URLSearchParams(value)) result[`backupExtra.${inner}`] = text;
    else result[name] = value;
  }
  return result;
}
