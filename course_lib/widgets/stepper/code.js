import { make } from "../panel/dom.js";
import { icon, say } from "./dom.js";

const SIGNS = { wait: ["‖", "wait"], ask: ["▶", "info"], part: ["✗", "bad"] };
const JUMPS = 6; // buttons for marked lines

/**
 * The learner's source, with what is said about its lines at a step.
 *
 * @param {any} data The whole journey, see payload.py.
 */
export function codePane(data) {
  const element = make("div", "st-code", "", { role: "region", "aria-label": `Source ${data.file}`, tabindex: "0" });
  const lines = data.source.map((/** @type {[string, string][]} */ pieces, /** @type {number} */ index) => {
    const line = make("div", "st-line");
    const text = make("code", "st-text");
    // The indentation is a distance, not text: a line that goes on below then begins where the line itself does.
    const indent = /^\s*/.exec(pieces.map((piece) => piece[1]).join(""))?.[0].length ?? 0;
    line.style.setProperty("--indent", String(indent));
    let skip = indent;
    for (const [kind, whole] of pieces) {
      const part = whole.slice(skip);
      skip = Math.max(0, skip - whole.length);
      if (part) text.append(kind ? make("span", `st-${kind}`, part) : part);
    }
    line.append(make("span", "st-no", String(index + 1), { "aria-hidden": "true" }), text);
    element.append(line);
    return line;
  });
  const jumps = make("span", "st-jumps");
  /** @type {any[]} */
  let marked = [];

  /** Bring lines into view, if any of them is not. @param {any[]} some */
  function bring(some) {
    const top = Math.min(...some.map((line) => line.offsetTop));
    const bottom = Math.max(...some.map((line) => line.offsetTop + line.offsetHeight));
    if (bottom - top > element.clientHeight && some.length > 1) return false;
    if (top < element.scrollTop || bottom > element.scrollTop + element.clientHeight) {
      element.scrollTop = Math.max(0, (top + bottom - element.clientHeight) / 2);
    }
    return true;
  }

  /** Show all marked lines if they fit, else those where something was done, else the first. */
  function reveal() {
    const acted = marked.filter((line) => line.matches(".st-ask, .st-part"));
    [marked, acted, marked.slice(0, 1)].find((lines) => lines.length && bring(lines));
  }

  /** @param {any} step */
  function show(step) {
    for (const line of marked) {
      line.className = "st-line";
      for (const mark of line.querySelectorAll(".st-mark")) mark.remove();
    }
    marked = [];
    for (const [number, marks] of step.marks) {
      const line = lines[number - 1];
      if (!line) continue;
      for (const [kind, words] of marks) {
        const [sign, tone] = SIGNS[/** @type {keyof typeof SIGNS} */ (kind)];
        const mark = make("div", `st-mark tc-${tone}`);
        const said = make("span");
        said.append(icon(sign, tone));
        say(said, words);
        mark.append(said);
        line.append(mark);
        line.classList.add(`st-${kind}`);
      }
      marked.push(line);
    }
    jumps.replaceChildren(...marked.slice(0, JUMPS).map(jump));
    reveal();
  }

  /** A marked line may be out of sight; a button brings it back. @param {any} line */
  function jump(line) {
    const number = line.firstChild.textContent;
    const kinds = ["wait", "ask", "part"].filter((kind) => line.classList.contains(`st-${kind}`));
    const made = make("button", "st-jump", "", { type: "button", "aria-label": `Show line ${number}` });
    for (const kind of kinds) made.append(icon(...SIGNS[/** @type {keyof typeof SIGNS} */ (kind)]));
    made.append(`line ${number}`);
    made.addEventListener("click", () => bring([line]));
    return made;
  }

  // The first step is shown before the element has a height.
  new ResizeObserver(reveal).observe(element);
  return { element, jumps, show };
}
