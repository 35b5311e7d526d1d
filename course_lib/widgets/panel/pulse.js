/**
 * Shows a warning, and disables the controls around it, when the kernel behind the panel is gone.
 *
 * ipywidgets triggers `comm_live_update` on every model when the kernel restarts or ends. (It also does so when the
 * model gets its connection, which is before any view is drawn.)
 *
 * @param {{model: any, el: HTMLElement}} context What anywidget hands to a view.
 */
function render({ model, el }) {
  const style = document.createElement("style");
  style.textContent = model.get("css");
  const box = document.createElement("div");
  // The live region is there from the start: a screen reader announces only what changes in one that it knows.
  box.setAttribute("role", "status");
  box.className = "tc";
  el.append(style, box);

  const said = () => {
    const callout = document.createElement("div");
    callout.className = "tc-callout";
    callout.style.setProperty("--tc-tone", "var(--tc-warn)");
    const title = document.createElement("div");
    title.className = "tc-title";
    const icon = document.createElement("span");
    icon.className = "tc-icon";
    icon.setAttribute("aria-hidden", "true");
    icon.textContent = "▲";
    title.append(icon, "Warning: " + model.get("gone"));
    callout.append(title);
    box.replaceChildren(callout);
    const panel = el.closest(".tc-panel");
    for (const control of panel?.querySelectorAll("button, input, select, textarea") ?? []) {
      /** @type {HTMLButtonElement} */ (control).disabled = true;
    }
  };
  model.on("comm_live_update", said);
  return () => model.off("comm_live_update", said);
}

export default { render };
