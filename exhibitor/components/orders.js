import { order } from "../shared/api.js";
import { announce, ask } from "../shared/dialog.js";
import { h } from "../shared/view.js";
import { consequences } from "./quorum.js";

const WORDS = {
  start: { verb: "Start", done: "ZooKeeper is being started on" },
  restart: { verb: "Restart", done: "ZooKeeper is being restarted on" },
  stop: { verb: "Stop", done: "ZooKeeper is being stopped on" },
};

/**
 * Start, restart or stop one server, after saying what that does to the quorum.
 * @param {"start" | "restart" | "stop"} what
 * @param {import("./live-feed.js").LiveFeed} feed
 * @param {string} hostname
 * @param {{restarts: boolean} | null} switches of that host, null when unknown
 */
export async function giveOrder(what, feed, hostname, switches) {
  const { verb, done } = WORDS[what];
  const server = () => feed.state.servers.find((one) => one.hostname === hostname);
  let typed = "";
  let isSwitchingOff = what === "stop" && switches?.restarts !== false;
  const asksSwitch = isSwitchingOff;
  const effect = () => what === "start" ? { losesQuorum: false, sentences: ["ZooKeeper is started on this host and joins the ensemble."] } : consequences(feed.state.servers, server());
  const needsName = () => effect().losesQuorum;
  let redraw = () => {};
  const stopListening = feed.listen((change) => { if (change === "state") redraw(); });
  const chosen = await ask({
    title: `${verb} ZooKeeper on ${hostname}?`,
    body: () => [
      effect().losesQuorum ? h("p", { class: "danger-note", key: "danger" }, h("strong", null, "This stops the whole ensemble.")) : null,
      h("ul", { class: "consequences", key: "list" }, effect().sentences.map((sentence) => h("li", { key: sentence }, sentence)),
        what === "restart" ? h("li", null, "It is back after a few seconds.") : null),
      asksSwitch ? h("p", { key: "switch" }, h("label", null, h("input", {
        type: "checkbox", checked: isSwitchingOff, onChange: (event) => { isSwitchingOff = event.target.checked; redraw(); },
      }), " Switch automatic restarts off on this host first."), h("span", { class: "hint" },
        isSwitchingOff ? " It stays down until somebody starts it." : " While they are on, it is started again at the next check.")) : null,
      needsName() ? h("div", { class: "field", key: "name" },
        h("label", { for: "order-name" }, "Type the name of the server to confirm: ", h("code", null, hostname)),
        h("input", { id: "order-name", class: "mono", value: typed, autocomplete: "off", spellcheck: "false", onInput: (event) => { typed = event.target.value; redraw(); } })) : null,
    ],
    choices: [{ label: verb, value: what, tone: what === "start" ? "primary" : "danger", isDisabled: () => needsName() && typed.trim() !== hostname }],
    opened: (draw) => { redraw = draw; },
    check: async () => {
      const host = encodeURIComponent(hostname);
      if (asksSwitch && isSwitchingOff) await order(`cluster/set/restarts/false/${host}`);
      await order(`cluster/${what}/${host}`);
      return null;
    },
  });
  stopListening();
  if (chosen) announce(`${done} ${hostname}.`);
  return chosen !== null;
}
