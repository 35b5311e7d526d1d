/** The picture's time: up to when it goes, which part of it is looked at, and where a moment stands. */

import { Lanes } from "./layout.js";
import { Scale, idle } from "./scale.js";
import { Store } from "./store.js";

/** @typedef {import("./store.js").Item} Item */

export class Axis {
  /** @param {Store} store @param {() => number} clock Microseconds since 1970, as the kernel counts them. */
  constructor(store, clock) {
    this.store = store;
    this.clock = clock;
    this.fit = true;
    this.follow = true;
    this.byClock = false;
    this.running = true; // until the kernel is gone
    /** @type {boolean|null} */ this.children = null;
    this.window = [0, 1];
    this.end = 0;
    this.scale = new Scale(1);
    this.trailing = false;
    this.generation = -1;
    this.width = 0;
  }

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

  /** Seconds in which what grows becomes one pixel longer. */
  pace() {
    if (this.trailing) return 0;
    return (this.window[1] - this.window[0]) / 1e6 / (this.width || 1);
  }
}
