import { icon, make, say } from "./dom.js";

const SIGNS = { wait: ["‖", "wait"], ask: ["▶", "info"], part: ["✗", "bad"] };

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
  /** @type {any[]} */
  let marked = [];

  /** Bring the marked lines into view, as many of them as fit; what can be seen already is not moved. */
  function reveal() {
    const main = marked.filter((line) => line.matches(".st-wait, .st-part"));
    for (const some of [marked, main, main.slice(0, 1)]) {
      if (!some.length) continue;
      const top = Math.min(...some.map((line) => line.offsetTop));
      const bottom = Math.max(...some.map((line) => line.offsetTop + line.offsetHeight));
      if (bottom - top > element.clientHeight && some.length > 1) continue;
      if (top < element.scrollTop || bottom > element.scrollTop + element.clientHeight) {
        element.scrollTop = Math.max(0, (top + bottom - element.clientHeight) / 2);
      }
      return;
    }
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
    reveal();
  }

  // The first step is shown before the element has a height.
  new ResizeObserver(reveal).observe(element);
  return { element, show };
}
