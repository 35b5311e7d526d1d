/** Zoom, pan and the keys. */

import { Chart } from "./chart.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {import("./store.js").Span} Span */

const LEAST_WINDOW = 20; // microseconds

export class Moving {
  /** @param {Chart} chart @param {() => void} changed Called after each move. */
  constructor(chart, changed) {
    this.chart = chart;
    this.changed = changed;
    this.dragged = false;
    this.listen();
  }

  /** Show everything. */
  all() {
    this.chart.fit = true;
    this.chart.follow = true;
    this.changed();
  }

  /** @param {boolean} on Whether the picture goes on with the clock. */
  follow(on) {
    const { chart } = this;
    chart.follow = on;
    if (!on && chart.fit) this.hold();
    this.changed();
  }

  /** Keep what is shown now from being fitted. */
  hold() {
    this.chart.fit = false;
  }

  /**
   * @param {number} factor Above 1: a shorter stretch of time. @param {number} [place] Where it stays, 0 to 1.
   */
  zoom(factor, place = 0.5) {
    const { chart } = this, { scale } = chart, wide = chart.u1 - chart.u0;
    const most = scale.at(chart.end), least = 1e-9;
    const next = Math.max(least, Math.min(most, wide / factor));
    if (next >= most * 0.95 && factor < 1) return this.all();
    const at = chart.u0 + place * wide;
    const kept = chart.follow && chart.live && factor > 1 && place === 0.5 ? scale.at(chart.last) - 0.75 * next : NaN;
    this.set(Number.isNaN(kept) ? at - place * next : kept, next);
  }

  /** @param {number} part Of the window, to the right. */
  pan(part) {
    const { chart } = this;
    if (chart.fit) return;
    chart.follow = false;
    const wide = chart.u1 - chart.u0;
    this.set(chart.u0 + part * wide, wide);
  }

  /** @param {number} u0 @param {number} wide Places of the scale. */
  set(u0, wide) {
    const { chart } = this, { scale } = chart, most = scale.at(chart.end);
    const from = Math.max(-0.02 * wide, Math.min(u0, most - wide * 0.98));
    const t0 = scale.time(from), t1 = scale.time(from + wide);
    if (t1 - t0 < LEAST_WINDOW) return;
    chart.fit = false;
    chart.window = [t0, t1];
    this.changed();
  }

  /** Move so that a stretch of time can be seen. @param {number} start @param {number} end */
  reveal(start, end) {
    const { chart } = this, [t0, t1] = chart.window;
    if (chart.fit || (end >= t0 && start <= t1 && (start >= t0 || end >= t1))) return;
    chart.follow = false;
    const wide = chart.u1 - chart.u0;
    this.set(chart.scale.at(start) - wide * 0.2, wide);
  }

  // ------------------------------------------------------------ from bar to bar

  /** @param {string} key @param {string} direction The key that was pressed. @returns {boolean} */
  step(key, direction) {
    const { chart } = this, at = chart.at(chart.element(key) ?? null);
    if (!at?.lane) return false;
    const index = chart.rows.findIndex((row) => row.lane === at.lane);
    if (direction === "ArrowUp" || direction === "ArrowDown") {
      const by = direction === "ArrowUp" ? -1 : 1;
      let to = index + by;
      while (chart.rows[to] && !chart.rows[to].lane) to += by;
      return chart.rows[to] ? this.enter(chart.rows[to], at.span ? this.middle(at.item, at.span) : NaN) : false;
    }
    if (!at.item || !at.span) return false;
    const spans = at.lane.items.filter((item) => !item.hidden)
      .flatMap((item) => item.spans.map((span) => ({ item, span })))
      .sort((a, b) => a.span.start - b.span.start);
    const place = spans.findIndex(({ span }) => span === at.span);
    const to = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: spans.length - 1 }[direction] ?? -1;
    const target = spans[to];
    return target ? this.focus(target.item, target.span) : false;
  }

  /** @param {Item|null} item @param {Span} span */
  middle(item, span) {
    const { chart } = this, end = span.end ?? chart.until(item?.track ?? 0);
    return (span.start + end) / 2 + chart.shift(item?.track ?? 0);
  }

  /** The bar of a lane that is nearest in time. @param {import("./layout.js").Row} row @param {number} t */
  enter(row, t) {
    if (row.kind === "density" && row.lane) return this.take(`d:${row.lane.key}`);
    let best = null, distance = Infinity;
    for (const item of row.visible.length ? row.visible : row.lane?.items ?? []) {
      for (const span of item.spans) {
        const away = Number.isNaN(t) ? 0 : Math.abs(this.middle(item, span) - t);
        if (away < distance) [best, distance] = [{ item, span }, away];
      }
    }
    return best ? this.focus(best.item, best.span) : false;
  }

  /** @param {Item} item @param {Span} span */
  focus(item, span) {
    const { chart } = this, by = chart.shift(item.track);
    this.reveal(span.start + by, (span.end ?? chart.until(item.track)) + by);
    return this.take(`${item.key}:${span.place}`);
  }

  /** @param {string} key */
  take(key) {
    this.chart.current = key;
    this.chart.draw();
    const element = this.chart.element(key);
    element?.focus();
    return Boolean(element);
  }

  // ------------------------------------------------------------ events

  listen() {
    const { body, plot, axis } = this.chart;
    body.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    body.addEventListener("keydown", (event) => {
      if (this.key(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
    for (const area of [plot, axis]) area.addEventListener("pointerdown", (event) => this.drag(event));
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    const box = this.chart.plot.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0022)), (event.clientX - box.left) / box.width);
    } else if (!this.chart.fit && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) {
      event.preventDefault();
      this.pan((event.deltaX || event.deltaY) / box.width);
    }
  }

  /** @param {PointerEvent} down */
  drag(down) {
    if (down.button !== 0) return;
    const { chart } = this, from = chart.u0, wide = chart.u1 - chart.u0, top = chart.body.scrollTop;
    this.dragged = false;
    const move = (/** @type {PointerEvent} */ event) => {
      const by = event.clientX - down.clientX, high = event.clientY - down.clientY;
      if (!this.dragged && Math.hypot(by, high) < 5) return;
      if (!this.dragged) chart.plot.setPointerCapture(down.pointerId);
      this.dragged = true;
      chart.plot.classList.add("tl-dragging");
      chart.body.scrollTop = top - high;
      if (chart.fit) return;
      chart.follow = false;
      this.set(from - (by / chart.width) * wide, wide);
    };
    const up = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", up);
      chart.plot.classList.remove("tl-dragging");
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
  }

  /** @param {KeyboardEvent} event @returns {boolean} Whether it was for the picture. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const on = this.chart.at(event.target);
    if (on && !event.shiftKey && /^(Arrow|Home$|End$)/.test(event.key)) return this.step(on.key, event.key) || true;
    switch (event.key) {
      case "+": case "=": this.zoom(1.5, on ? this.placeOf(on.element) : 0.5); return true;
      case "-": case "_": this.zoom(1 / 1.5, on ? this.placeOf(on.element) : 0.5); return true;
      case "0": this.all(); return true;
      case "f": case "F": this.follow(!this.chart.follow); return true;
      case "ArrowLeft": this.pan(-0.15); return !this.chart.fit;
      case "ArrowRight": this.pan(0.15); return !this.chart.fit;
      case "PageUp": this.pan(-0.9); return !this.chart.fit;
      case "PageDown": this.pan(0.9); return !this.chart.fit;
      case "Home": this.pan(-1e9); return !this.chart.fit;
      case "End": this.pan(1e9); return !this.chart.fit;
      case "ArrowDown": if (on) return false; break;
    }
    return false;
  }

  /** @param {HTMLElement} element */
  placeOf(element) {
    const box = element.getBoundingClientRect(), plot = this.chart.plot.getBoundingClientRect();
    return Math.max(0, Math.min(1, ((box.left + box.right) / 2 - plot.left) / plot.width));
  }
}
