import { make } from "../panel/dom.js";
import { ATTEMPT, EVENT, FAILURE, KIND, NAME, OFFSET, PAYLOAD, SIGNS, TIME, TOOK, TYPE } from "./rows.js";

const HEIGHT = 25; // pixels of a row; table.css says the same
const MORE = 10; // rows above and below what can be seen
const HEADS = [
  ["#", "number"], ["Since start", "number"], ["Took", "number"], ["Event", ""], ["Name", ""],
  ["Payload or failure", ""],
];
let grids = 0;

/**
 * A table of which only the rows exist that can be seen, so that ten thousand cost no more than thirty.
 *
 * @param {{choose: (event: number) => void, open: () => void, shut: () => boolean}} does
 */
export function makeGrid(does) {
  const id = `et-${++grids}-${Math.random().toString(36).slice(2, 8)}`;
  /** @type {any[]} */ let rows = [];
  /** @type {number[]} */ let shown = [];
  let chosen = 0; // the number of the event
  let painted = "";

  const element = make("div", "et-grid", "", { role: "grid", tabindex: "0", "aria-colcount": String(HEADS.length) });
  const head = make("div", "et-row et-heads", "", { role: "row", "aria-rowindex": "1" });
  for (const [text, kind] of HEADS) head.append(make("div", `et-cell ${kind}`, text, { role: "columnheader" }));
  const groupHead = make("div", "et-top", "", { role: "rowgroup" });
  groupHead.append(head);
  const body = make("div", "et-body", "", { role: "rowgroup" });
  const empty = make("div", "et-empty tc-quiet");
  element.append(groupHead, body, empty);

  element.addEventListener("scroll", () => requestAnimationFrame(() => paint()), { passive: true });
  new ResizeObserver(() => paint(true)).observe(element);
  body.addEventListener("click", (/** @type {any} */ click) => {
    const row = click.target.closest(".et-row");
    if (!row) return;
    choose(Number(row.dataset.event));
    does.open();
  });
  element.addEventListener("keydown", (/** @type {KeyboardEvent} */ key) => {
    if (key.ctrlKey || key.metaKey || key.altKey) return;
    const page = Math.max(1, Math.floor(element.clientHeight / HEIGHT) - 2);
    const moves = {
      ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length,
    };
    const move = /** @type {Record<string, number>} */ (moves)[key.key];
    if (move !== undefined) step(move);
    else if (key.key === "Enter" || key.key === " ") {
      if (!chosen) step(1);
      does.open();
    } else if (key.key !== "Escape" || !does.shut()) return;
    key.preventDefault();
    key.stopPropagation();
  });

  /** @param {number} by */
  function step(by) {
    if (!shown.length) return;
    const at = place(chosen);
    // Nothing chosen, or the chosen one is filtered away: begin where the eye is.
    const from = at < 0 ? Math.floor(element.scrollTop / HEIGHT) - (by > 0 ? 1 : 0) : at;
    choose(rows[shown[Math.max(0, Math.min(shown.length - 1, from + by))]][EVENT]);
  }

  /** @param {number} event */
  function place(event) {
    return shown.findIndex((at) => rows[at][EVENT] === event);
  }

  /** @param {number} event */
  function choose(event) {
    chosen = event;
    reveal();
    paint(true);
    does.choose(event);
  }

  function reveal() {
    const at = place(chosen);
    if (at < 0) return;
    const top = at * HEIGHT;
    const room = element.clientHeight - groupHead.offsetHeight - HEIGHT;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + room) element.scrollTop = top - room;
  }

  /** @param {boolean} [anew] Whether the rows themselves may have changed. */
  function paint(anew = false) {
    const first = Math.max(0, Math.floor(element.scrollTop / HEIGHT) - MORE);
    const last = Math.min(shown.length, Math.ceil((element.scrollTop + element.clientHeight) / HEIGHT) + MORE);
    const key = `${first} ${last}`;
    if (!anew && key === painted) return;
    painted = key;
    body.replaceChildren(...shown.slice(first, last).map((at, index) => drawRow(rows[at], first + index)));
    const visible = body.querySelector(".et-chosen");
    if (visible) element.setAttribute("aria-activedescendant", visible.id);
    else element.removeAttribute("aria-activedescendant");
  }

  /** @param {any} row @param {number} at */
  function drawRow(row, at) {
    const line = make("div", "et-row", "", {
      role: "row", id: `${id}-${row[EVENT]}`, "aria-rowindex": String(at + 2), "data-event": String(row[EVENT]),
    });
    line.style.top = `${at * HEIGHT}px`;
    if (row[EVENT] === chosen) {
      line.classList.add("et-chosen");
      line.setAttribute("aria-selected", "true");
    }
    const [sign, tone] = row[FAILURE] ? ["✗", "bad"] : SIGNS[/** @type {keyof SIGNS} */ (row[KIND])] ?? SIGNS.other;
    const type = cell("", "");
    type.append(make("span", `et-sign tc-${tone}`, sign, { "aria-hidden": "true" }), row[TYPE]);
    const name = cell("", row[NAME]);
    if (row[ATTEMPT]) name.append(" ", make("span", "tc-quiet", `attempt ${row[ATTEMPT]}`));
    const value = cell(row[FAILURE] ? "et-value tc-bad" : "et-value", row[FAILURE] || row[PAYLOAD]);
    value.title = row[FAILURE] || row[PAYLOAD];
    const since = cell("number", row[OFFSET]);
    since.title = `${row[TIME]} UTC`;
    line.append(cell("number tc-quiet", String(row[EVENT])), since, cell("number", row[TOOK]), type, name, value);
    return line;
  }

  /** @param {string} className @param {string} text */
  function cell(className, text) {
    return make("div", `et-cell ${className}`, text, { role: "gridcell" });
  }

  return {
    element,
    /** @param {any[]} all @param {number[]} positions @param {string} instead What to say when there is no row. */
    show(all, positions, instead) {
      rows = all;
      shown = positions;
      body.style.height = `${shown.length * HEIGHT}px`;
      element.setAttribute("aria-rowcount", String(shown.length + 1));
      empty.textContent = shown.length ? "" : instead;
      paint(true);
    },
    /** @param {number} event Chosen by somebody else. */
    mark(event) {
      if (event === chosen) return;
      chosen = event;
      reveal();
      paint(true);
    },
    get chosen() {
      return chosen;
    },
    atEnd: () => element.scrollTop + element.clientHeight >= element.scrollHeight - HEIGHT,
    toEnd: () => (element.scrollTop = element.scrollHeight),
    toStart: () => (element.scrollTop = 0),
    enter() {
      element.focus({ preventScroll: true });
      if (place(chosen) < 0) step(1);
    },
  };
}
