/** Elements that are drawn again and again. */

import { make } from "../../panel/dom.js";

/** Elements by key: what is drawn again is moved, not made anew. */
export class Pool {
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
