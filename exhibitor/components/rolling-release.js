import { order } from "../shared/api.js";
import { announce, ask } from "../shared/dialog.js";
import { stateMark } from "../shared/icons.js";
import { h } from "../shared/view.js";
import { quorum, tone } from "./quorum.js";

const STAGES = {
  done: ["ok", "has the new configuration"],
  current: ["progress", "is being changed"],
  waiting: ["unknown", "waits"],
};

/**
 * The progress of a rolling release, host by host.
 * @param {import("./live-feed.js").EnsembleState} state
 */
export function rollingRelease(state) {
  const { config } = state;
  const hosts = config.hosts ?? [];
  const done = hosts.filter((host) => host.stage === "done").length;
  const percent = config.rollPercentDone ?? 0;
  return h("section", { class: "panel rolling", "aria-labelledby": "rolling-title", id: "rolling", key: "rolling" },
    h("div", { class: "row spread" },
      h("h3", { id: "rolling-title" }, "A change is rolling out"),
      h("span", { class: "row" },
        h("button", { type: "button", id: "roll-back", onClick: () => askRollBack(done, hosts.length) }, "Roll back…"),
        h("button", { type: "button", id: "force-commit", onClick: () => askForce(state, hosts.length - done) }, "Force commit…"))),
    h("p", { role: "status", "aria-live": "polite" }, config.rollStatus && config.rollStatus !== "n/a" ? `${config.rollStatus}.` : "Beginning."),
    h("progress", { max: 100, value: percent, "aria-label": "Progress of the release" }),
    h("span", { class: "quiet" }, ` ${percent} %`),
    hosts.length ? h("ol", { class: "stages" }, hosts.map((host) => {
      const [stageTone, text] = STAGES[host.stage] ?? ["unknown", host.stage];
      const server = state.servers.find((one) => one.hostname === host.hostname);
      return h("li", { key: host.hostname, "data-stage": host.stage },
        h("span", { class: "mono" }, host.hostname), h("span", { flash: true, class: "flashes" }, stateMark(stageTone, text)),
        server ? h("span", null, stateMark(tone(server), server.description)) : null);
    })) : null);
}

async function askRollBack(done, count) {
  const chosen = await ask({
    title: "Roll the change back?",
    body: h("p", null, done === 0
      ? "No host has the new configuration yet: nothing restarts, and the old one stays."
      : `${done} of ${count} hosts have the new configuration already: their ZooKeeper restarts with the old one.`),
    choices: [{ label: "Roll back", value: "back", tone: "danger" }],
    check: async () => {
      await order("config/rollback-rolling");
      return null;
    },
  });
  if (chosen) announce("The change is rolled back.");
}

async function askForce(state, left) {
  const votes = quorum(state.servers);
  const chosen = await ask({
    title: "Force the change on all hosts now?",
    body: [
      h("p", null, `The ${left === 1 ? "host that is left restarts" : `${left} hosts that are left restart`} at once, without waiting for each other.`),
      left > votes.voters - votes.needed ? h("p", { class: "danger-note" }, h("strong", null, "The quorum is lost for some seconds: "), `${left} of ${votes.voters} servers are away together.`) : null,
    ],
    choices: [{ label: "Force commit", value: "force", tone: "danger" }],
    check: async () => {
      await order("config/force-commit-rolling");
      return null;
    },
  });
  if (chosen) announce("The change is final on all hosts.");
}
