/** What the kernel sent: items in lanes. Knows nothing of pixels. */

/**
 * @typedef {{run: number, item: number, kind: string, lane: string, name: string, start: number, end: number|null,
 *   status: string, attempt: number, first: number, last: number, detail: string, waited: number|null,
 *   estimated: boolean, more: boolean, place: number}} Span
 * @typedef {{key: string, run: number, number: number, track: number, start: number, end: number, spans: Span[],
 *   lane: Lane, row: number, hidden: boolean}} Item
 * @typedef {{key: string, kind: string, name: string, group: number, track: number, items: Item[], rows: number,
 *   packed: boolean}} Lane
 * @typedef {{number: number, track: number, parent: number|null, depth: number, title: string, id: string}} Group
 */

// The workflow stands first, what its Workers did on its behalf last; between them, by time.
const RANK = /** @type {Record<string, number>} */ ({ workflow: 0, marker: 2, mark: 3, workflow_task: 4 });

export class Store {
  constructor() {
    this.version = -1;
    this.reset();
  }

  reset() {
    /** @type {string[]} */ this.texts = [];
    /** @type {any[]} */ this.tracks = [];
    /** @type {any[]} */ this.runs = [];
    /** @type {string[]} */ this.remarks = [];
    /** @type {Map<string, Item>} */ this.items = new Map();
    /** @type {Map<string, Lane>} */ this.lanes = new Map();
    /** Each track's last known moment. @type {number[]} */ this.known = [];
    this.generation = 0;
  }

  /**
   * Take a message; false when it does not follow on what is here.
   * @param {any} message As `model.py` makes it.
   */
  apply(message) {
    if (message.base !== 0 && message.base !== this.version) return message.version <= this.version;
    if (message.base === 0) this.reset();
    this.version = message.version;
    this.texts.push(...message.texts);
    this.tracks = message.tracks;
    this.runs = message.runs;
    this.remarks = message.remarks;
    this.generation += 1;
    for (const [run, number] of message.gone) this.remove(`${run}:${number}`);
    this.take(message.spans);
    return true;
  }

  /** @param {Record<string, any[]>} columns */
  take(columns) {
    const { run, item, start } = columns;
    for (let n = 0; n < (run?.length ?? 0);) {
      /** @type {Span[]} */
      const spans = [];
      const first = n;
      for (; n < run.length && run[n] === run[first] && item[n] === item[first]; n++) {
        spans.push({
          run: run[n], item: item[n], kind: this.texts[columns.kind[n]], lane: this.texts[columns.lane[n]],
          name: this.texts[columns.name[n]], start: start[n], end: columns.end[n],
          status: this.texts[columns.status[n]], attempt: columns.attempt[n], first: columns.first[n],
          last: columns.last[n], detail: this.texts[columns.detail[n]], waited: columns.waited[n],
          estimated: Boolean(columns.flags[n] & 1), more: Boolean(columns.flags[n] & 2), place: spans.length,
        });
      }
      this.put(run[first], item[first], spans);
    }
  }

  /** @param {number} run @param {number} number @param {Span[]} spans */
  put(run, number, spans) {
    const key = `${run}:${number}`, { track, group } = this.runs[run];
    const start = spans[0].waited ?? spans[0].start;
    const last = spans[spans.length - 1];
    const end = last.end === null ? Infinity : Math.max(...spans.map((span) => span.end ?? 0));
    this.known[track] = Math.max(this.known[track] ?? 0, last.start, end === Infinity ? 0 : end);
    const lane = this.lane(track, group, spans[0]);
    const earlier = this.items.get(key);
    if (earlier && earlier.lane === lane && earlier.start === start) {
      Object.assign(earlier, { spans, end });
      lane.packed = false;
      return;
    }
    if (earlier) this.remove(key);
    const item = { key, run, number, track, start, end, spans, lane, row: 0, hidden: false };
    this.items.set(key, item);
    let place = lane.items.length;
    while (place > 0 && lane.items[place - 1].start > start) place -= 1;
    lane.items.splice(place, 0, item);
    lane.packed = false;
  }

  /** @param {number} track @param {number} group @param {Span} span @returns {Lane} */
  lane(track, group, span) {
    const name = span.kind === "workflow" ? "" : span.lane;
    const key = `${track}/${group}/${span.kind}/${name}`;
    let lane = this.lanes.get(key);
    if (!lane) {
      lane = { key, kind: span.kind, name: span.lane, group, track, items: [], rows: 1, packed: false };
      this.lanes.set(key, lane);
    }
    return lane;
  }

  /** @param {string} key */
  remove(key) {
    const item = this.items.get(key);
    if (!item) return;
    this.items.delete(key);
    item.lane.items.splice(item.lane.items.indexOf(item), 1);
    item.lane.packed = false;
    if (!item.lane.items.length) this.lanes.delete(item.lane.key);
  }

  /** Groups of lanes in the order in which they stand: each workflow, and below it its children. @returns {Group[]} */
  groups() {
    /** @type {Map<number, Group>} */
    const groups = new Map();
    for (const run of this.runs) {
      if (groups.has(run.group)) continue;
      const depth = run.parent === null ? 0 : (groups.get(run.parent)?.depth ?? 0) + 1;
      const { track, parent, type, id } = run;
      groups.set(run.group, { number: run.group, track, parent, depth, title: type, id });
    }
    const all = [...groups.values()];
    /** @param {number|null} parent @param {number} track @returns {Group[]} */
    const below = (parent, track) => all.filter((group) => group.parent === parent && group.track === track)
      .flatMap((group) => [group, ...below(group.number, track)]);
    return this.tracks.flatMap((_, track) => below(null, track));
  }

  /** A group's lanes, from top to bottom. @param {Group} group @returns {Lane[]} */
  lanesOf(group) {
    return [...this.lanes.values()].filter((lane) => lane.group === group.number && lane.track === group.track)
      .sort((a, b) => (RANK[a.kind] ?? 1) - (RANK[b.kind] ?? 1) || a.items[0].start - b.items[0].start);
  }

  /** Give each item of a lane a row in which nothing overlaps. @param {Lane} lane */
  pack(lane) {
    if (lane.packed) return;
    /** @type {Item[]} */
    const last = [];
    for (const item of lane.items) {
      if (item.hidden) continue;
      let row = last.findIndex((other) => other.end <= item.start && other.start < item.start);
      if (row < 0) row = last.length;
      last[row] = item;
      item.row = row;
    }
    lane.rows = Math.max(1, last.length);
    lane.packed = true;
  }

  /** Whether anything of a track goes on. @param {number} track */
  open(track) {
    for (const item of this.items.values()) if (item.track === track && item.end === Infinity) return true;
    return false;
  }
}
