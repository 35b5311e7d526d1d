/** A live timeline: its head, its controls, the picture, and what the kernel sends. */

import { keepKeys } from "../../panel/keys.js";
import { Card, Details, when } from "./card.js";
import { Chart } from "./chart.js";
import { Controls } from "./controls.js";
import { make } from "../../panel/dom.js";
import { Head } from "./head.js";
import { Moving } from "./moving.js";
import { Store } from "./store.js";
import { Twin } from "./twin.js";
import { SIGNS, eventsOf, titleOf } from "./words.js";

// Milliseconds since the kernel sent something, and between two steps of the clock then.
const QUICK = [[4_000, 250], [12_000, 1_000], [120_000, 2_000]], SLOWEST = 5_000;

class View {
  /** @param {any} model anywidget's. @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    Object.assign(SIGNS, model.get("signs"));
    this.store = new Store();
    this.offset = 0;
    this.lost = false;
    this.chart = new Chart(this.store, () => performance.now() * 1000 + this.offset);
    this.moving = new Moving(this.chart, () => this.soon());
    this.root = make("div", "tc tc-tl tl-live");
    keepKeys(this.root);
    this.root.setAttribute("role", "group");
    const style = make("style");
    style.textContent = model.get("css");
    this.build();
    el.append(style, this.root);
    this.heard = 0;
    this.visible = true;
    this.frame = 0;
    this.timer = 0;
    this.listen();
    const first = model.get("first");
    if (first?.tracks) this.receive(first);
    this.send({ type: "hello", version: this.store.version });
  }

  build() {
    const { body } = this.chart, box = make("div", "tc-box");
    body.tabIndex = 0;
    body.setAttribute("role", "group");
    body.setAttribute("aria-label", "Lanes. Tab goes to a bar, arrow keys from bar to bar; plus, minus and 0 zoom; " +
      "arrow keys here, or Shift with them, move in time.");
    this.head = new Head();
    this.controls = new Controls(this.chart, this.moving, (on) => this.send({ type: "table", on }));
    this.details = new Details(() => {
      this.mark("");
      this.chart.element(this.chart.current)?.focus();
    });
    this.twin = new Twin(this.chart);
    box.append(this.head.element, this.head.status, this.head.remarks, this.controls.element, body,
      this.details.element, this.controls.notes, this.twin.element);
    this.root.append(box);
    this.card = new Card(this.root);
  }

  // ------------------------------------------------------------ from and to the kernel

  /** @param {any} message */
  send(message) {
    if (!this.lost) this.model.send(message);
  }

  /** @param {any} message */
  receive(message) {
    if (message.type === "span") this.card.fill(message);
    else if (message.type === "events") this.details.fill(message);
    else if (message.type === "select") this.select(message);
    else if (message.tracks) this.take(message);
  }

  /** @param {any} message What has changed. */
  take(message) {
    this.heard = performance.now();
    // The kernel's clock: what arrives late can only make it seem to be behind.
    const offset = message.now - performance.now() * 1000;
    const fresh = this.store.version < 0 || Math.abs(offset - this.offset) > 5e6;
    this.offset = fresh ? offset : Math.max(this.offset, offset);
    if (this.store.apply(message)) this.soon();
    else this.send({ type: "hello", version: -1 });
  }

  listen() {
    const received = (/** @type {any} */ message) => this.receive(message);
    const gone = () => this.goneKernel();
    const seen = () => this.soon();
    this.model.on("msg:custom", received);
    // ipywidgets triggers it on every model when the kernel restarts or ends.
    this.model.on("comm_live_update", gone);
    this.model.on("change:table", seen);
    document.addEventListener("visibilitychange", seen);
    const sizes = new ResizeObserver(() => this.soon());
    sizes.observe(this.chart.plot);
    const sights = new IntersectionObserver((entries) => {
      this.visible = entries[entries.length - 1].isIntersecting;
      this.wake();
    });
    sights.observe(this.root);
    const { plot } = this.chart;
    plot.addEventListener("pointerover", (event) => this.hover(event.target));
    plot.addEventListener("pointerleave", () => this.card.hide(150));
    plot.addEventListener("focusin", (event) => this.focused(event.target));
    plot.addEventListener("focusout", () => this.card.hide(100));
    plot.addEventListener("click", (event) => {
      if (!this.moving.dragged) this.open(event.target);
    });
    this.chart.body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        if (this.chart.at(event.target)) event.preventDefault();
        this.open(event.target);
      } else if (event.key === "Escape") {
        if (this.card.shown) this.card.hide();
        else this.details.close();
      }
    });
    this.end = () => {
      this.model.off("msg:custom", received);
      this.model.off("comm_live_update", gone);
      this.model.off("change:table", seen);
      document.removeEventListener("visibilitychange", seen);
      sizes.disconnect();
      sights.disconnect();
      cancelAnimationFrame(this.frame);
      clearTimeout(this.timer);
    };
  }

  goneKernel() {
    if (this.lost) return;
    this.lost = true;
    this.chart.running = false;
    this.soon();
  }

  // ------------------------------------------------------------ drawing

  /** Draw with the next frame. */
  soon() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    this.chart.draw();
    this.say();
    this.controls.update(this.lost, this.model);
    this.twin.fill();
    this.wake();
  }

  say() {
    this.head.update(this.store, this.chart, this.lost ? this.model.get("gone") : "");
    const label = `Timeline of ${this.store.tracks.map((track) => `${track.type} ${track.title}`).join(" and ")}`;
    if (this.root.getAttribute("aria-label") !== label) this.root.setAttribute("aria-label", label);
  }

  /** Let the clock run only while something is open, and somebody can see it. */
  wake() {
    clearTimeout(this.timer);
    if (!this.chart.live || !this.visible || document.hidden) return;
    // A frame costs JupyterLab's page some milliseconds, whatever little has changed in it. So: quick while things
    // happen, and slower the longer nothing did.
    const quiet = performance.now() - this.heard;
    const least = QUICK.find(([until]) => quiet < until)?.[1] ?? SLOWEST;
    const pause = Math.max(least, Math.min(SLOWEST, this.chart.pace() * 1000));
    this.timer = window.setTimeout(() => requestAnimationFrame(() => {
      if (this.chart.tick()) {
        this.say();
        this.wake();
      } else {
        this.draw();
      }
    }), pause);
  }

  // ------------------------------------------------------------ cards and details

  /** @param {EventTarget|null} target */
  hover(target) {
    const at = this.chart.at(target);
    if (at?.span) this.show(at);
    else if (!this.chart.plot.matches(":focus-within")) this.card.hide(150);
  }

  /** @param {EventTarget|null} target */
  focused(target) {
    const at = this.chart.at(target);
    if (!at) return;
    this.chart.current = at.key;
    this.chart.rove();
    if (at.span && at.element.matches(":focus-visible")) this.show(at);
  }

  /** @param {any} at */
  show(at) {
    if (this.card.key === at.key && this.card.shown) {
      clearTimeout(this.card.timer);
      return;
    }
    const { item, span } = at, { origin } = this.store.tracks[item.track];
    this.card.show(at.element, at.key, item, span, this.chart.until(item.track), origin);
    at.element.setAttribute("aria-describedby", this.card.element.id);
    if (span.more) this.send({ type: "span", key: at.key, run: item.run, item: item.number, place: span.place });
  }

  /** @param {EventTarget|null} target */
  open(target) {
    const at = this.chart.at(target);
    if (!at) return;
    this.chart.current = at.key;
    if (!at.item || !at.span) {
      this.moving.zoom(4, 0.5);
      this.moving.take(at.key);
      return;
    }
    this.card.hide();
    this.mark(at.key);
    const { item, span } = at;
    const title = `${titleOf(span, item)} ${eventsOf(span)}`;
    if (this.lost) {
      this.details.wait(title, `${when(span.start, this.store.tracks[item.track].origin)}; ${span.detail}`);
      return;
    }
    const asked = this.details.wait(title, "…");
    this.send({ type: "events", asked, run: item.run, item: item.number, place: span.place });
  }

  /** An event was selected elsewhere, in the table. @param {{run: number, item: number}} message */
  select({ run, item }) {
    const found = this.store.items.get(`${run}:${item}`);
    if (!found || found.hidden) return;
    const span = found.spans[found.spans.length - 1];
    const by = this.chart.shift(found.track);
    this.moving.reveal(span.start + by, (span.end ?? this.chart.until(found.track)) + by);
    this.chart.current = `${found.key}:${span.place}`;
    this.mark(this.chart.current);
    this.chart.element(this.chart.current)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {string} key */
  mark(key) {
    this.chart.selected = key;
    this.chart.draw();
  }
}

/** @param {{model: any, el: HTMLElement}} context What anywidget hands to a view. */
function render({ model, el }) {
  const view = new View(model, el);
  return () => view.end?.();
}

export default { render };
