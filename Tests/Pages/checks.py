"""What must hold on every page."""

import concurrent.futures

PLACES = ["#/control", "#/explorer?path=/pages", "#/config", "#/analyze", "#/log-index", "#/timeline"]
NAMED_ROLES = {
    "button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "switch", "tab", "tabpanel", "treeitem", "tree",
    "dialog", "progressbar", "img", "image", "region", "navigation", "spinbutton", "slider", "listbox", "option", "graphics-document",
}


def fill(ensemble):
    """Znodes to look at, two thousand of them below one."""
    ensemble.write("/pages/first", b'{"owner":"team-a","size":3}')

    def part(start):
        for index in range(start, 2000, 6):
            ensemble.write(f"/many/item-{index:010}", b"%d" % index)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(part, range(6)))


def unnamed(browser):
    """Controls a screen reader has no name for."""
    return [(role, properties) for role, name, properties in browser.accessibility()
            if role in NAMED_ROLES and not name.strip() and not properties.get("hidden")]


def repeated_ids(browser):
    return browser.script("""
        const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
        return ids.filter((id, index) => ids.indexOf(id) !== index);""")


def low_contrast(browser):
    """Texts below 4.5:1 (3:1 when large) against what is behind them. Disabled controls are exempt."""
    return browser.script("""
        const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        const colour = (text) => {
          canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
          const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
        };
        const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
          .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const behind = (element) => {
          for (let at = element; at; at = at.parentElement) {
            const found = colour(getComputedStyle(at).backgroundColor);
            if (found[3] > 0.99) return found;
          }
          return colour(getComputedStyle(document.documentElement).colorScheme === 'dark' ? '#15181d' : '#fff');
        };
        const low = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const element = walker.currentNode.parentElement;
          if (!walker.currentNode.data.trim() || !element.checkVisibility?.() || element.closest(':disabled, .visually-hidden, .skip, option, noscript, svg')) continue;
          const style = getComputedStyle(element);
          const [front, back] = [colour(style.color), behind(element)];
          const [a, b] = [luminance(front), luminance(back)].sort((x, y) => y - x);
          const ratio = (a + 0.05) / (b + 0.05);
          const size = parseFloat(style.fontSize);
          const needed = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700 ? 3 : 4.5;
          if (ratio < needed) low.push(`${walker.currentNode.data.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
        }
        return low;""")


def foreign_requests(browser, ensemble):
    own = tuple(f"http://{address}:" for address in ensemble.addresses) + ("about:", "data:", "chrome:", "blob:")
    return sorted({url for url in browser.requests if not url.startswith(own)})


def console_errors(browser):
    """Messages of the browser, except for answers the tests provoke: a znode that is not there, a server that is stopped."""
    return [entry["message"] for entry in browser.console if entry["level"] in ("SEVERE", "WARNING")
            and not ("404" in entry["message"] and "explorer/znode-info" in entry["message"])
            and "net::ERR" not in entry["message"]]
