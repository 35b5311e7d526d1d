/**
 * Keeps what is pressed in an element from the notebook around it, where a single key is a command: `x` cuts the cell.
 *
 * JupyterLab listens at the document on the way up, where Enter in a number field is lost, too: it gets no key at all.
 * Notebook listens on the way down, and leaves alone what has its attribute. It looks for that from the focused element
 * upwards, but has matched `:focus` by the time it comes to the next one: whatever is focused must have it itself.
 *
 * Both take away the short cuts of the whole page, which touch no cell and are wanted here as anywhere, such as Ctrl S.
 * So a key with Ctrl or Cmd is pressed once more on the body, where no notebook is around it. (AltGr counts as Ctrl and
 * Alt, and types a character.)
 *
 * @param {HTMLElement} element
 */
export function keepKeys(element) {
  element.addEventListener("focusin", ({ target }) => {
    /** @type {HTMLElement} */ (target).dataset.lmSuppressShortcuts = "true";
  });
  element.addEventListener("keydown", (key) => key.stopPropagation());
  element.addEventListener("keydown", (key) => {
    if (key.altKey || !(key.ctrlKey || key.metaKey)) return;
    if (!document.body.dispatchEvent(new KeyboardEvent("keydown", key))) key.preventDefault();
  }, true); // on the way down: a text field of ipywidgets lets no key go up
}
