import { make } from "../panel/dom.js";

/**
 * Everything that one event says, below the table.
 *
 * @param {{go: (event: number) => void, shut: () => void}} does
 */
export function makeOpened(does) {
  const element = make("section", "et-opened", "", { "aria-label": "Opened event", hidden: "" });
  const title = make("div", "et-title", "", { role: "heading", "aria-level": "4" });
  const shut = make("button", "et-button", "Close (Esc)", { type: "button" });
  shut.addEventListener("click", () => does.shut());
  const list = make("div", "et-fields", "", { tabindex: "0", role: "group", "aria-label": "What the event says" });
  const head = make("div", "et-openedhead");
  head.append(title, shut);
  element.append(head, list);

  return {
    element,
    get open() {
      return !element.hidden;
    },
    /** @param {string} heading @param {[string, string][]} fields @param {string} [remark] */
    show(heading, fields, remark = "") {
      title.textContent = heading;
      list.replaceChildren(...fields.flatMap(([name, text]) => [make("div", "et-field tc-quiet", name), value(text)]));
      if (remark) list.append(make("div", "tc-quiet", remark));
      element.hidden = false;
    },
    hide() {
      element.hidden = true;
    },
  };

  /** @param {string} text */
  function value(text) {
    const link = /^event (\d+)$/.exec(text);
    if (!link) return make("pre", "et-text", text);
    const button = make("button", "et-link", text, { type: "button" });
    button.addEventListener("click", () => does.go(Number(link[1])));
    const box = make("div");
    box.append(button);
    return box;
  }
}
