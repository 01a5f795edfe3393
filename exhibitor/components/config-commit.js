import { order } from "../shared/api.js";
import { ask } from "../shared/dialog.js";
import { diff } from "../shared/diff.js";
import { linesView } from "../shared/diff-view.js";
import { counted } from "../shared/format.js";
import { h } from "../shared/view.js";
import { body, changedNames, comparable, fieldOf } from "./config-fields.js";
import { quorum } from "./quorum.js";
import { membershipChange, parseServers } from "./server-list.js";

/**
 * Shows what changes and asks how to release it.
 * @param {Record<string, string>} before
 * @param {Record<string, string>} after
 * @param {import("./live-feed.js").Server[]} servers
 * @returns {Promise<"rolling" | "at-once" | null>}
 */
export async function askCommit(before, after, servers) {
  const names = changedNames(before, after);
  const restarting = names.filter((name) => fieldOf(name).restarts);
  const members = names.includes("serversSpec") ? membershipChange(parseServers(before.serversSpec ?? ""), parseServers(after.serversSpec ?? "")) : null;
  const needsRestart = restarting.length > 0;
  let way = needsRestart ? "rolling" : "at-once";
  let redraw = () => {};
  const votes = quorum(servers);
  const after1 = Math.max(0, votes.serving - 1);
  const rollingText = votes.voters > 1
    ? `${counted(servers.length, "server restarts", "servers restart")} one after the other, the leader last; each waits until the one before serves and is synced. At least ${after1} of ${votes.voters} keep serving${after1 >= votes.needed ? ", so clients notice nothing but reconnects" : ", which is no quorum: clients wait during each restart"}. Can be rolled back while it runs.`
    : "The only server restarts: clients wait a few seconds. Can be rolled back while it runs.";
  const atOnceText = `All ${counted(servers.length, "server")} restart at the same time: nothing can be read or written for some seconds.`;
  const option = (value, title, text) => h("label", { class: `way ${way === value ? "chosen" : ""}`, key: value },
    h("input", { type: "radio", name: "way", value, checked: way === value, onChange: () => { way = value; redraw(); } }),
    h("span", null, h("strong", null, title), h("span", { class: "hint way-text" }, text)));
  const chosen = await ask({
    title: `Change ${counted(names.length, "setting")}?`,
    isWide: true,
    body: () => [
      changesView(before, after, "What changes"),
      members ? h("ul", { class: "consequences", key: "members" },
        members.sentences.map((text) => h("li", { key: text }, text)),
        h("li", null, "Members change live while the quorum holds; healthy servers are not restarted for it."),
        members.isRisky ? h("li", { class: "failed" }, "Most voters are replaced: the quorum is not kept. Change fewer at a time.") : null) : null,
      needsRestart ? h("fieldset", { key: "way", class: "ways" }, h("legend", null, `${counted(restarting.length, "change needs", "changes need")} a restart of ZooKeeper. How?`),
        option("rolling", "Rolling", rollingText), option("at-once", "All at once", atOnceText))
        : h("p", { key: "no-restart" }, "No restart is needed: every host adopts the change at its next poll."),
    ],
    choices: [{ label: "Commit", value: "commit", tone: "primary" }],
    opened: (draw) => { redraw = draw; },
    check: async () => {
      await order(way === "rolling" ? "config/set-rolling" : "config/set", { body: body(before, after) });
      return null;
    },
  });
  return chosen ? way : null;
}

/** What differs, setting by setting. */
export function changesView(before, after, label) {
  return linesView(changedNames(before, after).sort().flatMap((name) => diff(asText(before, [name]), asText(after, [name]))), label);
}

/** One line per setting; texts of several lines stay so. */
function asText(values, names) {
  return [...names].sort().map((name) => {
    const value = comparable(name, values[name] ?? "");
    return value.includes("\n") ? `${name}:\n${value.split("\n").map((line) => `  ${line}`).join("\n")}` : `${name}: ${value}`;
  }).join("\n");
}
