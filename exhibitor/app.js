import { JumpBox } from "./components/jump-box.js";
import { LiveFeed } from "./components/live-feed.js";
import { read } from "./shared/api.js";
import { clock, duration } from "./shared/format.js";
import { ask } from "./shared/dialog.js";
import { icon } from "./shared/icons.js";
import { onPlace, place } from "./shared/router.js";
import { failure } from "./shared/states.js";
import { setTheme, shownTheme } from "./shared/theme.js";
import { h, render } from "./shared/view.js";

/** Each page is a module of its own, loaded when it is first looked at. */
export const PAGES = [
  { id: "control", name: "Control Panel", key: "c" },
  { id: "explorer", name: "Explorer", key: "e" },
  { id: "config", name: "Config", key: "f" },
  { id: "analyze", name: "Analyze", key: "a" },
  { id: "log-index", name: "Log index", key: "l" },
  { id: "timeline", name: "Timeline", key: "t" },
];

const element = (id) => document.getElementById(id);
const feed = new LiveFeed();

/** What every page gets. */
const context = {
  feed,
  /** Whether znodes may be changed through this Exhibitor, and why not. */
  mutations: { allowed: true, reason: "" },
  mutationsKnown: null,
};
context.mutationsKnown = read("config/get-state").then((state) => {
  if (state.nodeMutationsAllowed === false) {
    context.mutations = { allowed: false, reason: "This Exhibitor was started with --nodemodification false: znodes can be read only." };
  }
}, () => {
  // Not known: what is refused will say so.
});

let current = { id: null, page: null };
let turn = 0;

async function show({ page: id, query }) {
  turn += 1;
  const mine = turn;
  const chosen = PAGES.find((page) => page.id === id);
  drawNavigation(chosen?.id);
  if (current.id === id && current.page) {
    current.page.show(query);
    return;
  }
  current.page?.leave?.();
  current = { id, page: null };
  const main = element("page");
  document.title = chosen ? `${chosen.name} · Exhibitor for ZooKeeper` : "Exhibitor for ZooKeeper";
  if (!chosen) {
    render(main, h("div", { class: "notice" },
      h("p", { class: "notice-title" }, "There is no such page"),
      h("p", null, h("a", { href: "#/control" }, "Go to the Control Panel"))));
    return;
  }
  try {
    const module = await import(`./pages/${id}.js`);
    if (mine !== turn) return;
    const root = document.createElement("div");
    root.className = `page ${id}-page`;
    main.replaceChildren(root);
    const page = new module.Page(root, context);
    current = { id, page };
    page.show(place().query);
  } catch (error) {
    if (mine !== turn) return;
    main.replaceChildren();
    render(main, failure(`Loading ${chosen.name}`, error, () => location.reload()));
    throw error;
  }
}

function drawNavigation(active) {
  render(element("pages"), h("ul", null, PAGES.map((page) => h("li", { key: page.id },
    h("a", { href: `#/${page.id}`, "aria-current": page.id === active ? "page" : null, "aria-keyshortcuts": `g ${page.key}` }, page.name)))));
}

function drawTools() {
  const isDark = shownTheme() === "dark";
  const { staleSince, state } = feed;
  render(element("tools"), [
    h("p", { class: "freshness", id: "freshness" }, staleSince
      ? h("span", { class: "state failed" }, icon("failed"), " Stale")
      : state ? h("span", { class: "state ok" }, icon("ok"), " Live") : h("span", { class: "state unknown" }, icon("progress"), " Connecting…")),
    h("button", { type: "button", class: "jump-button", onClick: openJump, "aria-keyshortcuts": "/ Control+K" }, icon("search"), h("span", null, "Jump"), h("kbd", null, "/")),
    h("button", {
      type: "button", class: "plain", onClick: switchTheme, title: isDark ? "Light colours" : "Dark colours",
      "aria-label": isDark ? "Switch to light colours" : "Switch to dark colours",
    }, icon(isDark ? "sun" : "moon")),
  ]);
  const banner = element("stale-banner");
  banner.hidden = !staleSince;
  if (staleSince) {
    const since = `Connection lost: this is the state of ${clock(staleSince.getTime())}, `;
    render(banner, [icon("warning"), ` ${since}${duration(Date.now() - staleSince.getTime())} ago. The page tries again by itself.`]);
  }
  document.body.classList.toggle("stale", staleSince !== null);
  element("heading").hidden = !state?.heading;
  element("heading").textContent = state?.heading ?? "";
}

const openJump = () => jump.open();
const switchTheme = () => {
  setTheme(shownTheme() === "dark" ? "light" : "dark");
  drawTools();
};
const jump = new JumpBox(PAGES, feed);

element("skip").addEventListener("click", (event) => {
  event.preventDefault();
  element("page").focus();
});

/** `g` and then the letter of a page. */
let isGoing = false;
addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    jump.open();
    return;
  }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    event.preventDefault();
    showKeys();
  } else if (event.key === "/") {
    event.preventDefault();
    jump.open();
  } else if (isGoing) {
    isGoing = false;
    const page = PAGES.find((one) => one.key === event.key);
    if (page) {
      event.stopImmediatePropagation();
      location.hash = `#/${page.id}`;
    }
  } else if (event.key === "g") {
    isGoing = true;
    setTimeout(() => { isGoing = false; }, 1500);
  }
}, { capture: true });

function showKeys() {
  const keys = [
    ["/ or Ctrl K", "Jump to a page, a server or a znode"],
    ...PAGES.map((page) => [`g ${page.key}`, page.name]),
    ["Arrows, Home, End", "Move in the tree; Right opens, Left closes"],
    ["Enter", "Open what is marked"],
    ["Ctrl Enter", "Save the value being edited"],
    ["Esc", "Close a dialog"],
    ["?", "This list"],
  ];
  ask({
    title: "Keys", cancel: "Close", choices: [],
    body: h("table", { class: "compact" }, h("tbody", null, keys.map(([key, text]) => h("tr", { key }, h("th", { scope: "row" }, h("kbd", null, key)), h("td", null, text))))),
  });
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawTools);
feed.listen((change) => {
  if (change === "freshness" || change === "state") drawTools();
});
onPlace(show);
drawTools();
feed.start();
show(place());
