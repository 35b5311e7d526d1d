/** What stands above the picture: which run, its state, and how two runs differ. */

import { Chart } from "./chart.js";
import { make } from "../../panel/dom.js";
import { Store } from "./store.js";
import { SIGNS, inWords } from "./words.js";

const TONES = /** @type {Record<string, string>} */ ({ completed: "ok", running: "info", continued: "info",
  cancelled: "quiet", waiting: "quiet" });

export class Head {
  constructor() {
    this.element = make("div", "tl-heads");
    // It is there from the start: a screen reader announces only what changes in a region that it knows.
    this.status = make("div", "tl-said");
    this.status.setAttribute("role", "status");
    this.remarks = make("ul", "tl-remarks");
    this.remarks.setAttribute("aria-label", "Differences");
    /** @type {string|undefined} */ this.told = undefined;
  }

  /** @param {Store} store @param {Chart} chart @param {string} gone Why nothing comes from the kernel any more. */
  update(store, chart, gone) {
    const { tracks } = store;
    const said = [];
    tracks.forEach((track, n) => {
      let line = /** @type {HTMLElement} */ (this.element.children[n]);
      if (!line) {
        line = make("div", "tl-head");
        const link = make("a", "tc-last", "Web UI ↗");
        link.setAttribute("target", "_blank");
        link.setAttribute("rel", "noopener");
        line.append(make("b"), make("span", "tc-quiet"), make("span"), make("span", "tc-quiet"), link);
        this.element.append(line);
      }
      const [name, title, badge, facts, link] = /** @type {HTMLElement[]} */ ([...line.children]);
      const status = `${SIGNS.icons[track.status]} ${SIGNS.words[track.status]}`;
      const tone = SIGNS.bad.includes(track.status) ? "bad" : TONES[track.status] ?? "quiet";
      const elapsed = chart.opens[n] ? `${inWords(Math.floor(chart.until(n) / 1e6) * 1e6)} so far`
        : inWords(track.ended ?? store.known[n] ?? 0);
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
    this.tell(tracks, said, gone);
    this.remark(store.remarks);
  }

  /**
   * Say what has changed of the state, and nothing else.
   * @param {any[]} tracks @param {string[]} said @param {string} gone
   */
  tell(tracks, said, gone) {
    const words = gone ? `▲ Warning: ${gone}` : said.join(" ");
    const shown = Boolean(gone) || tracks.some((track) => track.error);
    this.status.classList.toggle("tl-warning", shown);
    this.status.classList.toggle("tl-unseen", !shown);
    const state = JSON.stringify([gone, tracks.map((track) => [track.status, track.error])]);
    if (this.told === state) return;
    if (this.told !== undefined || shown) this.status.textContent = words;
    this.told = state;
  }

  /** @param {string[]} said How two runs differ. */
  remark(said) {
    const { remarks } = this;
    remarks.hidden = !said.length;
    if ([...remarks.children].map((line) => line.textContent).join() === said.join()) return;
    remarks.replaceChildren(...said.map((line) => make("li", "", line)));
  }
}
