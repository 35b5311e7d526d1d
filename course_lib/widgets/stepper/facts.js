import { make } from "../panel/dom.js";
import { heading, icon } from "./dom.js";

const TAGS = { changed: ["●", "info"], new: ["+", "ok"], gone: ["−", "bad"] };

const LONG = 40; // characters of two values that stand on one line

/**
 * What a step was told, what the code did, and how it stood afterwards.
 *
 * @param {any} data The whole journey, see payload.py.
 */
export function factsPane(data) {
  const element = make("div", "st-facts", "", { role: "region", "aria-label": "State after this step", tabindex: "0" });
  const asksQueries = data.steps.some((/** @type {any} */ step) => step.answers.length);

  /** @param {string} title @param {string[]} items @param {string} none */
  function list(title, items, none) {
    const section = make("section");
    section.append(heading(title));
    if (items.length) {
      const lines = make("ul");
      for (const item of items) lines.append(make("li", "", item));
      section.append(lines);
    } else {
      section.append(make("div", "tc-quiet", none));
    }
    return section;
  }

  /** @param {any[]} rows */
  function variables(rows) {
    const table = make("table");
    for (const [name, value, before, word] of rows) {
      const row = make("tr", word ? "st-new" : "");
      const cell = make("td");
      const tag = make("td", "st-tag");
      if (word) {
        const [sign, tone] = TAGS[/** @type {keyof typeof TAGS} */ (word)];
        tag.classList.add(`tc-${tone}`);
        tag.append(icon(sign, tone), word);
      }
      const now = word === "gone" ? "" : data.texts[value];
      if (before !== null) {
        const old = data.texts[before];
        cell.append(make("code", "tc-quiet", old));
        if (now) cell.append(old.length + now.length > LONG ? make("br") : " ", "→ ");
      }
      if (now) cell.append(make("code", "", now));
      row.append(make("th", "", name, { scope: "row" }), cell, tag);
      table.append(row);
    }
    return table;
  }

  /** @param {any[]} rows */
  function answers(rows) {
    const table = make("table");
    for (const [name, answer] of rows) {
      const row = make("tr");
      const cell = make("td");
      cell.append(make("code", "", data.texts[answer]));
      row.append(make("th", "", name, { scope: "row" }), cell);
      table.append(row);
    }
    return table;
  }

  /** @param {string} title @param {any[]} rows @param {(rows: any[]) => any} draw @param {string} none */
  function part(title, rows, draw, none) {
    const section = make("section");
    section.append(heading(title), rows.length ? draw(rows) : make("div", "tc-quiet", none));
    return section;
  }

  /** @param {any} step */
  function show(step) {
    const time = make("section");
    time.append(heading("Workflow clock"), make("span", "st-clock", step.clock), " ", make("b", "", step.later));
    const shown = [time];
    if (step.failed) {
      const failed = make("section", "tc-callout");
      failed.style.setProperty("--tc-tone", "var(--tc-bad)");
      const title = make("div", "tc-title");
      title.append(icon("✗", "bad"), "This workflow task failed");
      failed.append(title, make("div", "tc-body", step.failed));
      shown.push(failed);
    }
    shown.push(
      list(`Arrived with ${step.span}`, step.told, step.failed ? "the next attempt was told the same" : "nothing new"),
      list("Commands issued", step.commands, "none"),
      list("Waits now", step.waits, step.over ? "nothing: the run is over" : "nothing"),
      part("Variables", step.variables, variables, "the workflow object has none"),
    );
    if (asksQueries) shown.push(part("Queries would answer", step.answers, answers, "nothing at this moment"));
    element.replaceChildren(...shown);
    element.scrollTop = 0;
  }

  return { element, show };
}
