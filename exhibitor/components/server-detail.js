import { order, read, readText } from "../shared/api.js";
import { announce, copyButton } from "../shared/dialog.js";
import { bytes, count, duration, hexText } from "../shared/format.js";
import { link } from "../shared/router.js";
import { failure, skeleton } from "../shared/states.js";
import { h, scheduled } from "../shared/view.js";

const TABS = [
  { id: "facts", name: "Facts and switches" },
  { id: "words", name: "Four-letter words" },
  { id: "server-log", name: "ZooKeeper log" },
  { id: "log", name: "Activity log" },
];
/** The ones worth a button; the rest of those a server accepts stand in the list. */
export const FOUR_LETTER_WORDS = [
  ["srvr", "state and counters"], ["mntr", "all counters"], ["stat", "state and connections"], ["ruok", "is it alive"],
  ["cons", "connections in detail"], ["dump", "sessions and ephemerals"], ["wchs", "watches, summary"], ["wchc", "watches by session"],
  ["wchp", "watches by path"], ["conf", "configuration"], ["envi", "environment"], ["reqs", "waiting requests"], ["dirs", "disk space"],
  ["isro", "is it read-only"], ["hash", "history of digests"],
];
const SWITCHES = [
  { id: "restarts", name: "Automatic restarts", on: "A server that dies or hangs is started again.", off: "A server that dies stays down until somebody starts it." },
  { id: "cleanup", name: "Log cleanup", on: "Old snapshots and transaction logs are removed.", off: "Snapshots and transaction logs pile up." },
  { id: "backups", name: "Backups", on: "Snapshots and logs are copied to the backup destination, if one is configured.", off: "Nothing is backed up from this host." },
];
const LOG_INTERVAL = 5000;
/** What ZooKeeper writes when it is asked how it is. */
const PROBES = /Processing (srvr|mntr|conf|ruok|isro|stat) command from|The list of known four letter word commands|The list of enabled four letter word commands/;

/** What is known about one server, and what can be done with it. */
export class ServerDetail {
  /**
   * @param {import("./live-feed.js").LiveFeed} feed
   * @param {() => void} changed
   */
  constructor(feed, changed) {
    this.feed = feed;
    this.changed = scheduled(changed);
    this.hostname = null;
    this.tab = "facts";
    this.loaded = {};
  }

  /** @param {string} hostname @param {string | null} tab @param {string | null} word */
  show(hostname, tab, word) {
    const chosenTab = TABS.some((one) => one.id === tab) ? tab : "facts";
    const isSame = this.hostname === hostname && this.tab === chosenTab && this.word === word;
    if (isSame) return;
    if (this.hostname !== hostname) this.loaded = {};
    Object.assign(this, { hostname, tab: chosenTab, word });
    this.load();
    clearInterval(this.timer);
    if (chosenTab === "log" || chosenTab === "server-log") {
      this.timer = setInterval(() => { if (!document.hidden) this.load(); }, LOG_INTERVAL);
    }
  }

  leave() {
    clearInterval(this.timer);
    this.hostname = null;
  }

  get server() {
    return this.feed.state?.servers.find((server) => server.hostname === this.hostname);
  }

  async load() {
    const { hostname, tab, word } = this;
    const key = tab === "words" ? `words ${word ?? ""}` : tab;
    if (tab === "words" && !word) return;
    try {
      let value;
      if (tab === "facts") {
        const answer = await read(`cluster/state/${encodeURIComponent(hostname)}`);
        value = answer.success ? answer.response : { unreachable: answer.errorMessage };
      } else if (tab === "words") value = await readText(`cluster/4ltr/${encodeURIComponent(word)}`, hostname);
      else if (tab === "log") value = await readText("cluster/log", hostname);
      else value = await readText("cluster/zookeeper-log", hostname, { lines: 1000 });
      if (this.hostname === hostname) this.loaded[key] = { value };
    } catch (error) {
      if (this.hostname === hostname) this.loaded[key] = { error };
    }
    this.changed();
  }

  /** Switches of the host as last read; null when unknown. */
  switches() {
    return this.server?.switches ?? this.loaded.facts?.value?.switches ?? (this.hostname === this.feed.state?.hostname ? this.feed.state.switches : null);
  }

  view() {
    const { server } = this;
    if (!server) return null;
    return h("div", { class: "server-detail", role: "region", "aria-label": `Server ${server.hostname}` },
      h("div", { class: "tabs", role: "tablist", "aria-label": "What to show", onKeydown: onTabKey }, TABS.map((tab) => h("a", {
        key: tab.id, role: "tab", id: `tab-${tab.id}`, "aria-selected": tab.id === this.tab, "aria-controls": "server-tab", tabindex: tab.id === this.tab ? "0" : "-1",
        href: link("control", { server: server.hostname, tab: tab.id === "facts" ? null : tab.id }),
      }, tab.name))),
      h("div", { role: "tabpanel", id: "server-tab", "aria-labelledby": `tab-${this.tab}`, key: this.tab }, this[`view_${this.tab.replace("-", "_")}`](server)));
  }

  view_facts(server) {
    const fact = (name, value, isMono = false) => h("div", { class: "fact", key: name }, h("dt", null, name), h("dd", { class: isMono ? "mono" : "" }, value));
    const state = this.loaded.facts;
    const peer = server.hostname === this.feed.state.hostname ? null : h("a", { href: `${location.protocol}//${bracketed(server.hostname)}:${location.port || ""}/exhibitor/v1/ui/index.html` }, "Open its own page");
    return h("div", { class: "facts-and-switches" },
      h("dl", { class: "facts" },
        fact("Address", [h("span", { class: "mono" }, `${server.hostname}:${this.feed.state.port}`), copyButton(`${server.hostname}:${this.feed.state.port}`)]),
        fact("Version", server.version ?? "–"),
        fact("Up for", duration(server.uptimeMs)),
        fact("Restarts", count(server.restarts)),
        fact("Process", server.pid ?? "–", true),
        fact("Zxid", hexText(server.zxid), true),
        fact("Znodes", count(server.znodes)),
        fact("Data", bytes(server.dataSize)),
        fact("Watches", count(server.watches)),
        server.isLeader ? fact("Synced followers", count(server.syncedFollowers)) : null,
        fact("Config", server.configVersion ?? "–", true)),
      h("div", null,
        h("h3", { id: "switches-title" }, "Switches of this host"),
        server.switches ? h("ul", { class: "switches", "aria-labelledby": "switches-title" }, SWITCHES.map((one) => this.switchView(one, server.switches[one.id])))
          : !state ? skeleton(2)
            : state.error || state.value.unreachable !== undefined
            ? failure(`Reading the switches of ${server.hostname}`, state.error ?? new Error(state.value.unreachable || "The host does not answer."), () => this.load())
            : h("ul", { class: "switches", "aria-labelledby": "switches-title" }, SWITCHES.map((one) => this.switchView(one, state.value.switches[one.id]))),
        peer));
  }

  switchView({ id, name, on, off }, isOn) {
    return h("li", { key: id },
      h("button", {
        type: "button", role: "switch", class: "switch", "aria-checked": isOn, id: `switch-${id}`, "aria-describedby": `switch-note-${id}`,
        onClick: () => this.flip(id, name, !isOn),
      }, h("span", { class: "knob", "aria-hidden": "true" }), h("span", null, name), h("b", null, isOn ? "on" : "off")),
      h("span", { class: "hint", id: `switch-note-${id}` }, isOn ? on : off));
  }

  async flip(id, name, value) {
    try {
      await order(`cluster/set/${id}/${value}/${encodeURIComponent(this.hostname)}`);
      announce(`${name}: ${value ? "on" : "off"} on ${this.hostname}.`);
    } catch (error) {
      announce(`${name} could not be switched: ${error.message}`, "failed");
    }
    this.load();
  }

  view_words(server) {
    const answer = this.loaded[`words ${this.word ?? ""}`];
    return h("div", { class: "words" },
      h("div", { class: "word-list", role: "group", "aria-label": "Words" }, FOUR_LETTER_WORDS.map(([word, meaning]) => h("a", {
        key: word, class: "button word", title: meaning, "aria-current": word === this.word ? "true" : null,
        href: link("control", { server: server.hostname, tab: "words", word }),
      }, h("code", null, word)))),
      !this.word ? h("p", { class: "quiet" }, "Choose a word: the server's answer appears here.")
        : !answer ? skeleton(4)
          : answer.error ? failure(`Asking ${server.hostname} for “${this.word}”`, answer.error, () => this.load())
            : [h("div", { class: "row spread" },
              h("span", { class: "quiet" }, `“${this.word}”: ${meaningOf(this.word)}`),
              h("span", { class: "row" }, h("button", { type: "button", class: "small", onClick: () => this.load() }, "Ask again"), copyButton(answer.value, "Copy the answer"))),
            answer.value === "" ? h("p", { class: "notice" }, "ZooKeeper gives no answer: it is not running or does not listen.") : this.word === "mntr" ? counters(answer.value) : pre(answer.value, `Answer to ${this.word}`)]);
  }

  view_log() {
    return this.logView("log", "Activity log", "Nothing happened yet.");
  }

  view_server_log() {
    return this.logView("server-log", "ZooKeeper log", "ZooKeeper has written nothing yet.");
  }

  logView(key, name, nothing) {
    const log = this.loaded[key];
    if (!log) return skeleton(5);
    if (log.error) return failure(`Reading the ${name.toLowerCase()} of ${this.hostname}`, log.error, () => this.load());
    const isProbed = key === "server-log" && PROBES.test(log.value);
    const text = (isProbed && !this.showsProbes ? log.value.split("\n").filter((line) => !PROBES.test(line)).join("\n") : log.value) || nothing;
    return [isProbed ? h("p", { key: "probes" }, h("label", { class: "small" }, h("input", {
      type: "checkbox", checked: Boolean(this.showsProbes), onChange: (event) => { this.showsProbes = event.target.checked; this.changed(); },
    }), " Show the lines that Exhibitor's own questions cause")) : null, h("pre", {
      key, class: "text log", tabindex: "0", role: "log", "aria-label": `${name} of ${this.hostname}`, "aria-live": "off",
      // The newest lines of the server's own log are at its end.
      ref: (node) => { if (key === "server-log") requestAnimationFrame(() => { node.scrollTop = node.scrollHeight; }); },
    }, text)];
  }
}

function counters(text) {
  const rows = text.split("\n").map((line) => line.split("\t")).filter((parts) => parts.length === 2);
  return h("div", { class: "scroll log", tabindex: "0", role: "region", "aria-label": "Counters" }, h("table", { class: "compact" },
    h("thead", null, h("tr", null, h("th", { scope: "col" }, "Counter"), h("th", { scope: "col", class: "number" }, "Value"))),
    h("tbody", null, rows.map(([name, value]) => h("tr", { key: name }, h("td", { class: "mono" }, name), h("td", { class: "number mono" }, value))))));
}

function pre(text, label) {
  return h("pre", { class: "text log", tabindex: "0", role: "region", "aria-label": label }, text);
}

function meaningOf(word) {
  return FOUR_LETTER_WORDS.find(([one]) => one === word)?.[1] ?? "";
}

function bracketed(hostname) {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** Arrows move between tabs. */
export function onTabKey(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = [...event.currentTarget.querySelectorAll("[role=tab]")];
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  event.preventDefault();
  next.focus();
  next.click();
}
