import { build } from "./panel/dom.js";

/**
 * A question with native radio buttons or check boxes, one button, and a place for the answer to the answer.
 *
 * Native controls in a fieldset: arrow keys, Space, Enter and screen readers work without a line of script here.
 * (ipywidgets' own RadioButtons share no name, so arrow keys do not move between them.)
 *
 * `question`, `options` and `said` are HTML that Python has escaped; the course's own texts and nothing else.
 *
 * @param {{model: any, el: HTMLElement}} context What anywidget hands to a view.
 */
function render({ model, el }) {
  const group = `choice-${Math.random().toString(36).slice(2)}`;
  const fieldset = build("fieldset");
  const legend = build("legend");
  legend.innerHTML = model.get("question");
  fieldset.append(legend);

  const type = model.get("multiple") ? "checkbox" : "radio";
  /** @type {HTMLInputElement[]} */
  const inputs = model.get("options").map((/** @type {string} */ html, /** @type {number} */ number) => {
    const input = build("input", { type, name: group, value: String(number) });
    const text = build("span");
    text.innerHTML = html;
    fieldset.append(build("label", {}, input, text));
    return input;
  });

  const text = model.get("button");
  const button = build("button", {
    type: "button", class: "jupyter-button widget-button mod-primary", text,
    "aria-label": `${text}: ${legend.textContent}`,
  });
  // The live region is there from the start: a screen reader announces only what changes in one that it knows.
  const said = build("div", { role: "status" });
  el.append(build("div", { class: "tc tc-choice" }, build("style", { text: model.get("css") }), fieldset, button, said));

  const chosen = () => inputs.filter((input) => input.checked).map((input) => Number(input.value));
  const enable = () => {
    const locked = model.get("locked");
    fieldset.disabled = locked;
    button.disabled = locked || chosen().length === 0;
  };
  let shown = "";
  const show = () => {
    const numbers = model.get("chosen");
    for (const input of inputs) input.checked = numbers.includes(Number(input.value));
    if (shown !== model.get("said")) {
      shown = model.get("said");
      said.innerHTML = shown;
      // A live region inside a live region would be announced twice.
      for (const inner of said.querySelectorAll("[role=status]")) inner.removeAttribute("role");
    }
    enable();
  };
  fieldset.addEventListener("change", () => {
    model.set("chosen", chosen());
    model.save_changes();
    enable();
  });
  const press = () => {
    if (!button.disabled) model.send({ pressed: chosen() });
  };
  button.addEventListener("click", press);
  fieldset.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      press();
    }
  });
  model.on("change:chosen change:said change:locked", show);
  show();
  return () => model.off("change:chosen change:said change:locked", show);
}

export default { render };
