/**
 * Makes an element. Whatever comes from the shop goes into it as text.
 *
 * @param {string} tag Its tag.
 * @param {Record<string, string>} attributes Its attributes; `text` is its text.
 * @param {...(Node|string)} children What stands in it.
 * @returns {any} The element.
 */
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
