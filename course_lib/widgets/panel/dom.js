/**
 * Build an element. Text goes in as text, never as markup.
 *
 * @param {string} tag
 * @param {Record<string, string>} attributes `text` is its text.
 * @param {...(Node|string)} children What stands in it.
 * @returns {any} The element.
 */
export function build(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/**
 * The same for an element that has nothing in it but text.
 *
 * @param {string} tag
 * @param {string} [className]
 * @param {string} [text]
 * @param {Record<string, string>} [attributes]
 * @returns {any} The element.
 */
export function make(tag, className = "", text = "", attributes = {}) {
  return build(tag, { ...(className && { class: className }), ...(text && { text }), ...attributes });
}
