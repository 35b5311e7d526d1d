/**
 * One event: number, time since the start, time, type, name, payload, failure, kind, attempt, link, took (rows.py).
 *
 * @typedef {[number, string, string, string, string, string, string, string, number, number, string]} Row
 * @typedef {{label: string, id: string, closed: boolean, error: string}} Run
 */

export const EVENT = 0, OFFSET = 1, TIME = 2, TYPE = 3, NAME = 4, PAYLOAD = 5, FAILURE = 6, KIND = 7, ATTEMPT = 8;
export const LINK = 9, TOOK = 10;

/** What can be chosen to be shown: value, word. */
export const CHOICES = [
  ["all", "all events"],
  ["activity", "activities"],
  ["timer", "timers"],
  ["message", "messages"],
  ["task", "workflow tasks"],
  ["child", "child workflows"],
  ["workflow", "the workflow itself"],
  ["failure", "failures"],
];

/** The sign and the tone of each kind; the type beside it says the same in words. */
export const SIGNS = {
  activity: ["▶", "ok"],
  timer: ["◷", "wait"],
  message: ["◆", "warn"],
  task: ["○", "quiet"],
  child: ["⇲", "info"],
  workflow: ["■", "info"],
  other: ["•", "quiet"],
};

/** The rows of all runs, as they come from the kernel. */
export class Store {
  constructor() {
    /** @type {Run[]} */
    this.runs = [];
    /** @type {Row[][]} */
    this.rows = [];
    this.version = -1;
  }

  /**
   * Take a message of the kernel's.
   *
   * @param {{type: string, version: number, runs: Run[], tails: [number, number, Row[]][]}} message
   * @returns {boolean} Whether it fits; if not, everything has to be asked for.
   */
  take(message) {
    if (message.type === "more" && message.version !== this.version + 1) return message.version <= this.version;
    if (message.type === "all") this.rows = [];
    this.runs = message.runs;
    this.version = message.version;
    for (const [run, first, fresh] of message.tails) {
      const rows = (this.rows[run] ??= []);
      rows.length = first;
      for (const row of fresh) rows.push(row);
    }
    return true;
  }
}

/**
 * Return the positions of the rows that are wanted.
 *
 * @param {Row[]} rows
 * @param {string} kind One of CHOICES.
 * @param {string} text Words that must all be there, in any of type, name, payload and failure; `#12` is event 12.
 * @returns {number[]}
 */
export function wanted(rows, kind, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (kind === "failure" ? !row[FAILURE] : kind !== "all" && row[KIND] !== kind) continue;
    if (words.length) {
      const all = `${row[TYPE]}\n${row[NAME]}\n${row[PAYLOAD]}\n${row[FAILURE]}`.toLowerCase();
      if (!words.every((word) => all.includes(word) || word === `#${row[EVENT]}`)) continue;
    }
    found.push(at);
  }
  return found;
}
