/** What is drawn in a row: bars with their labels, or how many there were at a time. */

import { Axis } from "./axis.js";
import { make } from "../../panel/dom.js";
import { Pool } from "./pool.js";
import { busyness } from "./layout.js";
import { Store } from "./store.js";
import { SIGNS, isBad, labels, sentence, statusCounts } from "./words.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {import("./store.js").Span} Span */
/** @typedef {import("./layout.js").Row} Row */

const BAR = 14, THIN_BAR = 8, GAP = 5, LEAST = 3;
const HATCHED = /** @type {Record<string, string>} */ ({ failed: "bad", timed_out: "bad", terminated: "bad",
  cancelled: "quiet", left: "quiet", skipped: "quiet" });

export class Painter extends Axis {
  /** @param {Store} store @param {() => number} clock Microseconds since 1970, as the kernel counts them. */
  constructor(store, clock) {
    super(store, clock);
    this.front = make("div", "tl-front");
    this.pool = new Pool(this.front);
    this.selected = ""; // the bar whose events are shown
    /** @type {{item: Item, span: Span, element: HTMLElement, key: string}[]} */ this.growing = [];
    /** Which of its texts a bar has for its label. @type {Map<string, number>} */ this.chosen = new Map();
    this.measure = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    /** @type {Map<string, number>} */ this.widths = new Map();
  }

  /** @param {Row} row */
  bars(row) {
    /** @type {Map<number, number>} */ const taken = new Map();
    /** @type {Map<number, number>} */ const next = new Map();
    const after = row.visible.map(() => Infinity);
    for (let n = row.visible.length - 1; n >= 0; n--) {
      const item = row.visible[n];
      after[n] = next.get(item.row) ?? Infinity;
      next.set(item.row, this.x(this.extent(item)[0]));
    }
    row.visible.forEach((item, n) => {
      const y = row.y + (row.rows.get(item.row) ?? 0) * row.row;
      this.item(item, y, row.row, after[n], taken);
    });
  }

  /**
   * @param {Item} item @param {number} y @param {number} height
   * @param {number} after Where the next item of the row begins. @param {Map<number, number>} taken
   */
  item(item, y, height, after, taken) {
    const by = this.shift(item.track), until = this.until(item.track);
    item.spans.forEach((span, n) => {
      const key = `${item.key}:${n}`, start = this.x(span.start + by);
      const end = this.x((span.end ?? until) + by), next = item.spans[n + 1];
      const point = span.status === "point";
      const left = Math.max(-30, start);
      const right = point ? start + 6 : Math.min(this.width + 30, Math.max(end, start + LEAST));
      const since = span.waited === null ? left : Math.max(-30, this.x(span.waited + by));
      if (Math.min(since, left) > this.width || right < 0) return;
      if (left - since > 1) {
        const again = span.attempt > 1 ? " again" : "";
        const box = { left: since, top: y + height / 2 - 1, width: Math.min(left, this.width + 30) - since };
        this.pool.put(`${key}w`, `tl-wait k-${span.kind} s-${span.status}${again}`, box);
      }
      if (start > this.width + 6) return;
      const thick = Math.min(height - 5, span.kind === "workflow_task" && span.status !== "waiting" ? THIN_BAR : BAR);
      const hatch = HATCHED[span.status] ? ` h-${HATCHED[span.status]}` : "";
      const names = `k-${span.kind} s-${span.status}${hatch}${span.estimated ? " guess" : ""}`
        + (key === this.selected ? " tl-chosen" : "");
      const element = point
        ? this.pool.put(key, `tl-point ${names}`, { left: start - 6, top: y + height / 2 - 6, width: 12, height: 12 })
        : this.pool.put(key, `tl-bar ${names}`,
          { left, top: y + (height - thick) / 2, width: right - left, height: thick });
      this.speak(element, sentence(span, item, until));
      if (span.end === null && this.live) this.growing.push({ item, span, element, key });
      const room = next ? this.x(next.start + by) : after;
      const free = next ? this.x((next.waited ?? next.start) + by) : after;
      const edge = Math.max(left - (point ? 6 : 0), 0), waits = left - since > 8;
      this.label(key, span, item, until, { left: edge, right, free, room, y, height, waits }, taken);
    });
  }

  /** @param {HTMLElement} element @param {string} words */
  speak(element, words) {
    if (element.getAttribute("aria-label") === words) return;
    element.setAttribute("aria-label", words);
    element.setAttribute("role", "button");
    if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  }

  /**
   * @param {string} key @param {Span} span @param {Item} item @param {number} until
   * @param {{left: number, right: number, free: number, room: number, y: number, height: number, waits: boolean}} at
   * @param {Map<number, number>} taken
   */
  label(key, span, item, until, at, taken) {
    const before = taken.get(at.y) ?? -Infinity, edge = this.width;
    taken.set(at.y, Math.max(before, at.right));
    const put = (/** @type {string} */ text, /** @type {number} */ left, /** @type {string} */ where) =>
      this.pool.put(`${key}l`, `tl-label ${where} k-${span.kind} s-${span.status}`,
        { left, top: at.y, height: at.height, "line-height": at.height }, text).setAttribute("aria-hidden", "true");
    const texts = labels(span, item, until);
    for (const over of [false, true]) {
      for (const [n, text] of texts.entries()) {
        this.chosen.set(key, n);
        const wide = this.wide(text) + 2 * GAP;
        if (Math.min(at.right, edge) - at.left >= wide) return put(text, at.left + GAP, "in");
        if (Math.min(over ? at.room : at.free, edge) - at.right >= wide) {
          taken.set(at.y, at.right + wide);
          return put(text, at.right + GAP, over ? "out over" : "out");
        }
        if ((over || !at.waits) && at.left - Math.max(before, 0) >= wide && at.left <= edge) {
          return put(text, at.left - wide + GAP, over ? "out over" : "out");
        }
      }
    }
    // The colour is never the only sign.
    if (isBad(span) && at.right - at.left >= 8) put(SIGNS.icons[span.status], at.left + 1, "in");
  }

  /** @param {string} text */
  wide(text) {
    let width = this.widths.get(text);
    if (width === undefined) {
      if (this.widths.size > 5000) this.widths.clear();
      if (!this.widths.size) this.measure.font = `11px ${getComputedStyle(this.body).fontFamily || "sans-serif"}`;
      this.widths.set(text, (width = this.measure.measureText(text).width));
    }
    return width;
  }

  /** @param {Row} row */
  density(row) {
    const lane = /** @type {import("./store.js").Lane} */ (row.lane), bins = Math.max(20, Math.floor(this.width / 4));
    const place = (/** @type {Item} */ item) =>
      /** @type {[number, number]} */ (this.extent(item).map((t) => this.x(t)));
    const counts = busyness(row.visible, place, bins, this.width), most = Math.max(1, ...counts);
    const tall = row.height - 20;
    const path = counts.map((count, n) => `L${n} ${(tall * (1 - count / most)).toFixed(1)}h1`).join("");
    const element = this.pool.put(`d:${lane.key}`, `tl-density k-${lane.kind}`, { top: row.y, height: row.height },
      null);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${bins} ${tall}`);
    svg.setAttribute("preserveAspectRatio", "none");
    const area = document.createElementNS("http://www.w3.org/2000/svg", "path");
    area.setAttribute("d", `M0 ${tall}${path}V${tall}Z`);
    svg.append(area);
    const total = row.visible.reduce((sum, item) => sum + item.spans.length, 0);
    const text = `${total.toLocaleString("en")}: ${statusCounts(row.visible)}; up to ${most.toLocaleString("en")} at a time`;
    element.replaceChildren(svg, make("span", "tl-label out", text));
    for (const item of row.visible) {
      const bad = item.spans.find(isBad);
      if (!bad) continue;
      const mark = make("i", "tl-bad");
      mark.style.left = `${Math.round(this.x((bad.end ?? bad.start) + this.shift(item.track)) / 4) * 4}px`;
      element.append(mark);
      if (element.childElementCount > 300) break;
    }
    this.speak(element, `${SIGNS.kinds[lane.kind] || ""} ${lane.name}, ${text}. Press Enter to zoom in.`.trim());
  }
}
