import { make } from "../panel/dom.js";
import { icon } from "./dom.js";

const MOST = 100; // events of a history that is shown whole
const AROUND = 24; // events on each side of the current one in a longer history
const KINDS = {
  workflow: ["●", "workflow"],
  task: ["○", "workflow task"],
  activity: ["■", "activity"],
  timer: ["◷", "timer"],
  message: ["✉", "signal or update"],
  child: ["◈", "child workflow or Nexus"],
  marker: ["◆", "marker"],
  other: ["◇", "other"],
};

/**
 * The history: the events that the step has seen are solid, later ones are faint; a click jumps.
 *
 * @param {any} data The whole journey, see payload.py.
 * @param {(event: number) => void} go Called with the index of an event.
 * @param {number} last The index of the last event that can be gone to.
 */
export function historyStrip(data, go, last) {
  const element = make("div", "st-strip");
  const chips = make("div", "st-groups", "", { role: "group", "aria-label": "Events of the history" });
  const detail = make("div", "st-event");
  element.append(chips, detail, legend());

  function legend() {
    const shown = make("div", "st-legend tc-quiet");
    for (const [kind, [sign, word]] of Object.entries(KINDS)) {
      if (!data.events.some((/** @type {any} */ event) => event[5] === kind)) continue;
      const item = make("span");
      item.append(make("span", `st-icon st-is-${kind}`, sign, { "aria-hidden": "true" }), word);
      shown.append(item);
    }
    shown.append(make("span", "", "dashed: not seen yet"));
    return shown;
  }

  /** @param {number} index @param {number} current */
  function chip(index, current) {
    const [id, type, name, , , kind, bad] = data.events[index];
    const made = make("button", `st-chip st-is-${kind}`, "", { type: "button", tabindex: index === current ? "0" : "-1" });
    const [sign] = bad ? ["✗"] : KINDS[/** @type {keyof typeof KINDS} */ (kind)];
    made.append(make("span", "", sign, { "aria-hidden": "true" }), String(id));
    made.title = `${id} ${type}${name ? ` · ${name}` : ""}`;
    made.setAttribute("aria-label", `event ${id}, ${type} ${name}${index > current ? ", not seen yet" : ""}`);
    if (bad) made.classList.add("st-bad");
    if (index > current) made.classList.add("st-ahead");
    if (index === current) made.setAttribute("aria-current", "true");
    if (index > last) made.setAttribute("aria-disabled", "true");
    else made.addEventListener("click", () => go(index));
    return made;
  }

  /** @param {number} from @param {number} to @param {string} words @param {number} target */
  function more(from, to, words, target) {
    if (to <= from) return [];
    const made = make("button", "st-more", `${(to - from).toLocaleString("en")} ${words}`, { type: "button", tabindex: "-1" });
    made.addEventListener("click", () => go(Math.min(last, Math.max(0, target))));
    return [made];
  }

  /** @param {number} current The index of the current event. */
  function show(current) {
    const focused = chips.contains(element.getRootNode().activeElement);
    const whole = data.events.length <= MOST;
    const from = whole ? 0 : Math.max(0, current - AROUND);
    const to = whole ? data.events.length : Math.min(data.events.length, current + AROUND + 1);
    const groups = [];
    for (let index = from; index < to; index++) {
      const [, , , , , , , step, after] = data.events[index];
      const key = after ? "after" : step;
      if (groups.at(-1)?.key !== key) {
        const box = make("div", "st-group");
        const words = after ? (data.divergence ? "not replayed" : "after the last step") : `step ${step + 1}`;
        const row = make("div", "st-chips");
        box.append(make("div", "st-step tc-quiet", words), row);
        groups.push({ key, box, row });
      }
      groups.at(-1)?.row.append(chip(index, current));
    }
    chips.replaceChildren(
      ...more(0, from, "earlier", current - 2 * AROUND),
      ...groups.map((group) => group.box),
      ...more(to, data.events.length, "later", current + 2 * AROUND),
    );
    if (focused) chips.querySelector("[aria-current]")?.focus({ preventScroll: true });
    describe(data.events[current]);
  }

  /** @param {any} event */
  function describe(event) {
    if (!event) return;
    const [id, type, name, content, time, kind, bad] = event;
    const first = make("div");
    const sign = bad ? "✗" : KINDS[/** @type {keyof typeof KINDS} */ (kind)][0];
    first.append(make("span", `st-icon ${bad ? "tc-bad" : `st-is-${kind}`}`, sign, { "aria-hidden": "true" }));
    first.append(make("b", "", `Event ${id} · ${type}`), name ? ` · ${name}` : "", make("span", "tc-quiet", time));
    detail.replaceChildren(first, ...(content ? [make("code", "", content)] : []));
  }

  return { element, chips, show };
}
