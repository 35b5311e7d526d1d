/** The picture as a table, for those who cannot see it and those who want the numbers. */

import { Chart } from "./chart.js";
import { make } from "../../panel/dom.js";
import { SIGNS, eventsOf, statusWords, took } from "./words.js";

const ROWS = 200; // of the table
const TABLE_EVERY = 1000; // milliseconds

/** It is drawn anew at most once a second, and only while it is open. */
export class Twin {
  /** @param {Chart} chart */
  constructor(chart) {
    this.chart = chart;
    this.store = chart.store;
    this.element = make("details");
    this.element.append(make("summary", "", "As a table"), make("div", "tl-table"));
    this.element.addEventListener("toggle", () => this.fill());
    this.drawn = 0;
    this.generation = -1;
    this.timer = 0;
  }

  fill() {
    const { store } = this, { open } = /** @type {HTMLDetailsElement} */ (this.element);
    if (!open || this.timer || this.generation === store.generation) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.drawn = performance.now();
      this.generation = store.generation;
      this.element.lastElementChild?.replaceChildren(this.make());
    }, Math.max(0, this.drawn + TABLE_EVERY - performance.now()));
  }

  make() {
    const table = make("table"), head = make("tr"), body = make("tbody");
    const columns = [...(this.store.tracks.length > 1 ? ["run"] : []), "kind", "name", "start", "took", "status",
      "events", "detail"];
    head.append(...columns.map((name) => make("th", "", name)));
    let count = 0;
    for (const item of this.store.items.values()) {
      for (const span of item.spans) {
        if (++count > ROWS) continue;
        const row = make("tr");
        const cells = [SIGNS.kinds[span.kind] || span.kind.replace("_", " "),
          span.attempt > 1 ? `${span.name}, attempt ${span.attempt}` : span.name, `+${(span.start / 1e6).toFixed(3)} s`,
          (span.estimated ? "≈ " : "") + took(span, this.chart.until(item.track)), statusWords(span), eventsOf(span),
          span.detail.length > 160 ? `${span.detail.slice(0, 160)}…` : span.detail];
        if (columns.length > cells.length) cells.unshift("AB"[item.track]);
        row.append(...cells.map((text) => make("td", "", text)));
        body.append(row);
      }
    }
    const top = make("thead");
    top.append(head);
    table.append(top, body);
    if (count > ROWS) {
      const row = make("tr"), cell = /** @type {HTMLTableCellElement} */ (make("td", "",
        `and ${(count - ROWS).toLocaleString("en")} more: lab.events(handle) has every event`));
      cell.colSpan = columns.length;
      row.append(cell);
      body.append(row);
    }
    return table;
  }
}
