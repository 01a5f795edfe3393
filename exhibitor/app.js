import { confirmed } from "./components/confirmation.js";
import { follow } from "./components/live-feed.js";
import { ServerTable } from "./components/server-table.js";
import { problems, summary } from "./components/summary.js";

const element = (id) => document.getElementById(id);
const table = new ServerTable(element("servers"), giveOrder);
let ours = { hostname: "", restarts: true };

follow({
  onState(state) {
    ours = { hostname: state.hostname, restarts: state.switches.restarts };
    setText(element("summary"), summary(state.servers));
    showProblems(problems(state.servers, state.switches));
    table.update(state.servers, ours);
    element("heading").hidden = !state.heading;
    element("heading").textContent = state.heading ?? "";
    loadLog();
  },
  onFreshness(staleSince) {
    document.body.classList.toggle("stale", staleSince !== null);
    setText(element("freshness"), staleSince ? `Connection lost: stale since ${staleSince.toLocaleTimeString()}` : "Live");
  },
});

async function loadLog() {
  try {
    const response = await fetch("../cluster/log", { headers: { Accept: "application/json" } });
    setText(element("log"), (await response.json()) || "Nothing happened yet.");
  } catch {
    setText(element("log"), "The log cannot be read: the connection to Exhibitor is lost.");
  }
}

const ORDERS = {
  start: { verb: "Start", text: () => "ZooKeeper is started on this host." },
  restart: { verb: "Restart", text: () => "ZooKeeper stops and starts again. Its clients move to other servers; with one server they wait a few seconds." },
  stop: {
    verb: "Stop",
    text: (hostname) => hostname === ours.hostname && !ours.restarts
      ? "ZooKeeper stays down until it is started again."
      : "ZooKeeper stops. While automatic restarts are on, it starts again at the next check.",
  },
};

async function giveOrder(order, hostname) {
  const { verb, text } = ORDERS[order];
  const isSure = await confirmed(element("confirmation"), {
    title: `${verb} ZooKeeper on ${hostname}?`, text: text(hostname), confirm: verb,
  });
  if (!isSure) return;
  try {
    const response = await fetch(`../cluster/${order}/${encodeURIComponent(hostname)}`, {
      method: "POST", headers: { "X-Requested-With": "exhibitor" },
    });
    const answer = await response.json();
    if (!answer.success) showProblems([`${verb} on ${hostname} failed: ${answer.errorMessage}`]);
  } catch {
    showProblems([`${verb} on ${hostname} failed: the connection to Exhibitor is lost.`]);
  }
}

function showProblems(texts) {
  const list = element("problems");
  if ([...list.children].map((item) => item.textContent).join("\n") === texts.join("\n")) return;
  list.replaceChildren(...texts.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
}

function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}
