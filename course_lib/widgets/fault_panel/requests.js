import { build } from "../panel/dom.js";

/**
 * The list of requests, the newest first: lines keep their elements, so the place and a selection stay.
 *
 * @param {{model: any, el: HTMLElement}} context What anywidget hands to a view.
 */
function render({ model, el }) {
  const root = build("div", { class: "tc tc-faults" }, build("style", { text: model.get("css") }));
  el.append(root);
  const filter = build("select", { "aria-label": "Requests of which service" });
  filter.append(build("option", { value: "", text: "all services" }));
  for (const name of model.get("services")) filter.append(build("option", { value: name, text: name }));
  filter.addEventListener("change", () => model.send({ filter: filter.value }));
  /** @type {Record<string, string>} */
  const HINTS = {
    Key: "The idempotency key that came with the call",
    Took: "Until the answer, or until nobody waited",
  };
  const counts = build("span", { class: "tf-counts" });
  const heads = ["Time", "Call", "Order", "Outcome", "Took", "Key"];
  const column = (/** @type {string} */ text) => build("th", { scope: "col", text, title: HINTS[text] ?? "" });
  const body = build("tbody");
  const empty = build("div", { class: "tc-quiet tf-empty", text: "No request yet. Run a cell that calls the shop." });
  const table = build(
    "table",
    { class: "tf-requests" },
    build("caption", { class: "tf-hidden", text: "Requests, the newest first" }),
    build("thead", {}, build("tr", {}, ...heads.map(column))),
    body,
  );
  // Something that scrolls must be reachable by keyboard.
  const list = build("div", { class: "tf-list", tabindex: "0", role: "region", "aria-label": "Requests" }, table, empty);
  const head = build("div", { class: "tf-head" }, build("label", {}, build("b", { text: "Requests" }), filter), counts);
  root.append(head, list);

  const clock = (/** @type {string} */ at) => {
    const time = new Date(at);
    const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
    const ms = String(time.getMilliseconds()).padStart(3, "0");
    return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
  };
  const took = (/** @type {number|null} */ ms) => {
    if (ms === null) return "…";
    return ms < 10000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
  };
  const line = (/** @type {any} */ row) => {
    const badge = build("span", { class: `tf-badge tc-${row.tone}`, text: `${row.icon} ${row.outcome}` });
    const outcome = build("td", {}, badge);
    if (row.status !== null) outcome.append(` ${row.status}`);
    if (row.note) outcome.append(build("span", { class: "tc-quiet", text: ` ${row.note}` }));
    const call = build("td", {}, build("span", { class: "tc-quiet", text: `${row.service} ` }), row.operation);
    const made = build("tr", {}, build("td", { text: clock(row.at) }), call, build("td", { text: row.order }), outcome);
    made.append(build("td", { class: "tf-number", text: took(row.took) }), build("td", { text: row.key }));
    for (const cell of made.children) cell.title = cell.textContent ?? "";
    return made;
  };
  /** @type {Map<string, {said: string, made: HTMLElement}>} */
  let lines = new Map();
  const show = () => {
    filter.value = model.get("service");
    counts.replaceChildren(
      ...model.get("counts").map((/** @type {any} */ item) => {
        const chip = build("span", { class: `tc-${item.tone}`, text: `${item.icon} ${item.count} ` });
        return build("span", { class: "tf-count" }, chip, item.outcome);
      }),
    );
    const rows = model.get("rows");
    const next = new Map();
    for (const row of rows) {
      const said = JSON.stringify(row);
      const old = lines.get(row.id);
      next.set(row.id, old && old.said === said ? old : { said, made: line(row) });
    }
    lines = next;
    // A reader who has scrolled down keeps the lines that they read.
    const height = list.scrollTop > 0 ? list.scrollHeight : 0;
    body.replaceChildren(...[...next.values()].map((one) => one.made));
    if (height) list.scrollTop += list.scrollHeight - height;
    table.hidden = rows.length === 0;
    empty.hidden = rows.length > 0;
  };
  const changes = "change:rows change:counts change:service";
  model.on(changes, show);
  show();
  return () => model.off(changes, show);
}

export default { render };
