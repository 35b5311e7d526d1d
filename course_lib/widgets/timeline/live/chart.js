/** The picture: lanes of bars, drawn for the part of time that is looked at. */

import { make } from "../../panel/dom.js";
import { Pool } from "./pool.js";
import { Lanes } from "./layout.js";
import { Painter } from "./painter.js";
import { Scale, ticks } from "./scale.js";
import { Store } from "./store.js";
import { SIGNS, inWords, labels } from "./words.js";

/** @typedef {import("./layout.js").Row} Row */

export class Chart extends Painter {
  /** @param {Store} store @param {() => number} clock Microseconds since 1970, as the kernel counts them. */
  constructor(store, clock) {
    super(store, clock);
    this.body = make("div", "tl-body");
    this.axis = make("div", "tl-axis");
    this.names = make("div", "tl-lanes");
    this.plot = make("div", "tl-plot");
    this.body.append(make("div", "tl-corner"), this.axis, this.names, this.plot);
    this.names.setAttribute("aria-hidden", "true");
    this.axis.setAttribute("aria-hidden", "true");
    this.behind = make("div", "tl-behind");
    this.plot.append(this.behind, this.front);
    this.pools = { axis: new Pool(this.axis), names: new Pool(this.names), behind: new Pool(this.behind),
      bars: this.pool };
    this.current = "";
    /** @type {Row[]} */ this.rows = [];
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
