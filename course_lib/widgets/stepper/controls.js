import { make } from "../panel/dom.js";

/**
 * A slider with its name before it and its value in words after it.
 *
 * @param {string} name
 * @param {number} most
 * @param {(value: number) => void} go
 */
export function slider(name, most, go) {
  const element = make("label", "st-slider");
  const input = make("input", "", "", { type: "range", min: "0", max: String(most), step: "1", "aria-label": name });
  const track = make("span", "st-track");
  const value = make("span", "st-value");
  track.append(input);
  element.append(make("span", "st-name", name), track, value);
  input.addEventListener("input", () => go(Number(input.value)));

  /** @param {number} place @param {string} words @param {string} spoken */
  function show(place, words, spoken) {
    input.value = String(place);
    input.style.setProperty("--done", `${most ? (100 * place) / most : 100}%`);
    input.setAttribute("aria-valuetext", spoken);
    value.textContent = words;
  }
  return { element, input, track, show };
}

/**
 * A mark under the slider for each step; more than a hundred would only be a grey line.
 *
 * @param {any} data The whole journey, see payload.py.
 */
export function ticks(data) {
  const element = make("span", "st-ticks", "", { "aria-hidden": "true" });
  const most = data.steps.length - 1;
  data.steps.forEach((/** @type {any} */ step, /** @type {number} */ index) => {
    const parts = data.divergence?.step === index;
    if (most > 100 && !step.failed && !parts && index % Math.ceil(most / 50)) return;
    const tick = make("span", step.failed || parts ? "tc-bad" : "", step.failed || parts ? "✗" : "");
    tick.style.left = `${most > 0 ? (100 * index) / most : 0}%`;
    element.append(tick);
  });
  return element;
}

/** @param {string} text @param {string} says @param {() => void} press */
export function button(text, says, press) {
  const made = make("button", "st-button", text, { type: "button", title: says });
  made.addEventListener("click", press);
  return made;
}
