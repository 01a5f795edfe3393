import { count, duration, hexText, middle, zxid } from "../shared/format.js";
import { icon, stateMark } from "../shared/icons.js";
import { link } from "../shared/router.js";
import { h } from "../shared/view.js";
import { role, SERVING, tone } from "./quorum.js";

/**
 * A row per server; rows keep their place, a changed value flashes once. The chosen row opens below itself.
 * @param {object} properties
 * @param {import("./live-feed.js").EnsembleState} properties.state
 * @param {string | null} properties.chosen hostname
 * @param {any} properties.detail tree shown under the chosen row
 * @param {(what: "start" | "restart" | "stop", hostname: string) => void} properties.onOrder
 */
export function serverTable({ state, chosen, detail, onOrder }) {
  const highest = state.servers.map((server) => zxid(server.zxid)).reduce((most, value) => value !== null && (most === null || value > most) ? value : most, null);
  return h("table", { class: "servers" },
    h("caption", { class: "visually-hidden" }, "Servers of the ensemble"),
    h("thead", null, h("tr", null,
      h("th", { scope: "col" }, "Server"),
      h("th", { scope: "col" }, "State"),
      h("th", { scope: "col" }, "Role"),
      h("th", { scope: "col", class: "number" }, "Latency ms", h("span", { class: "th-note" }, "min / avg / max")),
      h("th", { scope: "col", class: "number" }, "Connections"),
      h("th", { scope: "col", class: "number" }, "Outstanding"),
      h("th", { scope: "col", class: "number" }, "Zxid", h("span", { class: "th-note" }, "lag")),
      h("th", { scope: "col", class: "number" }, "Up"),
      h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Actions")))),
    h("tbody", null, state.servers.map((server) => [
      row(server, state, highest, chosen === server.hostname, onOrder),
      chosen === server.hostname ? h("tr", { key: `detail ${server.hostname}`, class: "detail-row" }, h("td", { colspan: 9, id: "server-detail" }, detail)) : null,
    ])));
}

function row(server, state, highest, isChosen, onOrder) {
  const isUp = server.code === SERVING || server.code === 2;
  const isOurs = server.hostname === state.hostname;
  const { latency } = server;
  const button = (what, label) => h("button", {
    key: what, type: "button", class: "small", "aria-label": `${label} ${server.hostname}…`, "data-order": what, onClick: () => onOrder(what, server.hostname),
  }, `${label}…`);
  return h("tr", { key: server.hostname, class: isChosen ? "chosen" : "", "data-host": server.hostname },
    h("th", { scope: "row", class: "host" },
      h("a", {
        href: link("control", { server: isChosen ? null : server.hostname }), class: "disclosure", "aria-expanded": isChosen,
        "aria-controls": isChosen ? "server-detail" : null, title: server.hostname,
      }, icon(isChosen ? "down" : "right"), h("span", { class: "mono" }, middle(server.hostname, 36))),
      h("span", { class: "quiet small host-note" }, `id ${server.serverId}${isOurs ? ", this server" : ""}${server.observer ? ", observer" : ""}`)),
    h("td", { "data-label": "State", class: "state-cell" }, h("span", { flash: true, class: "flashes" }, stateMark(tone(server), server.description))),
    h("td", { "data-label": "Role" }, h("span", { flash: true, class: "flashes role" }, server.code === SERVING && server.isLeader && role(server) === "leader" ? icon("leader") : null, ` ${role(server)}`)),
    h("td", { "data-label": "Latency", class: "number nowrap" }, latency ? `${round(latency.min)} / ${round(latency.avg)} / ${round(latency.max)}` : "–"),
    h("td", { "data-label": "Connections", class: "number" }, count(server.connections)),
    h("td", { "data-label": "Outstanding", class: "number" }, count(server.outstanding)),
    h("td", { "data-label": "Zxid", class: "number mono nowrap" }, hexText(server.zxid), lag(server, highest)),
    h("td", { "data-label": "Up", class: "number nowrap" }, duration(server.uptimeMs)),
    h("td", { class: "actions" }, isUp ? [button("restart", "Restart"), button("stop", "Stop")] : button("start", "Start")));
}

/** How far a server is behind the newest one seen; within an epoch, in transactions. */
function lag(server, highest) {
  const own = zxid(server.zxid);
  if (own === null || highest === null) return null;
  const isOtherEpoch = own >> 32n !== highest >> 32n;
  // Right after an election nothing was written yet, so nobody can be behind.
  const isBehind = own < highest && !(isOtherEpoch && (highest & 0xffff_ffffn) === 0n);
  if (isOtherEpoch && !isBehind) return h("span", { class: "lag small quiet" }, "before election");
  const text = isOtherEpoch ? "older epoch" : `−${count(Number(highest - own))}`;
  return h("span", { class: `lag small ${isBehind ? "" : "quiet"}` }, isBehind ? text : "newest");
}

function round(value) {
  return value === null || value === undefined ? "–" : Number.isInteger(value) ? count(value) : value.toFixed(value < 10 ? 1 : 0).replace(/\.0$/, "");
}
