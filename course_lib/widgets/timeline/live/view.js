/** A live timeline: its head, its controls, the picture, and what the kernel sends. */

import { Card, Details, when } from "./card.js";
import { Chart, make } from "./chart.js";
import { Moving } from "./moving.js";
import { Store } from "./store.js";
import { childRuns, showsChildren } from "./layout.js";
import { SIGNS, eventsOf, inWords, statusWords, titleOf, took } from "./words.js";

const TONES = /** @type {Record<string, string>} */ ({ completed: "ok", running: "info", continued: "info",
  cancelled: "quiet", waiting: "quiet" });
const ROWS = 200; // of the table
const TABLE_EVERY = 1000; // milliseconds
// Milliseconds since the kernel sent something, and between two steps of the clock then.
const QUICK = [[4_000, 250], [12_000, 1_000], [120_000, 2_000]], SLOWEST = 5_000;

class View {
  /** @param {any} model anywidget's. @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    Object.assign(SIGNS, model.get("signs"));
    this.store = new Store();
    this.offset = 0;
    this.lost = false;
    this.chart = new Chart(this.store, () => performance.now() * 1000 + this.offset);
    this.moving = new Moving(this.chart, () => this.soon());
    this.root = make("div", "tc tc-tl tl-live");
    // Else JupyterLab would take arrow keys as its own commands.
    this.root.dataset.lmSuppressShortcuts = "true";
    this.root.setAttribute("role", "group");
    const style = make("style");
    style.textContent = model.get("css");
    this.build();
    el.append(style, this.root);
    this.tabled = 0;
    this.heard = 0;
    this.visible = true;
    this.frame = 0;
    this.timer = 0;
    this.listen();
    const first = model.get("first");
    if (first?.tracks) this.receive(first);
    this.send({ type: "hello", version: this.store.version });
  }

  // ------------------------------------------------------------ what it is made of

  build() {
    this.status = make("div", "tl-said");
    this.status.setAttribute("role", "status");
    this.heads = make("div", "tl-heads");
    this.tools = make("div", "tl-tools");
    this.tools.setAttribute("role", "group");
    this.tools.setAttribute("aria-label", "Timeline controls");
    this.buttons = {
      out: this.button("−", "Zoom out (−)", () => this.moving.zoom(1 / 1.5)),
      in: this.button("+", "Zoom in (+)", () => this.moving.zoom(1.5)),
      fit: this.button("Fit", "Show the whole run (0)", () => this.moving.all()),
      follow: this.button("Follow", "Go on with the clock (F)", () => this.moving.follow(!this.chart.follow)),
      children: this.button("Children", "Show child runs in lanes of their own", () => {
        this.chart.children = !showsChildren(this.store, this.chart.children);
        this.soon();
      }),
      align: this.button("By clock", "Both by the clock, or each from its own start", () => {
        this.chart.byClock = !this.chart.byClock;
        this.moving.all();
      }),
    };
    const legend = make("div", "tl-legend");
    legend.setAttribute("aria-hidden", "true");
    for (const [name, words] of [["tl-key-wait", "waits for a worker"], ["tl-key-again", "waits for the next try"],
      ["tl-key-bad", "failed"]]) {
      const entry = make("span");
      entry.append(make("i", name), words);
      legend.append(entry);
    }
    this.buttons.events = this.button("Events", "The events as a table below", () => {
      this.send({ type: "table", on: this.buttons.events.getAttribute("aria-pressed") !== "true" });
    });
    this.tools.append(...Object.values(this.buttons), legend);
    this.chart.body.tabIndex = 0;
    this.chart.body.setAttribute("role", "group");
    this.chart.body.setAttribute("aria-label",
      "Lanes. Tab to a bar, arrow keys from bar to bar; plus, minus and 0 zoom; arrow keys here, or Shift with them, move in time.");
    this.details = new Details(() => this.chart.element(this.chart.current)?.focus());
    this.remarks = make("ul", "tl-remarks");
    this.remarks.setAttribute("aria-label", "Differences");
    this.notes = make("div", "tl-foot tc-quiet");
    this.table = make("details");
    this.table.append(make("summary", "", "As a table"), make("div", "tl-table"));
    const box = make("div", "tc-box");
    box.append(this.heads, this.status, this.remarks, this.tools, this.chart.body, this.details.element, this.notes, this.table);
    this.root.append(box);
    this.card = new Card(this.root);
  }

  /** @param {string} text @param {string} tip @param {() => void} press */
  button(text, tip, press) {
    const button = /** @type {HTMLButtonElement} */ (make("button", "tl-button", text));
    button.type = "button";
    button.title = tip;
    if (text.length === 1) button.setAttribute("aria-label", tip);
    button.addEventListener("click", press);
    return button;
  }

  // ------------------------------------------------------------ from and to the kernel

  /** @param {any} message */
  send(message) {
    if (!this.lost) this.model.send(message);
  }

  /** @param {any} message */
  receive(message) {
    if (message.type === "span") return this.fillCard(message);
    if (message.type === "events") return this.details.fill(message);
    if (message.type === "select") return this.select(message);
    if (!message.tracks) return undefined;
    this.heard = performance.now();
    // The kernel's clock: what arrives late can only make it seem to be behind.
    const offset = message.now - performance.now() * 1000;
    this.offset = this.store.version < 0 || Math.abs(offset - this.offset) > 5e6 ? offset : Math.max(this.offset, offset);
    if (!this.store.apply(message)) {
      this.send({ type: "hello", version: -1 });
      return undefined;
    }
    this.soon();
    return undefined;
  }

  listen() {
    const received = (/** @type {any} */ message) => this.receive(message);
    const gone = () => this.goneKernel();
    const seen = () => this.soon();
    this.model.on("msg:custom", received);
    // ipywidgets triggers it on every model when the kernel restarts or ends.
    this.model.on("comm_live_update", gone);
    this.model.on("change:table", seen);
    document.addEventListener("visibilitychange", seen);
    const sizes = new ResizeObserver(() => this.soon());
    sizes.observe(this.chart.plot);
    const sights = new IntersectionObserver((entries) => {
      this.visible = entries[entries.length - 1].isIntersecting;
      this.wake();
    });
    sights.observe(this.root);
    const { plot } = this.chart;
    plot.addEventListener("pointerover", (event) => this.hover(event.target));
    plot.addEventListener("pointerleave", () => this.card.hide(150));
    plot.addEventListener("focusin", (event) => this.focused(event.target));
    plot.addEventListener("focusout", () => this.card.hide(100));
    plot.addEventListener("click", (event) => {
      if (!this.moving.dragged) this.open(event.target);
    });
    this.chart.body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        if (this.chart.at(event.target)) event.preventDefault();
        this.open(event.target);
      } else if (event.key === "Escape") {
        if (this.card.shown) this.card.hide();
        else this.details.close();
      }
    });
    this.table.addEventListener("toggle", () => this.fillTable());
    this.end = () => {
      this.model.off("msg:custom", received);
      this.model.off("comm_live_update", gone);
      this.model.off("change:table", seen);
      document.removeEventListener("visibilitychange", seen);
      sizes.disconnect();
      sights.disconnect();
      cancelAnimationFrame(this.frame);
      clearTimeout(this.timer);
    };
  }

  goneKernel() {
    if (this.lost) return;
    this.lost = true;
    this.chart.running = false;
    this.soon();
  }

  // ------------------------------------------------------------ drawing

  /** Draw with the next frame. */
  soon() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    this.chart.draw();
    this.head();
    this.controls();
    this.fillTable();
    this.wake();
  }

  /** Let the clock run only while something is open, and somebody can see it. */
  wake() {
    clearTimeout(this.timer);
    if (!this.chart.live || !this.visible || document.hidden) return;
    // A frame costs JupyterLab's page some milliseconds, whatever little has changed in it. So: quick while things
    // happen, and slower the longer nothing did.
    const quiet = performance.now() - this.heard;
    const least = QUICK.find(([until]) => quiet < until)?.[1] ?? SLOWEST;
    const pause = Math.max(least, Math.min(SLOWEST, this.chart.pace() * 1000));
    this.timer = window.setTimeout(() => requestAnimationFrame(() => {
      if (this.chart.tick()) {
        this.head();
        this.wake();
      } else {
        this.draw();
      }
    }), pause);
  }

  head() {
    const { tracks } = this.store, { chart } = this;
    const said = [];
    tracks.forEach((track, n) => {
      let line = /** @type {HTMLElement} */ (this.heads.children[n]);
      if (!line) {
        line = make("div", "tl-head");
        const link = make("a", "tc-last", "Web UI ↗");
        link.setAttribute("target", "_blank");
        link.setAttribute("rel", "noopener");
        line.append(make("b"), make("span", "tc-quiet"), make("span"), make("span", "tc-quiet"), link);
        this.heads.append(line);
      }
      const [name, title, badge, facts, link] = /** @type {HTMLElement[]} */ ([...line.children]);
      const status = `${SIGNS.icons[track.status]} ${SIGNS.words[track.status]}`;
      const tone = SIGNS.bad.includes(track.status) ? "bad" : TONES[track.status] ?? "quiet";
      const elapsed = this.chart.opens[n] ? `${inWords(Math.floor(chart.until(n) / 1e6) * 1e6)} so far`
        : inWords(this.store.known[n] ?? 0);
      const about = [elapsed, `${track.events.toLocaleString("en")} event${track.events === 1 ? "" : "s"}`,
        track.runs > 1 ? `${track.runs} runs` : "", track.attempt > 1 ? `attempt ${track.attempt}` : "",
        `started ${new Date(track.origin / 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`];
      if (track.left_out) about.push(`${track.left_out} more runs are not followed`);
      const put = (/** @type {HTMLElement} */ element, /** @type {string} */ text) => {
        if (element.textContent !== text) element.textContent = text;
      };
      put(name, tracks.length > 1 ? `${"AB"[n]}  ${track.type}` : track.type);
      put(title, track.title);
      put(badge, status);
      if (badge.className !== `tl-badge tc-${tone}`) badge.className = `tl-badge tc-${tone}`;
      put(facts, about.filter(Boolean).join(" · "));
      const url = /^(https?:\/\/|\/(?!\/))/.test(track.url ?? "") ? track.url : "";
      if (link.getAttribute("href") !== url) link.setAttribute("href", url);
      link.hidden = !url;
      const prefix = tracks.length > 1 ? `${"AB"[n]} ` : "";
      if (track.error) said.push(`${prefix}▲ ${track.error}`);
      else if (this.told !== undefined) said.push(`${prefix}${track.type} ${track.title}: ${status}`);
    });
    this.tell(said);
    const label = `Timeline of ${tracks.map((track) => `${track.type} ${track.title}`).join(" and ")}`;
    if (this.root.getAttribute("aria-label") !== label) this.root.setAttribute("aria-label", label);
  }

  /** Say what has changed of the state, and nothing else. @param {string[]} said */
  tell(said) {
    const { tracks } = this.store;
    const words = this.lost ? `▲ Warning: ${this.model.get("gone")}` : said.join(" ");
    const shown = this.lost || tracks.some((track) => track.error);
    this.status.classList.toggle("tl-warning", shown);
    this.status.classList.toggle("tl-unseen", !shown);
    const state = JSON.stringify([this.lost, tracks.map((track) => [track.status, track.error])]);
    if (this.told === state) return;
    if (this.told !== undefined || shown) this.status.textContent = words;
    this.told = state;
  }

  controls() {
    const { chart, buttons, store } = this;
    const following = chart.live && chart.follow;
    buttons.follow.hidden = !store.tracks.some((track, n) => track.live && chart.opens[n]);
    buttons.follow.disabled = this.lost;
    buttons.follow.setAttribute("aria-pressed", String(following));
    buttons.follow.textContent = following ? "● Follow" : "○ Follow";
    buttons.fit.disabled = buttons.out.disabled = chart.fit;
    const children = childRuns(store);
    buttons.children.hidden = children === 0;
    buttons.children.textContent = `Child runs (${children})`;
    buttons.children.setAttribute("aria-pressed", String(showsChildren(store, chart.children)));
    buttons.events.hidden = !this.model.get("tabular");
    buttons.events.disabled = this.lost;
    buttons.events.setAttribute("aria-pressed", String(Boolean(this.model.get("table"))));
    buttons.align.hidden = store.tracks.length < 2;
    buttons.align.setAttribute("aria-pressed", String(chart.byClock));
    const notes = ["#n: event numbers"];
    if (chart.scale.breaks.length) notes.push("// the time axis is shortened there");
    if ([...store.items.values()].some((item) => item.spans[0].estimated)) {
      notes.push("≈ reckoned from the retry policy: a history keeps an activity's last attempt only");
    }
    if (chart.rows.some((row) => row.kind === "density")) {
      notes.push("too many to draw: the height is how many there were at a time; zoom in to see each");
    }
    this.fillRemarks();
    const text = notes.join("\u2003");
    if (this.notes.textContent !== text) this.notes.textContent = text;
  }

  fillRemarks() {
    const said = this.store.remarks, { remarks } = this;
    remarks.hidden = !said.length;
    if ([...remarks.children].map((line) => line.textContent).join() === said.join()) return;
    remarks.replaceChildren(...said.map((line) => make("li", "", line)));
  }

  /** The text twin: drawn anew at most once a second, and only while it is open. */
  fillTable() {
    if (!(/** @type {HTMLDetailsElement} */ (this.table).open) || this.tabling) return;
    const wait = Math.max(0, this.tabled + TABLE_EVERY - performance.now());
    this.tabling = window.setTimeout(() => {
      this.tabling = 0;
      if (this.tabled === this.store.generation) return;
      this.tabled = performance.now();
      this.table.lastElementChild?.replaceChildren(this.makeTable());
    }, wait);
  }

  makeTable() {
    const table = make("table"), head = make("tr"), body = make("tbody");
    const columns = [...(this.store.tracks.length > 1 ? ["run"] : []), "kind", "name", "start", "took", "status",
      "events", "detail"];
    head.append(...columns.map((name) => make("th", "", name)));
    let count = 0;
    for (const item of this.store.items.values()) {
      for (const span of item.spans) {
        if (++count > ROWS) continue;
        const row = make("tr");
        const cells = [SIGNS.kinds[span.kind] || span.kind.replace("_", " "),
          span.attempt > 1 ? `${span.name}, attempt ${span.attempt}` : span.name, `+${(span.start / 1e6).toFixed(3)} s`,
          (span.estimated ? "≈ " : "") + took(span, this.chart.until(item.track)), statusWords(span), eventsOf(span),
          span.detail.length > 160 ? `${span.detail.slice(0, 160)}…` : span.detail];
        if (columns.length > cells.length) cells.unshift("AB"[item.track]);
        row.append(...cells.map((text) => make("td", "", text)));
        body.append(row);
      }
    }
    const top = make("thead");
    top.append(head);
    table.append(top, body);
    if (count > ROWS) {
      const row = make("tr"), cell = /** @type {HTMLTableCellElement} */ (make("td", "",
        `and ${(count - ROWS).toLocaleString("en")} more: lab.events(handle) has every event`));
      cell.colSpan = columns.length;
      row.append(cell);
      body.append(row);
    }
    return table;
  }

  // ------------------------------------------------------------ cards and details

  /** @param {EventTarget|null} target */
  hover(target) {
    const at = this.chart.at(target);
    if (at?.span) this.show(at);
    else if (!this.chart.plot.matches(":focus-within")) this.card.hide(150);
  }

  /** @param {EventTarget|null} target */
  focused(target) {
    const at = this.chart.at(target);
    if (!at) return;
    this.chart.current = at.key;
    this.chart.rove();
    if (at.span && at.element.matches(":focus-visible")) this.show(at);
  }

  /** @param {any} at */
  show(at) {
    if (this.card.key === at.key && this.card.shown) return clearTimeout(this.card.timer);
    const { item, span } = at, { origin } = this.store.tracks[item.track];
    this.card.show(at.element, at.key, item, span, this.chart.until(item.track), origin);
    at.element.setAttribute("aria-describedby", this.card.element.id);
    if (span.more) this.send({ type: "span", key: at.key, run: item.run, item: item.number, place: span.place });
    return undefined;
  }

  /** @param {any} message */
  fillCard(message) {
    if (this.card.key === message.key) this.card.text(message.detail);
  }

  /** @param {EventTarget|null} target */
  open(target) {
    const at = this.chart.at(target);
    if (!at) return;
    this.chart.current = at.key;
    if (!at.item || !at.span) {
      this.moving.zoom(4, 0.5);
      this.moving.take(at.key);
      return;
    }
    this.card.hide();
    this.mark(at.key);
    const { item, span } = at;
    const title = `${titleOf(span, item)} ${eventsOf(span)}`;
    if (this.lost) {
      this.details.wait(title, `${when(span.start, this.store.tracks[item.track].origin)}; ${span.detail}`);
      return;
    }
    const asked = this.details.wait(title, "…");
    this.send({ type: "events", asked, run: item.run, item: item.number, place: span.place });
  }

  /** An event was selected elsewhere, in the table. @param {{run: number, item: number}} message */
  select({ run, item }) {
    const found = this.store.items.get(`${run}:${item}`);
    if (!found || found.hidden) return;
    const span = found.spans[found.spans.length - 1];
    const by = this.chart.shift(found.track);
    this.moving.reveal(span.start + by, (span.end ?? this.chart.until(found.track)) + by);
    this.chart.current = `${found.key}:${span.place}`;
    this.chart.draw();
    this.mark(this.chart.current);
    this.chart.element(this.chart.current)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {string} key */
  mark(key) {
    this.chart.front.querySelector(".tl-chosen")?.classList.remove("tl-chosen");
    this.chart.element(key)?.classList.add("tl-chosen");
  }
}

/** @param {{model: any, el: HTMLElement}} context What anywidget hands to a view. */
function render({ model, el }) {
  const view = new View(model, el);
  return () => view.end?.();
}

export default { render };
