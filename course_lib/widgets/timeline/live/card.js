/** The card beside a bar, and the panel with its events below the picture. */

import { make } from "../../panel/dom.js";
import { eventsOf, inWords, statusWords, titleOf, took } from "./words.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {import("./store.js").Span} Span */
/** @typedef {import("./store.js").Store} Store */

/** A list of names and values. @param {[string, string, string?][]} facts */
function facts(facts) {
  const list = make("dl", "tl-facts");
  for (const [name, value, how] of facts) {
    if (value) list.append(make("dt", "", name), make("dd", how ?? "", value));
  }
  return list;
}

/** A moment in the reader's words: since the start, and by the clock. @param {number} t @param {number} origin */
export function when(t, origin) {
  const at = new Date((origin + t) / 1000), two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `+${inWords(t)} (${clock}.${String(at.getUTCMilliseconds()).padStart(3, "0")} UTC)`;
}

// A span's detail is one line; in the card each of its parts begins one.
const PARTS = /; (?=(?:(?:input|result|the workflow|times reckoned|next attempt) |[A-Z]\w+: ))/;

export class Card {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.element = make("div", "tl-card");
    this.element.setAttribute("role", "tooltip");
    this.element.id = `tl-card-${Math.random().toString(36).slice(2)}`;
    // The top layer: JupyterLab's outputs would cut it off.
    this.element.setAttribute("popover", "manual");
    parent.append(this.element);
    this.key = "";
    this.timer = 0;
    this.element.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.element.addEventListener("pointerleave", () => this.hide(150));
  }

  /**
   * @param {HTMLElement} anchor @param {string} key @param {Item} item @param {Span} span @param {number} until
   * @param {number} origin
   */
  show(anchor, key, item, span, until, origin) {
    clearTimeout(this.timer);
    this.key = key;
    const title = make("div", "tl-card-title", titleOf(span, item));
    const status = make("span", `tl-status k-${span.kind} s-${span.status}`, statusWords(span));
    const head = make("div", "tl-card-head");
    head.append(title, status);
    const about = span.estimated ? "≈ " : "";
    const waited = span.waited !== null && span.start > span.waited ? inWords(span.start - span.waited) : "";
    const body = facts([
      ["took", about + took(span, until)],
      ["from", when(span.start, origin)],
      ["to", span.end === null || span.status === "point" ? "" : when(span.end, origin)],
      ["waited", waited && `${waited} ${span.attempt > 1 ? "for this attempt" : "for a worker"}`],
      ["events", eventsOf(span)],
    ]);
    this.detail = make("div", "tl-card-text");
    this.text(span.detail);
    const hint = make("div", "tl-kind", span.first > 0 ? "Click or Enter: its events" : "");
    this.element.replaceChildren(head, body, this.detail, hint);
    this.place(anchor);
  }

  /** What went in and out, and why it failed. @param {string} text */
  text(text) {
    this.detail?.replaceChildren(...text.split(PARTS).filter(Boolean).map((part) => make("div", "", part)));
  }

  /** @param {{key: string, detail: string}} message What the kernel read for the card. */
  fill(message) {
    if (this.key === message.key) this.text(message.detail);
  }

  /** @param {HTMLElement} anchor */
  place(anchor) {
    const { element } = this;
    if ("showPopover" in element && !element.matches(":popover-open")) element.showPopover();
    element.hidden = false;
    const at = anchor.getBoundingClientRect(), plot = anchor.parentElement?.getBoundingClientRect() ?? at;
    const left = Math.max(at.left, plot.left, 8), { offsetWidth: wide, offsetHeight: high } = element;
    const below = at.bottom + 6 + high < window.innerHeight;
    element.style.left = `${Math.max(8, Math.min(left, window.innerWidth - wide - 8))}px`;
    element.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - high - 6)}px`;
  }

  /** @param {number} [after] Milliseconds. */
  hide(after = 0) {
    clearTimeout(this.timer);
    const now = () => {
      this.key = "";
      this.element.hidden = true;
      if ("hidePopover" in this.element && this.element.matches(":popover-open")) this.element.hidePopover();
    };
    if (after) this.timer = window.setTimeout(now, after);
    else now();
  }

  get shown() {
    return this.key !== "";
  }
}

/** The events of what was clicked, decoded. */
export class Details {
  /** @param {() => void} closed Called when it was closed. */
  constructor(closed) {
    this.element = make("div", "tl-details");
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", "Events");
    this.element.hidden = true;
    this.closed = closed;
    this.asked = 0;
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  /** @param {string} title @param {string} note */
  wait(title, note) {
    const close = make("button", "tl-button", "✕ Close");
    close.addEventListener("click", () => this.close());
    this.head = make("div", "tl-details-head");
    this.head.append(make("b", "", title), close);
    this.body = make("div", "tl-details-body", note);
    this.body.tabIndex = 0; // it scrolls
    this.element.replaceChildren(this.head, this.body);
    this.element.hidden = false;
    return ++this.asked;
  }

  /** @param {any} message `{asked, events: [{title, facts: [[name, value, how]]}], note}` */
  fill(message) {
    if (message.asked !== this.asked || !this.body) return;
    this.body.replaceChildren(...message.events.map((/** @type {any} */ event) => {
      const part = make("section", "tl-event");
      part.append(make("h4", "", event.title), facts(event.facts));
      return part;
    }));
    if (message.note) this.body.append(make("div", "tl-kind", message.note));
  }

  close() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.closed();
  }
}
