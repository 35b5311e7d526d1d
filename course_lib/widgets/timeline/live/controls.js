/** The buttons above the picture, and the notes below it. */

import { Chart } from "./chart.js";
import { make } from "../../panel/dom.js";
import { childRuns, showsChildren } from "./layout.js";
import { Moving } from "./moving.js";
import { inWords } from "./words.js";

export class Controls {
  /** @param {Chart} chart @param {Moving} moving @param {(on: boolean) => void} table Shows or hides the events. */
  constructor(chart, moving, table) {
    const { store } = chart;
    this.chart = chart;
    this.store = store;
    this.element = make("div", "tl-tools");
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Timeline controls");
    this.notes = make("div", "tl-foot tc-quiet");
    this.buttons = {
      out: this.button("−", "Zoom out (−)", () => moving.zoom(1 / 1.5)),
      in: this.button("+", "Zoom in (+)", () => moving.zoom(1.5)),
      fit: this.button("Fit", "Show the whole run (0)", () => moving.all()),
      follow: this.button("Follow", "Go on with the clock (F)", () => moving.follow(!chart.follow)),
      children: this.button("Children", "Show child runs in lanes of their own", () => {
        chart.children = !showsChildren(store, chart.children);
        moving.changed();
      }),
      align: this.button("By clock", "Both by the clock, or each from its own start", () => {
        chart.byClock = !chart.byClock;
        moving.all();
      }),
    };
    const legend = make("div", "tl-legend");
    legend.setAttribute("aria-hidden", "true");
    for (const [name, words] of [["tl-key-wait", "waits for a worker"], ["tl-key-again", "waits for the next attempt"],
      ["tl-key-bad", "failed"]]) {
      const entry = make("span");
      entry.append(make("i", name), words);
      legend.append(entry);
    }
    this.buttons.events = this.button("Events", "The events as a table below", () => {
      table(this.buttons.events.getAttribute("aria-pressed") !== "true");
    });
    this.element.append(...Object.values(this.buttons), legend);
  }

  /** @param {string} text @param {string} tip @param {() => void} press */
  button(text, tip, press) {
    const button = /** @type {HTMLButtonElement} */ (make("button", "tl-button", text));
    button.type = "button";
    button.title = tip;
    if (text.length === 1) button.setAttribute("aria-label", tip);
    button.addEventListener("click", press);
    return button;
  }

  /** @param {boolean} lost Whether the kernel is gone. @param {any} model anywidget's. */
  update(lost, model) {
    const { buttons, chart, store } = this;
    const following = chart.live && chart.follow;
    buttons.follow.hidden = !store.tracks.some((track, n) => track.live && chart.opens[n]);
    buttons.follow.disabled = lost;
    buttons.follow.setAttribute("aria-pressed", String(following));
    buttons.follow.textContent = following ? "● Follow" : "○ Follow";
    buttons.fit.disabled = buttons.out.disabled = chart.fit;
    const children = childRuns(store);
    buttons.children.hidden = children === 0;
    buttons.children.textContent = `Child runs (${children})`;
    buttons.children.setAttribute("aria-pressed", String(showsChildren(store, chart.children)));
    buttons.events.hidden = !model.get("tabular");
    buttons.events.disabled = lost;
    buttons.events.setAttribute("aria-pressed", String(Boolean(model.get("table"))));
    buttons.align.hidden = store.tracks.length < 2;
    buttons.align.setAttribute("aria-pressed", String(chart.byClock));
    const notes = ["#n: event numbers"];
    if (chart.scale.breaks.length) notes.push("// the time axis is shortened there");
    const jumps = [...store.items.values()].flatMap((item) => item.spans).filter(
      (span) => span.status === "skipped" && store.runs[span.run].relation !== "child");
    if (jumps.length && store.tracks.length === 1) {
      const skipped = jumps.reduce((sum, { start, end }) => sum + Number(end) - start, 0);
      const really = inWords(chart.until(0) - skipped);
      notes.push(`» the run's own, virtual clock: ${inWords(skipped)} of it were skipped, ${really} really passed`);
    }
    if ([...store.items.values()].some((item) => item.spans[0].estimated)) {
      notes.push("≈ reckoned from the retry policy: a history keeps an activity's last attempt only");
    }
    if (chart.rows.some((row) => row.kind === "density")) {
      notes.push("too many to draw: the height is how many there were at a time; zoom in to see each");
    }
    const text = notes.join("\u2003");
    if (this.notes.textContent !== text) this.notes.textContent = text;
  }
}
