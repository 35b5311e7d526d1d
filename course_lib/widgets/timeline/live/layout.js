/** Which lane stands where, which is drawn bar by bar, and which as a density because there is too much of it. */

import { Store } from "./store.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {import("./store.js").Lane} Lane */
/** @typedef {import("./store.js").Group} Group */
/**
 * @typedef {{key: string, kind: "heading"|"bars"|"density", y: number, height: number, row: number, lane: Lane|null,
 *   group: Group, visible: Item[], rows: Map<number, number>}} Row
 */

export const ROW = 24;
const THIN = 17; // pixels a row where a dense lane is drawn bar by bar
const MOST_ROWS = 8; // rows that a lane may always have
const IN_A_LANE = 120, DRAWN = 500; // bars in one lane, and in all
const CHILDREN = 6; // child runs that are shown lane by lane unless asked for

/** @param {Store} store @param {boolean|null} wanted @returns {boolean} Whether child runs have lanes of their own. */
export function showsChildren(store, wanted) {
  return wanted ?? childRuns(store) <= CHILDREN;
}

/** @param {Store} store */
export const childRuns = (store) => store.groups().filter((group) => group.parent !== null).length;

/** What does not change while only the window moves. */
export class Lanes {
  /** @param {Store} store @param {boolean|null} children Whether child runs are shown; null: if they are few. */
  constructor(store, children) {
    const shown = showsChildren(store, children);
    const groups = store.groups().filter((group) => shown || group.parent === null);
    // A child that is drawn as a run of its own is not drawn a second time among its parent's lanes.
    const followed = new Set(
      groups.filter((group) => group.parent !== null).map((group) => `${group.track}/${group.id}`));
    for (const lane of store.lanes.values()) {
      if (lane.kind !== "child") continue;
      for (const item of lane.items) {
        const hidden = followed.has(`${item.track}/${item.spans[0].name}`);
        if (hidden !== item.hidden) lane.packed = false;
        item.hidden = hidden;
      }
    }
    /** @type {{group: Group, lane: Lane|null}[]} */
    this.list = [];
    let track = -1;
    for (const group of groups) {
      if (store.tracks.length > 1 && group.track !== track) this.list.push({ group, lane: null });
      track = group.track;
      for (const lane of store.lanesOf(group)) {
        if (lane.items.some((item) => !item.hidden)) this.list.push({ group, lane });
      }
    }
    this.store = store;
  }

  /**
   * The rows of the picture for a stretch of time.
   * @param {(item: Item) => [number, number]} extent From when to when an item is drawn, in the picture's time.
   * @param {number} t0 @param {number} t1 @returns {{rows: Row[], height: number}}
   */
  rows(extent, t0, t1) {
    let y = 0, room = DRAWN;
    /** @type {Row[]} */
    const rows = [];
    for (const { group, lane } of this.list) {
      const key = lane ? lane.key : `heading/${group.track}`;
      const row = /** @type {Row} */ ({ key, kind: "heading", y, height: ROW, row: ROW, lane, group, visible: [],
        rows: new Map() });
      if (lane) {
        row.visible = lane.items.filter((item) => {
          if (item.hidden) return false;
          const [start, end] = extent(item);
          return end >= t0 && start <= t1;
        });
        this.fill(row, lane, room);
        if (row.kind === "bars") room -= row.visible.length;
      }
      rows.push(row);
      y += row.height;
    }
    return { rows, height: y };
  }

  /** @param {Row} row @param {Lane} lane @param {number} room */
  fill(row, lane, room) {
    row.kind = "density";
    row.height = 2 * ROW;
    if (row.visible.length > Math.min(IN_A_LANE, room)) return;
    this.store.pack(lane);
    row.kind = "bars";
    if (lane.rows <= MOST_ROWS) {
      row.height = lane.rows * ROW;
      for (let n = 0; n < lane.rows; n++) row.rows.set(n, n);
      return;
    }
    // So many at a time: only the rows that are used here, and those lower.
    const used = [...new Set(row.visible.map((item) => item.row))].sort((a, b) => a - b);
    used.forEach((number, n) => row.rows.set(number, n));
    row.row = used.length > MOST_ROWS ? THIN : ROW;
    row.height = Math.max(2 * ROW, used.length * row.row);
  }
}

/**
 * How many items there are at a time.
 * @param {Item[]} items @param {(item: Item) => [number, number]} place Left and right, in pixels.
 * @param {number} bins @param {number} width Pixels.
 */
export function busyness(items, place, bins, width) {
  const steps = new Float64Array(bins + 1), part = bins / width;
  for (const item of items) {
    const [left, right] = place(item);
    steps[Math.max(0, Math.min(bins - 1, Math.floor(left * part)))] += 1;
    const end = Math.floor(right * part) + 1;
    if (end <= bins) steps[Math.max(0, end)] -= 1;
  }
  const counts = new Array(bins);
  for (let n = 0, sum = 0; n < bins; n++) counts[n] = sum += steps[n];
  return counts;
}
