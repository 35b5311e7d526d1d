import { keepKeys } from "../panel/keys.js";
import { codePane } from "./code.js";
import { button, slider, ticks } from "./controls.js";
import { make } from "../panel/dom.js";
import { factsPane } from "./facts.js";
import { partingNote } from "./parting.js";
import { historyStrip } from "./strip.js";

const PACE = 1400; // milliseconds per step while it plays: time to read one sentence

/**
 * Steps through a journey. Everything is in the page from the start, so it works with a busy kernel and without one.
 *
 * @param {{model: any, el: HTMLElement}} context What anywidget hands to a view.
 */
function render({ model, el }) {
  const data = model.get("journey");
  const steps = data.steps;
  const lastStep = steps.length - 1;
  // Past the last step only what it led to can be looked at; after a parting, nothing but the event it parted at.
  const reach = data.events.findLastIndex((/** @type {any} */ event) =>
    data.divergence ? !event[8] || event[0] <= data.divergence.event : true,
  );
  let step = data.divergence ? Math.min(data.divergence.step, lastStep) : 0;
  let event = 0;
  /** @type {number | undefined} */
  let playing;

  const label = `Time travel through ${data.type} ${data.id}`;
  const root = make("div", "tc tc-box tc-st", "", { role: "group", "aria-label": label });

  const code = codePane(data);
  const facts = factsPane(data);
  const strip = historyStrip(data, (index) => byHand(() => toEvent(index)), reach);
  const parting = partingNote(data, (number) => byHand(() => toStep(number)));
  const stepSlider = slider("Step", lastStep, (number) => byHand(() => toStep(number)));
  const eventSlider = slider("Event", Math.max(0, reach), (index) => byHand(() => toEvent(index)));
  stepSlider.track.append(ticks(data));
  const says = make("div", "st-says", "", { role: "status" });

  const first = button("|‹ First", "First step (Home)", () => byHand(() => toStep(0)));
  const previous = button("‹ Previous", "Previous step (Left arrow)", () => byHand(() => toStep(step - 1)));
  const next = button("Next ›", "Next step (Right arrow)", () => byHand(() => toStep(step + 1)));
  const last = button("Last ›|", "Last step (End)", () => byHand(() => toStep(lastStep)));
  const play = button("▷ Play", "Play step by step (Space)", () => (playing === undefined ? start() : stop()));

  root.append(head(), parting.element, bar(), says, ...data.notes.map(note), panes(), bottom());
  root.addEventListener("keydown", pressed);
  keepKeys(root);
  el.append(root);
  toStep(step);

  function head() {
    const made = make("div", "st-head");
    made.append(make("b", "", data.type), make("span", "tc-quiet", data.id), make("span", "st-outcome", data.outcome));
    return made;
  }

  function bar() {
    const made = make("div", "st-bar");
    const buttons = make("div", "st-buttons", "", { role: "group", "aria-label": "Move" });
    buttons.append(first, previous, next, last, play);
    made.append(buttons, stepSlider.element);
    return made;
  }

  function panes() {
    const made = make("div", "st-panes");
    made.style.setProperty("--lines", String(data.source.length));
    const left = make("div", "st-left");
    const file = make("div", "st-file");
    file.append(make("span", "tc-quiet", data.file), code.jumps);
    left.append(file, code.element);
    const right = make("div", "st-left");
    right.append(make("div", "st-file tc-quiet", "After this step"), facts.element);
    made.append(left, right);
    return made;
  }

  function bottom() {
    const made = make("div", "st-bottom");
    made.append(eventSlider.element, strip.element);
    return made;
  }

  /** @param {string} text */
  function note(text) {
    return make("div", "st-note tc-quiet", `ℹ ${text}`);
  }

  /** What the learner does ends the play. @param {() => void} move */
  function byHand(move) {
    stop();
    move();
  }

  /** Go to a step, and in the history to the last event that it was told of. @param {number} number */
  function toStep(number) {
    step = Math.max(0, Math.min(lastStep, number));
    const index = data.events.findIndex((/** @type {any} */ row) => row[0] === steps[step].last);
    draw(index < 0 ? 0 : index, true);
  }

  /** Go to an event, and to the step that was told of it first. @param {number} index */
  function toEvent(index) {
    event = Math.max(0, Math.min(reach, index));
    const seen = data.events[event][7];
    const other = seen !== step;
    step = seen;
    draw(event, other);
  }

  /** @param {number} index @param {boolean} other Whether it is another step than before. */
  function draw(index, other) {
    event = index;
    const now = steps[step];
    const place = `step ${step + 1} of ${steps.length}: ${now.says}`;
    stepSlider.show(step, `${step + 1} of ${steps.length}`, place);
    const [id, type, name] = data.events[event];
    eventSlider.show(event, `${id} of ${data.events[reach][0]}`, `event ${id}: ${type} ${name}, seen by step ${step + 1}`);
    strip.show(event);
    if (other) {
      code.show(now);
      facts.show(now);
      parting.show(step);
      says.replaceChildren(make("b", "", `Step ${step + 1} of ${steps.length}`), `, ${now.later}: ${now.says}.`);
      able(first, step > 0);
      able(previous, step > 0);
      able(next, step < lastStep);
      able(last, step < lastStep);
      able(play, lastStep > 0);
    }
  }

  /** Not `disabled`: the focus would be lost at the end of the way. @param {any} which @param {boolean} can */
  function able(which, can) {
    which.setAttribute("aria-disabled", String(!can));
  }

  function start() {
    if (lastStep === 0) return;
    if (step === lastStep) toStep(0);
    playing = window.setInterval(() => {
      if (!root.isConnected) return stop();
      toStep(step + 1);
      if (step === lastStep) stop();
    }, PACE);
    play.textContent = "‖ Pause";
  }

  function stop() {
    window.clearInterval(playing);
    playing = undefined;
    play.textContent = "▷ Play";
  }

  /** @param {KeyboardEvent} key */
  function pressed(key) {
    const target = /** @type {any} */ (key.target);
    if (key.ctrlKey || key.metaKey || key.altKey || key.shiftKey) return;
    const slides = target.type === "range";
    const inStrip = strip.chips.contains(target);
    const place = inStrip ? event : step;
    const go = inStrip ? toEvent : toStep;
    const moves = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: Infinity };
    if (key.key in moves && !slides) {
      byHand(() => go(moves[/** @type {keyof typeof moves} */ (key.key)]));
    } else if (key.key === " " && target.tagName !== "BUTTON") {
      play.click();
    } else {
      return;
    }
    key.preventDefault();
  }

  return stop;
}

export default { render };
