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
  const root = document.createElement("div");
  root.className = "tc tc-choice";
  const style = document.createElement("style");
  style.textContent = model.get("css");
  const fieldset = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.innerHTML = model.get("question");
  fieldset.append(legend);

  const multiple = model.get("multiple");
  /** @type {HTMLInputElement[]} */
  const inputs = model.get("options").map((/** @type {string} */ html, /** @type {number} */ number) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = multiple ? "checkbox" : "radio";
    input.name = group;
    input.value = String(number);
    const text = document.createElement("span");
    text.innerHTML = html;
    label.append(input, text);
    fieldset.append(label);
    return input;
  });

  const button = document.createElement("button");
  button.type = "button";
  button.className = "jupyter-button widget-button mod-primary";
  button.textContent = model.get("button");
  button.setAttribute("aria-label", `${model.get("button")}: ${legend.textContent}`);
  // The live region is there from the start: a screen reader announces only what changes in one that it knows.
  const said = document.createElement("div");
  said.setAttribute("role", "status");
  root.append(style, fieldset, button, said);
  el.append(root);

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
