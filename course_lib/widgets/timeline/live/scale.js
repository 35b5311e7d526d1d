/** From moments to places: a time axis, shortened where nothing but waiting goes on. Times are microseconds. */

import { moment, inWords } from "./words.js";

/** @typedef {import("./store.js").Item} Item */

// A stretch of waiting is shortened when all the rest would share less than this part of the picture.
// One that a break would hardly make shorter stays as it is.
const SQUEEZED = 0.08, WORTH = 0.18, MOST_BREAKS = 4, BREAK_WIDTH = 0.09, MOST_EDGES = 2000;
const SEXAGESIMAL = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
const NO_EDGE = new Set(["workflow", "workflow_task", "marker", "mark"]);

/** Maps time to a place between 0 and 1, and back. */
export class Scale {
  /** @param {number} end The length. @param {[number, number][]} breaks The shortened stretches, in order. */
  constructor(end, breaks = []) {
    this.end = Math.max(end, 1);
    this.breaks = breaks;
    /** @type {{start: number, end: number, left: number, right: number, broken: boolean}[]} */
    this.pieces = [];
    const shortened = breaks.reduce((sum, [a, b]) => sum + b - a, 0);
    const stretch = (1 - BREAK_WIDTH * breaks.length) / (this.end - shortened || 1);
    let at = 0, left = 0;
    for (const [start, to] of [...breaks, /** @type {[number, number]} */ ([this.end, this.end])]) {
      if (start > at) {
        this.pieces.push({ start: at, end: start, left, right: left + (start - at) * stretch, broken: false });
        left += (start - at) * stretch;
      }
      if (to > start) {
        this.pieces.push({ start, end: to, left, right: left + BREAK_WIDTH, broken: true });
        left += BREAK_WIDTH;
      }
      at = to;
    }
  }

  /** @param {number} t @returns {number} Beyond the ends it goes on as the last piece does. */
  at(t) {
    let piece = this.pieces[0];
    for (const next of this.pieces) if (next.start <= t) piece = next;
    return piece.left + ((t - piece.start) / (piece.end - piece.start)) * (piece.right - piece.left);
  }

  /** @param {number} u @returns {number} The moment at a place. */
  time(u) {
    let piece = this.pieces[0];
    for (const next of this.pieces) if (next.left <= u) piece = next;
    return piece.start + ((u - piece.left) / (piece.right - piece.left)) * (piece.end - piece.start);
  }
}

/**
 * The longest stretches in which nothing began or ended and no attempt ran: only waiting.
 * @param {Item[]} items @param {(item: Item) => number} shift @param {(item: Item) => number} until
 * @param {number} end @returns {[number, number][]}
 */
export function idle(items, shift, until, end) {
  if (items.length > MOST_EDGES) return [];
  const edges = new Set([0, end]);
  /** @type {[number, number][]} */
  const busy = [];
  for (const item of items) {
    const by = shift(item);
    for (const span of item.spans) {
      if (NO_EDGE.has(span.kind)) continue;
      const start = span.start + by, to = (span.end ?? until(item)) + by;
      edges.add(start).add(Math.min(to, end));
      // An attempt is what the picture is about; a timer or a child may well be shortened.
      if ((span.kind === "activity" || span.kind === "update") && span.status !== "waiting" && to > start) {
        busy.push([start, to]);
      }
    }
  }
  if (edges.size < 4) return [];
  const sorted = [...edges].sort((a, b) => a - b);
  const stretches = sorted.slice(1).map((to, n) => /** @type {[number, number]} */ ([sorted[n], to]))
    .sort((a, b) => b[1] - b[0] - (a[1] - a[0])).slice(0, 8)
    .filter(([a, b]) => !busy.some(([start, to]) => start < b && to > a));
  let rest = end;
  for (const [count, [start, to]] of stretches.slice(0, MOST_BREAKS).entries()) {
    rest -= to - start;
    if (to - start < WORTH * end) break;
    if (rest > 0 && rest < SQUEEZED * end) return stretches.slice(0, count + 1).sort((a, b) => a[0] - b[0]);
  }
  return [];
}

/**
 * The marks of the axis between two places; after a break they count from the break's end.
 * @param {Scale} scale @param {number} u0 @param {number} u1 @param {number} width Pixels.
 * @returns {{x: number, label: string}[]}
 */
export function ticks(scale, u0, u1, width) {
  const found = [], perPixel = (u1 - u0) / width;
  for (const piece of scale.pieces) {
    if (piece.broken || piece.right < u0 || piece.left > u1) continue;
    const rate = (piece.end - piece.start) / (piece.right - piece.left);
    const step = stepOf(rate * perPixel * 92);
    const base = piece.start > 0 ? piece.start : 0;
    const from = Math.max(piece.start, piece.start + (u0 - piece.left) * rate);
    // The last piece goes on beyond the end of what is known.
    const last = piece === scale.pieces[scale.pieces.length - 1];
    const edge = piece.start + (u1 - piece.left) * rate, to = last ? edge : Math.min(piece.end, edge);
    const shift = base > 0;
    let taken = -Infinity;
    for (let n = Math.ceil((from - base) / step - 1e-9); base + n * step <= to + 1e-6; n++) {
      const t = base + n * step;
      const x = (piece.left + (t - piece.start) / rate - u0) / perPixel;
      if (x - taken < 55 || x > width - 34) continue;
      taken = x;
      const label = shift ? (n === 0 ? inWords(base) : `+${moment(n * step, step)}`) : moment(t, step);
      found.push({ x, label });
    }
  }
  return found;
}

/** @param {number} least Microseconds. */
function stepOf(least) {
  const seconds = least / 1e6;
  if (seconds > 0.5) return 1e6 * (SEXAGESIMAL.find((step) => step >= seconds) ?? 86400 * Math.ceil(seconds / 86400));
  let power = 1;
  while (power * 10 <= least) power *= 10;
  return power * ([1, 2, 5].find((step) => power * step >= least * 0.999) ?? 10);
}
