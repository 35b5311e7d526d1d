import { build } from "./dom.js";
import { keepKeys } from "./keys.js";

/** The views of each model that are on the screen of this page. @type {WeakMap<object, Set<object>>} */
const onScreen = new WeakMap();

/**
 * Finds the panel around a view, keeps its keys in it, and tells the kernel when the first view of a model comes into
 * sight and when the last one goes out of it.
 *
 * @param {any} model
 * @param {HTMLElement} el A view's element.
 * @returns {() => void} Ends it.
 */
function watch(model, el) {
  const views = onScreen.get(model) ?? new Set();
  onScreen.set(model, views);
  /** @type {Element | null} */
  let panel = null;
  let near = false;
  const tell = () => {
    if (near && document.visibilityState === "visible") views.add(el);
    else views.delete(el);
    if (model.get("visible") === views.size > 0) return;
    model.set("visible", views.size > 0);
    model.save_changes();
  };
  const observer = new IntersectionObserver((entries) => {
    // Not before the first call does the element stand in its panel, which may be taller than the screen.
    if (panel === null && (panel = el.closest(".tc-panel")) !== null) {
      observer.disconnect();
      observer.observe(panel);
      keepKeys(/** @type {HTMLElement} */ (panel));
    } else {
      near = entries[entries.length - 1].isIntersecting;
      tell();
    }
  });
  observer.observe(el);
  document.addEventListener("visibilitychange", tell);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", tell);
    near = false;
    tell();
  };
}

/**
 * Shows a warning, and disables the controls around it, when the kernel behind the panel is gone.
 *
 * ipywidgets triggers `comm_live_update` on every model when the kernel restarts or ends. (It also does so when the
 * model gets its connection, which is before any view is drawn.)
 *
 * @param {{model: any, el: HTMLElement}} context What anywidget hands to a view.
 */
function render({ model, el }) {
  // The live region is there from the start: a screen reader announces only what changes in one that it knows.
  const box = build("div", { role: "status", class: "tc" });
  el.append(build("style", { text: model.get("css") }), box);

  const said = () => {
    const icon = build("span", { class: "tc-icon", "aria-hidden": "true", text: "▲" });
    const title = build("div", { class: "tc-title" }, icon, "Warning: " + model.get("gone"));
    box.replaceChildren(build("div", { class: "tc-callout", style: "--tc-tone:var(--tc-warn)" }, title));
    const panel = el.closest(".tc-panel");
    for (const control of panel?.querySelectorAll("button, input, select, textarea") ?? []) {
      /** @type {HTMLButtonElement} */ (control).disabled = true;
    }
  };
  model.on("comm_live_update", said);
  const unwatch = watch(model, el);
  return () => {
    model.off("comm_live_update", said);
    unwatch();
  };
}

export default { render };
