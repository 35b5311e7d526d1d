import { keepKeys } from "../panel/keys.js";
import { make } from "../panel/dom.js";
import { makeGrid } from "./grid.js";
import { makeOpened } from "./opened.js";
import { CHOICES, EVENT, FAILURE, KIND, LINK, Store, TYPE, wanted } from "./rows.js";

const PATIENCE = 1500; // milliseconds until a kernel that does not answer counts as busy

/**
 * The events of some runs, with a filter; one of them opened.
 *
 * @param {{model: any, el: HTMLElement}} context What anywidget hands to a view.
 */
function render({ model, el }) {
  const store = new Store();
  store.take(model.get("first"));
  let run = model.get("run");
  let fresh = 0; // how many rows came while the reader was not at the end
  let kind = "all";
  let text = "";
  let gone = false;
  /** @type {Map<string, [string, string][]>} */ const details = new Map();

  const style = make("style", "", model.get("css"));
  const root = make("div", "tc tc-box et", "", { role: "group", "aria-label": "Events" });
  keepKeys(root);
  const runs = choice("Run", []);
  const kinds = choice("Show", CHOICES);
  const filter = make("input", "et-filter", "", {
    type: "search", placeholder: "type, name, payload or failure", "aria-label": "Filter events", spellcheck: "false",
  });
  const filterBox = make("label", "et-label et-wide", "Filter");
  filterBox.append(filter);
  const count = make("span", "et-count tc-quiet", "", { role: "status" });
  const newest = make("button", "et-button", "", { type: "button", hidden: "" });
  const said = make("div", "et-said", "", { role: "status" });
  const grid = makeGrid({ choose, open, shut });
  const opened = makeOpened({ go, shut });
  const bar = make("div", "et-bar");
  bar.append(runs.box, kinds.box, filterBox, newest, count);
  root.append(bar, said, grid.element, opened.element);
  el.append(style, root);

  runs.select.addEventListener("change", () => {
    run = Number(runs.select.value);
    shut();
    model.set("selected", 0);
    model.set("run", run);
    model.save_changes();
    grid.mark(0);
    show();
    arrive();
  });
  kinds.select.addEventListener("change", () => {
    kind = kinds.select.value;
    show();
  });
  filter.addEventListener("input", () => {
    text = filter.value;
    show();
  });
  filter.addEventListener("keydown", (/** @type {KeyboardEvent} */ key) => {
    if (key.key === "Escape" && filter.value) {
      filter.value = text = "";
      show();
    } else if (key.key === "ArrowDown" || key.key === "Enter") grid.enter();
    else return;
    key.preventDefault();
    key.stopPropagation();
  });
  newest.addEventListener("click", () => {
    grid.toEnd();
    fresh = 0;
    tell();
  });
  grid.element.addEventListener("scroll", () => {
    if (fresh && grid.atEnd()) {
      fresh = 0;
      tell();
    }
  });

  /** @param {any} message */
  const hear = (message) => {
    if (message.type === "detail") {
      details.set(`${message.run} ${message.event}`, message.fields);
      if (message.run === run && message.event === grid.chosen && opened.open) open();
      return;
    }
    if (message.type !== "more" && message.type !== "all") return;
    const before = rows().length;
    const follow = grid.atEnd();
    if (!store.take(message)) {
      model.send({ type: "hello", version: store.version });
      return;
    }
    // The tail of a run may be told anew (see Run.events), and then its details too.
    for (const [number, first] of message.tails) {
      for (const key of details.keys()) {
        const [which, event] = key.split(" ").map(Number);
        if (which === number && event > first) details.delete(key);
      }
    }
    show();
    if (follow) grid.toEnd();
    else fresh += Math.max(0, rows().length - before);
    tell();
  };
  const marked = () => {
    if (model.get("run") !== run && model.get("run") < store.runs.length) {
      run = model.get("run");
      show();
    }
    if (model.get("selected") === grid.chosen) return;
    grid.mark(model.get("selected"));
    if (opened.open) open();
  };
  const lost = () => {
    gone = true;
    tell();
  };
  model.on("msg:custom", hear);
  model.on("change:selected", marked);
  model.on("change:run", marked);
  model.on("comm_live_update", lost); // the kernel was restarted or stopped
  model.send({ type: "hello", version: store.version });
  show();
  marked();
  // The page lays the table out after this; before that nothing can be scrolled.
  requestAnimationFrame(arrive);

  return () => {
    model.off("msg:custom", hear);
    model.off("change:selected", marked);
    model.off("change:run", marked);
    model.off("comm_live_update", lost);
  };

  function rows() {
    return store.rows[run] ?? [];
  }

  /** The newest of a run that goes on, the first of one that has ended. */
  function arrive() {
    if (grid.chosen) return;
    if (store.runs[run]?.closed) grid.toStart();
    else grid.toEnd();
  }

  function show() {
    const shown = wanted(rows(), kind, text);
    const none = rows().length ? "No event fits the filter." : "No event yet.";
    grid.show(rows(), shown, none);
    grid.element.setAttribute("aria-label", `Events of ${store.runs[run]?.id ?? "the run"}`);
    const all = rows().length.toLocaleString("en");
    const words = shown.length === rows().length ? `${all} events` : `${shown.length.toLocaleString("en")} of ${all}`;
    if (count.textContent !== words) count.textContent = words;
    tell();
  }

  function tell() {
    runs.box.hidden = store.runs.length < 2;
    if (runs.select.options.length !== store.runs.length) {
      runs.select.replaceChildren(...store.runs.map((one, at) => new Option(one.label, String(at))));
    }
    runs.select.value = String(run);
    newest.hidden = !fresh;
    newest.textContent = `↓ ${fresh} new`;
    const words = gone ? model.get("gone") : store.runs[run]?.error ?? "";
    if (said.textContent !== words) said.textContent = words;
    said.hidden = !words;
  }

  /** @param {number} event */
  function choose(event) {
    model.set("selected", event);
    model.save_changes();
    if (opened.open) open();
  }

  function open() {
    const row = rows()[grid.chosen - 1];
    if (!row) return;
    const heading = `Event ${row[EVENT]} ${row[TYPE]}`;
    const known = details.get(`${run} ${row[EVENT]}`);
    if (known) {
      opened.show(heading, known.slice(1));
      return;
    }
    const answers = row[LINK] ? [/** @type {[string, string]} */ (["answers", `event ${row[LINK]}`])] : [];
    opened.show(heading, answers, gone ? model.get("gone") : "…");
    if (gone) return;
    model.send({ type: "open", run, event: row[EVENT] });
    setTimeout(() => {
      if (opened.open && grid.chosen === row[EVENT] && !details.has(`${run} ${row[EVENT]}`)) {
        opened.show(heading, answers, "The kernel is busy; the details come when it has time.");
      }
    }, PATIENCE);
  }

  /** Close the opened event; return whether one was open. */
  function shut() {
    if (!opened.open) return false;
    const inside = opened.element.contains(opened.element.ownerDocument.activeElement);
    opened.hide();
    if (inside) grid.element.focus({ preventScroll: true });
    return true;
  }

  /** @param {number} event */
  function go(event) {
    const row = rows()[event - 1];
    if (!row) return;
    const fits = (kind === "all" || row[KIND] === kind || (kind === "failure" && row[FAILURE])) && !text;
    if (!fits) {
      // What is pointed at must be there to be seen.
      kinds.select.value = kind = "all";
      filter.value = text = "";
      show();
    }
    grid.mark(event);
    choose(event);
    grid.element.focus({ preventScroll: true });
  }

  /** @param {string} word @param {string[][]} options */
  function choice(word, options) {
    const box = make("label", "et-label", word);
    const select = make("select", "et-select", "", { "aria-label": word });
    select.append(...options.map(([value, label]) => new Option(label, value)));
    box.append(select);
    return { box, select };
  }
}

export default { render };
