import { make } from "../panel/dom.js";

/** A sign that stands beside a word; a screen reader leaves it out. @param {string} sign @param {string} tone */
export function icon(sign, tone) {
  return make("span", `st-icon tc-${tone}`, sign, { "aria-hidden": "true" });
}

/** A title inside the view; not an h4, which JupyterLab would put into its table of contents. @param {string} text */
export function heading(text) {
  return make("div", "st-h", text, { role: "heading", "aria-level": "4" });
}

/**
 * Append words in which `code` stands between backticks.
 *
 * @param {any} element
 * @param {string} words
 * @returns {any} The element.
 */
export function say(element, words) {
  words.split(/`([^`]*)`/).forEach((part, index) => element.append(index % 2 ? make("code", "", part) : part));
  return element;
}
