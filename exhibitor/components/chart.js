import { bothClocks, clock } from "../shared/format.js";
import { h } from "../shared/view.js";

/**
 * @typedef {{name: string, label: string, values: (number | null)[]}} Series
 * @typedef {{time: number, text: string, tone: string}} Mark
 */

const HEIGHT = 132;
const LEFT = 40;
const RIGHT = 8;
const TOP = 6;
const LANE = 14;
const AXIS = 18;
/** Servers differ by their strokes: colour is kept for states. */
const DASHES = ["", "6 3", "2 3", "10 3 2 3", "1 4", "12 4", "4 2 1 2"];

/** A small live line chart: time on x, a unit on y, events in a lane below on the same axis. */
export class Chart {
  /**
   * @param {{title: string, unit: string, format: (value: number) => string, redraw: () => void}} options
   */
  constructor({ title, unit, format, redraw }) {
    Object.assign(this, { title, unit, format, redraw });
    this.width = 360;
    this.pointer = null;
    this.observer = new ResizeObserver(([entry]) => {
      const width = Math.max(220, Math.round(entry.contentRect.width));
      if (width === this.width) return;
      this.width = width;
      this.redraw();
    });
  }

  stop() {
    this.observer.disconnect();
  }

  /**
   * @param {number[]} times ms, ascending
   * @param {Series[]} series
   * @param {Mark[]} marks
   * @param {{start: number, end: number}} span
   */
  view(times, series, marks, span) {
    const { width } = this;
    const plotWidth = width - LEFT - RIGHT;
    const bottom = TOP + HEIGHT;
    const highest = Math.max(0, ...series.flatMap((one) => one.values.filter((value) => value !== null)));
    const ticks = niceTicks(highest);
    const top = ticks.at(-1);
    const x = (time) => LEFT + plotWidth * (time - span.start) / (span.end - span.start);
    const y = (value) => bottom - HEIGHT * value / top;
    const at = this.pointer === null ? times.length - 1 : nearest(times, this.pointer);
    this.times = times;
    this.span = span;
    const isEmpty = series.every((one) => one.values.every((value) => value === null));
    const near = marks.filter((mark) => this.pointer !== null && Math.abs(x(mark.time) - x(this.pointer)) < 6);
    return h("figure", { class: "chart", ref: (node) => this.observer.observe(node), key: this.title },
      h("figcaption", null,
        h("span", { class: "chart-title" }, this.title, h("span", { class: "quiet" }, ` ${this.unit}`)),
        h("span", { class: "quiet small nowrap", title: times[at] ? bothClocks(times[at]) : "" }, this.pointer !== null && times[at] ? clock(times[at]) : "now")),
      h("ul", { class: "legend" }, series.map((one, index) => h("li", { key: one.name, title: one.name },
        h("svg", { viewBox: "0 0 22 8", width: 22, height: 8, "aria-hidden": "true" }, h("path", { class: "line", d: "M0 4H22", "stroke-dasharray": DASHES[index % DASHES.length] })),
        h("span", { class: "small" }, one.label), h("b", { class: "small" }, one.values[at] === null || one.values[at] === undefined ? "–" : this.format(one.values[at]))))),
      h("svg", {
        class: "plot", viewBox: `0 0 ${width} ${bottom + LANE + AXIS}`, width, height: bottom + LANE + AXIS, role: "img", tabindex: "0",
        "aria-label": `${this.title} in ${this.unit}. ${isEmpty ? "No values yet." : series.map((one) => `${one.name}: ${one.values.at(-1) === null ? "unknown" : this.format(one.values.at(-1))}`).join(", ")}`,
        onPointermove: this.onPointer, onPointerleave: this.onLeave, onKeydown: this.onKey, onBlur: this.onLeave,
      },
      ticks.map((tick) => h("g", { key: `y${tick}` },
        h("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) }),
        h("text", { class: "tick", x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, this.format(tick)))),
      isEmpty ? h("text", { class: "tick", x: LEFT + plotWidth / 2, y: TOP + HEIGHT / 2, "text-anchor": "middle" }, "No values yet") : null,
      series.map((one, index) => h("path", {
        key: `s${one.name}`, class: "line", "stroke-dasharray": DASHES[index % DASHES.length], d: path(times, one.values, x, y),
      })),
      h("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: bottom + LANE, y2: bottom + LANE }),
      marks.map((mark) => h("g", { key: `m${mark.time}${mark.text}`, class: `mark ${mark.tone}` },
        h("title", null, `${clock(mark.time)} ${mark.text}`),
        h("line", { class: "mark-line", x1: x(mark.time), x2: x(mark.time), y1: TOP, y2: bottom + 2 }),
        h("path", { d: `M${x(mark.time)} ${bottom + 2}l4 8h-8Z` }))),
      [span.start, (span.start + span.end) / 2, span.end].map((time, index) => h("text", {
        key: `x${index}`, class: "tick", x: x(time), y: bottom + LANE + AXIS - 4, "text-anchor": ["start", "middle", "end"][index],
      }, index === 2 ? "now" : clock(time))),
      this.pointer !== null && times.length ? h("line", { class: "cursor", x1: x(times[at]), x2: x(times[at]), y1: TOP, y2: bottom + LANE }) : null),
      h("p", { class: "chart-note small quiet" }, near.length ? near.map((mark) => `${clock(mark.time)} ${mark.text}`).join(" · ") : ""));
  }

  onPointer = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left - LEFT) / (this.width - LEFT - RIGHT);
    this.pointer = this.span.start + Math.min(1, Math.max(0, share)) * (this.span.end - this.span.start);
    this.redraw();
  };

  onLeave = () => {
    this.pointer = null;
    this.redraw();
  };

  onKey = (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const from = this.pointer === null ? this.times.length - 1 : nearest(this.times, this.pointer);
    const to = Math.min(this.times.length - 1, Math.max(0, from + (event.key === "ArrowLeft" ? -1 : 1)));
    this.pointer = this.times[to] ?? null;
    this.redraw();
  };
}

/** Zero and at most four round steps up to the highest value. */
function niceTicks(highest) {
  const raw = Math.max(highest, 1) / 3;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw));
  const ticks = [0];
  while (ticks.at(-1) < Math.max(highest, 1)) ticks.push(ticks.at(-1) + step);
  return ticks;
}

function nearest(times, time) {
  let best = 0;
  for (let index = 1; index < times.length; index += 1) {
    if (Math.abs(times[index] - time) < Math.abs(times[best] - time)) best = index;
  }
  return best;
}

function path(times, values, x, y) {
  let text = "";
  let isDrawing = false;
  for (let index = 0; index < times.length; index += 1) {
    const value = values[index];
    if (value === null || value === undefined) {
      isDrawing = false;
      continue;
    }
    text += `${isDrawing ? "L" : "M"}${x(times[index]).toFixed(1)} ${y(value).toFixed(1)}`;
    isDrawing = true;
  }
  return text;
}
