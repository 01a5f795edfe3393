import { role, SERVING } from "./summary.js";

const ICONS = { serving: "●", "not serving": "▲", down: "✕", latent: "○" };

/** The table of servers. Rows keep their place; a changed value flashes once. */
export class ServerTable {
  /**
   * @param {HTMLTableElement} table
   * @param {(order: "start" | "stop" | "restart", hostname: string) => void} onOrder
   */
  constructor(table, onOrder) {
    this.body = table.tBodies[0];
    this.onOrder = onOrder;
    this.rows = new Map();
  }

  /**
   * @param {import("./summary.js").Server[]} servers
   * @param {{hostname: string, restarts: boolean}} us
   */
  update(servers, us) {
    const hostnames = servers.map((server) => server.status.hostname);
    if (hostnames.join() !== [...this.rows.keys()].join()) {
      this.rows = new Map(servers.map((server) => [server.status.hostname, this.makeRow(server.status.hostname, us.hostname)]));
      this.body.replaceChildren(...[...this.rows.values()].map((row) => row.element));
    }
    for (const server of servers) {
      const row = this.rows.get(server.status.hostname);
      const state = server.status.description;
      set(row.state, `${ICONS[state] ?? "?"} ${state}`);
      row.state.dataset.state = state;
      set(row.id, String(server.id));
      set(row.role, role(server));
      const isUp = server.status.code === SERVING || server.status.code === 2;
      row.start.hidden = isUp;
      row.restart.hidden = !isUp;
      row.stop.hidden = !isUp;
    }
  }

  makeRow(hostname, ours) {
    const element = document.createElement("tr");
    const cell = (className = "") => {
      const td = element.insertCell();
      td.className = className;
      return td;
    };
    const state = cell("state");
    const host = cell("mono");
    host.textContent = hostname;
    if (hostname === ours) {
      const note = document.createElement("span");
      note.className = "quiet";
      note.textContent = " (this server)";
      host.append(note);
    }
    const id = cell("number mono");
    const roleCell = cell();
    const actions = cell("actions");
    const button = (order, label) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = `${label}…`;
      made.setAttribute("aria-label", `${label} ${hostname}`);
      made.addEventListener("click", () => this.onOrder(order, hostname));
      actions.append(made);
      return made;
    };
    return {
      element, state, id, role: roleCell,
      start: button("start", "Start"), restart: button("restart", "Restart"), stop: button("stop", "Stop"),
    };
  }
}

/** Sets a cell's text; a change (not the first value) flashes. */
function set(cell, text) {
  if (cell.textContent === text) return;
  const isChange = cell.textContent !== "";
  cell.textContent = text;
  if (!isChange) return;
  cell.classList.remove("flash");
  void cell.offsetWidth;
  cell.classList.add("flash");
}
