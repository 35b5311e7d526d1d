import { make } from "../panel/dom.js";
import { heading, icon, say } from "./dom.js";

/**
 * Where code and history part: both sides beside each other, and the explanation.
 *
 * @param {any} data The whole journey, see payload.py.
 * @param {(step: number) => void} go Called to go to that step.
 */
export function partingNote(data, go) {
  const element = make("div", "st-parting");
  const parting = data.divergence;
  if (!parting) return { element, show: () => {} };

  const full = make("div", "tc-callout", "", { role: "group", "aria-label": "Where code and history part" });
  full.style.setProperty("--tc-tone", "var(--tc-bad)");
  const title = make("div", "tc-title");
  title.append(icon("✗", "bad"), `Code and history part at step ${parting.step + 1}`);
  const sides = make("div", "st-sides");
  sides.append(
    side(parting.line ? `Your code now, line ${parting.line}` : "Your code now", parting.source, parting.issued),
    side(`The history says, event ${parting.event}`, "", parting.expected),
  );
  full.append(title, sides, say(make("div", "tc-body"), parting.text));

  const brief = make("div", "st-brief tc-bad");
  const words = make("span", "", `Code and history part at step ${parting.step + 1}.`);
  const jump = make("button", "st-button", "Show it", { type: "button" });
  jump.addEventListener("click", () => go(parting.step));
  brief.append(icon("✗", "bad"), words, jump);
  element.append(full, brief);

  /** @param {number} step */
  function show(step) {
    full.hidden = step !== parting.step;
    brief.hidden = step === parting.step;
  }
  return { element, show };
}

/** @param {string} title @param {string} source @param {string} words */
function side(title, source, words) {
  const made = make("div");
  made.append(heading(title));
  if (source) made.append(make("code", "", source));
  made.append(say(make("div"), words));
  return made;
}
