/**
 * Trees of plain values drawn into the document. Drawing again changes only what differs, so focus, selection and
 * scroll positions stay where they are.
 *
 * @typedef {{type: string, props: Record<string, any>, children: any[]}} Drawn
 */

const SVG = "http://www.w3.org/2000/svg";
/** Set as properties: as attributes they would only be initial values. */
const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "indeterminate", "open", "selected", "readOnly", "tabIndex", "scrollTop"]);

/**
 * @param {string | ((props: object) => any)} type an element's name, or a function from its properties to a tree
 * @param {Record<string, any> | null} [props] attributes; `on…` handlers; `key`; `ref`; `flash: true` marks changes of the text
 * @param {...any} children trees, texts, elements of the document, lists of these; null and false draw nothing
 */
export function h(type, props, ...children) {
  const given = props ?? {};
  if (typeof type === "function") return type({ ...given, children });
  return { type, props: given, children };
}

/**
 * Makes `target` hold what the tree says.
 * @param {Element} target
 * @param {any} tree
 */
export function render(target, tree) {
  patchChildren(target, flatten([tree], []), target.namespaceURI === SVG);
}

function flatten(list, into) {
  for (const item of list) {
    if (item === null || item === undefined || item === false || item === true || item === "") continue;
    if (Array.isArray(item)) flatten(item, into);
    else into.push(item);
  }
  return into;
}

const drawn = new WeakMap();

function patchChildren(parent, wanted, isSVG) {
  const keyed = new Map();
  for (const node of parent.childNodes) {
    const key = drawn.get(node)?.props.key;
    if (key !== undefined) keyed.set(key, node);
  }
  const wantedKeys = new Set(wanted.map((item) => item.props?.key).filter((key) => key !== undefined));
  let next = parent.firstChild;
  for (const item of wanted) {
    let node;
    // What is gone is taken out first: moving a keyed element in front of it would cost that element its focus.
    const kept = item.props?.key !== undefined ? keyed.get(item.props.key) : undefined;
    while (kept && next && next !== kept && !wantedKeys.has(drawn.get(next)?.props.key)) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
    if (item instanceof Node) {
      node = item;
    } else if (typeof item !== "object") {
      const text = String(item);
      if (next?.nodeType === Node.TEXT_NODE) {
        node = next;
        if (node.data !== text) node.data = text;
      } else {
        node = document.createTextNode(text);
      }
    } else {
      const key = item.props.key;
      const candidate = key !== undefined ? keyed.get(key) : next;
      const before = candidate && drawn.get(candidate);
      if (before && before.type === item.type && before.props.key === key) {
        node = candidate;
        patchElement(node, before, item, isSVG);
      } else {
        node = make(item, isSVG);
      }
    }
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

function make(item, isSVG) {
  const insideSVG = isSVG || item.type === "svg";
  const node = insideSVG ? document.createElementNS(SVG, item.type) : document.createElement(item.type);
  // Children first: a select takes its value only when its options exist.
  drawn.set(node, item);
  patchChildren(node, flatten(item.children, []), insideSVG);
  for (const [name, value] of Object.entries(item.props)) setProperty(node, name, value, undefined);
  item.props.ref?.(node);
  return node;
}

function patchElement(node, before, item, isSVG) {
  const insideSVG = isSVG || item.type === "svg";
  drawn.set(node, item);
  const text = item.props.flash ? node.textContent : null;
  if (item.props.contents !== "own") patchChildren(node, flatten(item.children, []), insideSVG);
  for (const name of Object.keys(before.props)) {
    if (!(name in item.props)) setProperty(node, name, undefined, before.props[name]);
  }
  for (const [name, value] of Object.entries(item.props)) setProperty(node, name, value, before.props[name]);
  if (text !== null && text !== "" && text !== node.textContent) flash(node);
}

function setProperty(node, name, value, before) {
  if (name === "key" || name === "ref" || name === "flash" || name === "contents") return;
  if (name.startsWith("on")) {
    if (value === before) return;
    const event = name.slice(2).toLowerCase();
    if (before) node.removeEventListener(event, before);
    if (value) node.addEventListener(event, value);
  } else if (name === "style") {
    // One by one: a style attribute is refused by the content security policy.
    for (const [key, text] of Object.entries(value ?? {})) node.style.setProperty(key, text);
  } else if (PROPERTIES.has(name)) {
    const wanted = value ?? (name === "value" ? "" : false);
    if (node[name] !== wanted) node[name] = wanted;
  } else if (value === before) {
    return;
  } else if (value === null || value === undefined || value === false && !name.startsWith("aria-")) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
}

/** Shows that a value changed, once. */
export function flash(node) {
  node.classList.remove("flash");
  void node.offsetWidth;
  node.classList.add("flash");
}

/**
 * A draw function that runs once per turn of the event loop, however often it is asked for.
 * @param {() => void} draw
 */
export function scheduled(draw) {
  let isPending = false;
  return () => {
    if (isPending) return;
    isPending = true;
    queueMicrotask(() => {
      isPending = false;
      draw();
    });
  };
}
