/** The picture: lanes of bars, drawn for the part of time that is looked at. */

import { Lanes, busyness, ROW } from "./layout.js";
import { Scale, idle, ticks } from "./scale.js";
import { Store } from "./store.js";
import { SIGNS, inWords, isBad, labels, sentence, tally } from "./words.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {import("./store.js").Span} Span */
/** @typedef {import("./layout.js").Row} Row */

const BAR = 14, THIN_BAR = 8, GAP = 5, LEAST = 3;
const HATCHED = /** @type {Record<string, string>} */ ({ failed: "bad", timed_out: "bad", terminated: "bad",
  cancelled: "quiet" });

/** @param {string} tag @param {string} [name] @param {string} [text] */
export function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

/** Elements by key: what is drawn again is moved, not made anew. */
class Pool {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.parent = parent;
    /** @type {Map<string, HTMLElement>} */ this.held = new Map();
    /** @type {Set<string>} */ this.used = new Set();
  }

  /**
   * @param {string} key @param {string} name @param {Record<string, number>} box Pixels.
   * @param {string|null} [text] null: what is in it stays.
   */
  put(key, name, box, text = "") {
    let element = this.held.get(key);
    if (!element) {
      element = make("div");
      element.dataset.key = key;
      this.held.set(key, element);
      this.parent.append(element);
    }
    if (element.className !== name) element.className = name;
    if (text !== null && element.textContent !== text) element.textContent = text;
    for (const [side, value] of Object.entries(box)) {
      const px = `${Math.round(value * 10) / 10}px`;
      if (element.style.getPropertyValue(side) !== px) element.style.setProperty(side, px);
    }
    this.used.add(key);
    return element;
  }

  /** Remove what was not put since the last sweep. */
  sweep() {
    for (const [key, element] of this.held) {
      if (this.used.has(key)) continue;
      element.remove();
      this.held.delete(key);
    }
    this.used.clear();
  }
}

export class Chart {
  /** @param {Store} store @param {() => number} clock Microseconds since 1970, as the kernel counts them. */
  constructor(store, clock) {
    this.store = store;
    this.clock = clock;
    this.body = make("div", "tl-body");
    this.axis = make("div", "tl-axis");
    this.names = make("div", "tl-lanes");
    this.plot = make("div", "tl-plot");
    this.body.append(make("div", "tl-corner"), this.axis, this.names, this.plot);
    this.names.setAttribute("aria-hidden", "true");
    this.axis.setAttribute("aria-hidden", "true");
    this.behind = make("div", "tl-behind");
    this.front = make("div", "tl-front");
    this.plot.append(this.behind, this.front);
    this.pools = { axis: new Pool(this.axis), names: new Pool(this.names), behind: new Pool(this.behind),
      bars: new Pool(this.front) };
    this.fit = true;
    this.follow = true;
    this.byClock = false;
    this.running = true; // until the kernel is gone
    /** @type {boolean|null} */ this.children = null;
    this.window = [0, 1];
    this.end = 0;
    this.scale = new Scale(1);
    this.trailing = false;
    this.current = "";
    this.generation = -1;
    /** @type {Row[]} */ this.rows = [];
    /** @type {{item: Item, span: Span, element: HTMLElement, key: string}[]} */ this.growing = [];
    /** Which of its texts a bar has for its label. @type {Map<string, number>} */ this.chosen = new Map();
    this.measure = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    /** @type {Map<string, number>} */ this.widths = new Map();
  }

  // ------------------------------------------------------------ time

  /** A track's last moment, in its own time. @param {number} track */
  until(track) {
    const { live, origin } = this.store.tracks[track], known = this.store.known[track] ?? 0;
    if (!this.opens[track]) return known;
    return live ? Math.max(known, this.now - origin) : known * 1.06 + 1;
  }

  /** How far a track is moved to the right. @param {number} track */
  shift(track) {
    return this.byClock ? this.store.tracks[track].origin - this.earliest : 0;
  }

  look() {
    const { tracks } = this.store;
    if (this.running) this.now = this.clock();
    if (this.generation !== this.store.generation || this.shown !== this.children) {
      this.generation = this.store.generation;
      this.shown = this.children;
      this.lanes = new Lanes(this.store, this.children);
      this.opens = tracks.map((_, track) => this.store.open(track));
      this.earliest = Math.min(...tracks.map((track) => track.origin || Infinity));
    }
    this.last = Math.max(1, ...tracks.map((_, track) => this.until(track) + this.shift(track)));
    this.live = this.running && tracks.some((track, n) => track.live && this.opens[n]);
  }

  time() {
    this.look();
    const breaks = idle([...this.store.items.values()], (item) => this.shift(item.track),
      (item) => this.until(item.track), this.last);
    const final = breaks[breaks.length - 1];
    this.trailing = Boolean(this.live && final && final[1] >= this.last);
    // A little more than is needed, so that a growing picture is not squeezed anew at every step.
    if (!this.live || this.trailing) this.end = this.last;
    else if (this.last > this.end || this.end > this.last * 1.5) this.end = this.last * 1.15;
    this.scale = new Scale(this.end, breaks);
    if (this.fit) this.window = [0, this.end];
    else if (this.follow && this.live) {
      const length = this.window[1] - this.window[0];
      if (this.last > this.window[1] - 0.04 * length || this.last < this.window[0]) {
        this.window = [this.last - 0.75 * length, this.last + 0.25 * length];
      }
    }
  }

  /** @param {number} t @returns {number} Pixels. */
  x(t) {
    return ((this.scale.at(t) - this.u0) / (this.u1 - this.u0)) * this.width;
  }

  /** @param {Item} item @returns {[number, number]} */
  extent(item) {
    const by = this.shift(item.track);
    return [item.start + by, (item.end === Infinity ? this.until(item.track) : item.end) + by];
  }

  // ------------------------------------------------------------ drawing

  draw() {
    this.width = this.plot.clientWidth;
    if (!this.width || !this.store.tracks.length) return;
    this.time();
    [this.u0, this.u1] = this.window.map((t) => this.scale.at(t));
    const { rows, height } = /** @type {Lanes} */ (this.lanes).rows((item) => this.extent(item), ...this.window);
    this.rows = rows;
    this.growing = [];
    this.chosen.clear();
    this.plot.style.height = this.names.style.height = `${height}px`;
    this.background(height);
    for (const [n, row] of rows.entries()) {
      this.name(row, n);
      if (row.kind === "bars") this.bars(row);
      else if (row.kind === "density") this.density(row);
    }
    for (const pool of Object.values(this.pools)) pool.sweep();
    this.rove();
  }

  /** Only what grows with the clock; false when everything has to be drawn anew. */
  tick() {
    this.look();
    if (!this.live) return false;
    if (this.trailing && this.fit) {
      const breaks = this.scale.breaks.slice(0, -1), [from] = this.scale.breaks[this.scale.breaks.length - 1];
      this.end = this.last;
      this.scale = new Scale(this.end, [...breaks, [from, this.last]]);
      this.window = [0, this.end];
      const label = this.pools.axis.held.get(`break${breaks.length}`);
      if (label) label.textContent = `// ${inWords(this.last - from).split(" ").slice(0, 2).join(" ")}`;
      this.age();
      return true;
    }
    if (this.last > this.end || this.trailing) return false;
    if (!this.fit && this.follow && this.last > this.window[1] - 0.04 * (this.window[1] - this.window[0])) return false;
    for (const { item, span, element } of this.growing) {
      const by = this.shift(item.track), left = Math.max(-30, this.x(span.start + by));
      const width = Math.min(this.width + 30, this.x(this.until(item.track) + by)) - left;
      element.style.width = `${Math.max(LEAST, Math.round(width))}px`;
    }
    this.age();
    const now = this.pools.behind.held.get("now");
    if (now) now.style.left = `${Math.round(this.x(this.last))}px`;
    return true;
  }

  /** What is written beside open bars says how long they have lasted. */
  age() {
    for (const { item, span, key } of this.growing) {
      const label = this.pools.bars.held.get(`${key}l`);
      if (label) label.textContent = labels(span, item, this.until(item.track))[this.chosen.get(key) ?? 0];
    }
  }

  /** Seconds in which what grows becomes one pixel longer. */
  pace() {
    if (this.trailing) return 0;
    return (this.window[1] - this.window[0]) / 1e6 / (this.width || 1);
  }

  /** @param {number} height */
  background(height) {
    const { axis, behind } = this.pools;
    for (const { x, label } of ticks(this.scale, this.u0, this.u1, this.width)) {
      const key = `${label}@${Math.round(x)}`;
      axis.put(key, "tl-tick", { left: x }, label);
      behind.put(key, "tl-grid-line", { left: x, height });
    }
    for (const [n, [start, to]] of this.scale.breaks.entries()) {
      const left = this.x(start), right = this.x(to);
      if (right < 0 || left > this.width) continue;
      behind.put(`break${n}`, "tl-break", { left, width: right - left, height });
      const words = inWords(to - start).split(" ").slice(0, 2).join(" ");
      const label = axis.put(`break${n}`, "tl-tick tl-gap", { left, width: right - left }, `// ${words}`);
      label.title = `${inWords(to - start)} in which nothing happened: shortened`;
    }
    const x = this.x(this.last);
    if (this.live && x >= 0 && x <= this.width) behind.put("now", "tl-now", { left: x, height });
  }

  /** @param {Row} row @param {number} n */
  name(row, n) {
    const zebra = n % 2 ? "" : " tl-zebra", { lane, group } = row;
    this.pools.behind.put(`z${row.key}`, `tl-stripe${zebra}`, { top: row.y, height: row.height });
    if (!lane) {
      const track = this.store.tracks[group.track];
      const element = this.pools.names.put(row.key, "tl-name tl-heading", { top: row.y, height: row.height },
        `${"AB"[group.track]}  ${track.type} ${track.title}`);
      element.title = element.textContent ?? "";
      return;
    }
    const element = this.pools.names.put(row.key, `tl-name${zebra}${lane.kind === "workflow" ? " tl-first" : ""}`,
      { top: row.y, height: row.height, "padding-left": 4 + 12 * group.depth }, null);
    const kind = lane.name === `${lane.kind}s` || lane.kind === "mark" ? "" : SIGNS.kinds[lane.kind] ?? "";
    const child = lane.kind === "workflow" && group.parent !== null;
    const many = row.kind === "density" ? ` × ${lane.items.length.toLocaleString("en")}` : "";
    const said = [`${child ? "↳ " : ""}${lane.name}`, many ? many.trim() : child ? "child" : kind];
    if (element.dataset.said === said.join()) return;
    element.title = child || lane.kind === "workflow" ? `${lane.name} ${group.id}` : lane.name;
    element.dataset.said = said.join();
    element.replaceChildren(make("span", "", said[0]), make("span", "tl-kind", said[1]));
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

  /** @param {Item} item @param {number} y @param {number} height @param {number} after @param {Map<number, number>} taken */
  item(item, y, height, after, taken) {
    const by = this.shift(item.track), until = this.until(item.track), { bars } = this.pools;
    item.spans.forEach((span, n) => {
      const key = `${item.key}:${n}`, start = this.x(span.start + by);
      const end = this.x((span.end ?? until) + by), next = item.spans[n + 1];
      const point = span.status === "point";
      const left = Math.max(-30, start), right = point ? start + 6 : Math.min(this.width + 30, Math.max(end, start + LEAST));
      const since = span.waited === null ? left : Math.max(-30, this.x(span.waited + by));
      if (Math.min(since, left) > this.width || right < 0) return;
      if (left - since > 1) {
        const again = span.attempt > 1 ? " again" : "";
        const box = { left: since, top: y + height / 2 - 1, width: Math.min(left, this.width + 30) - since };
        bars.put(`${key}w`, `tl-wait k-${span.kind} s-${span.status}${again}`, box);
      }
      if (start > this.width + 6) return;
      const thick = Math.min(height - 5, span.kind === "workflow_task" && span.status !== "waiting" ? THIN_BAR : BAR);
      const hatch = HATCHED[span.status] ? ` h-${HATCHED[span.status]}` : "";
      const names = `k-${span.kind} s-${span.status}${hatch}${span.estimated ? " guess" : ""}`;
      const element = point
        ? bars.put(key, `tl-point ${names}`, { left: start - 6, top: y + height / 2 - 6, width: 12, height: 12 })
        : bars.put(key, `tl-bar ${names}`, { left, top: y + (height - thick) / 2, width: right - left, height: thick });
      this.speak(element, sentence(span, item, until));
      if (span.end === null && this.live) this.growing.push({ item, span, element, key });
      const room = next ? this.x(next.start + by) : after;
      const free = next ? this.x((next.waited ?? next.start) + by) : after;
      this.label(key, span, item, until, { left: Math.max(left - (point ? 6 : 0), 0), right, free, room, y, height, waits: left - since > 8 },
        taken);
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
      this.pools.bars.put(`${key}l`, `tl-label ${where} k-${span.kind} s-${span.status}`,
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
    const element = this.pools.bars.put(`d:${lane.key}`, `tl-density k-${lane.kind}`, { top: row.y, height: row.height },
      null);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${bins} ${tall}`);
    svg.setAttribute("preserveAspectRatio", "none");
    const area = document.createElementNS("http://www.w3.org/2000/svg", "path");
    area.setAttribute("d", `M0 ${tall}${path}V${tall}Z`);
    svg.append(area);
    const total = row.visible.reduce((sum, item) => sum + item.spans.length, 0);
    const text = `${total.toLocaleString("en")}: ${tally(row.visible)}; up to ${most.toLocaleString("en")} at a time`;
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

  /** One bar at a time is in the order of the Tab key. */
  rove() {
    const { held } = this.pools.bars;
    let found = held.get(this.current);
    if (!found?.hasAttribute("role")) found = [...held.values()].find((element) => element.hasAttribute("role"));
    for (const element of held.values()) {
      if (element.tabIndex === 0 && element !== found) element.tabIndex = -1;
    }
    if (found) found.tabIndex = 0;
  }

  /** What an element of the picture stands for. @param {EventTarget|null} target */
  at(target) {
    const element = /** @type {HTMLElement|null} */ (target instanceof Element ? target.closest("[data-key]") : null);
    const key = element?.dataset.key ?? "";
    if (!element || !this.front.contains(element)) return null;
    if (key.startsWith("d:")) return { element, key, lane: this.store.lanes.get(key.slice(2)), item: null, span: null };
    const item = this.store.items.get(key.split(":").slice(0, 2).join(":"));
    const span = item?.spans[Number(key.split(":")[2])];
    return item && span && element.hasAttribute("role") ? { element, key, lane: item.lane, item, span } : null;
  }

  /** @param {string} key */
  element(key) {
    return this.pools.bars.held.get(key);
  }
}
