/** Durations, labels and sentences: the same words as the static picture's. */

/** @typedef {import("./store.js").Span} Span */
/** @typedef {import("./store.js").Item} Item */

const DAY = 86400, HOUR = 3600, MINUTE = 60;

/** @param {number} x @param {number} digits */
const significant = (x, digits) => String(Number(x.toPrecision(digits)));

/**
 * A duration as a person writes it: "340 ms", "1 h 5 min".
 * @param {number} us Microseconds; a negative one counts as nothing.
 */
export function inWords(us) {
  const total = Math.max(0, us) / 1e6;
  if (total < 0.001) return total ? `${Math.round(total * 1e6)} µs` : "0 s";
  if (total < 0.9995) return total < 0.00995 ? `${significant(total * 1e3, 2)} ms` : `${Math.round(total * 1e3)} ms`;
  if (total < 59.95) return `${significant(total, 3)} s`;
  const whole = Math.round(total);
  for (const [size, unit, small, smallUnit] of /** @type {[number, string, number, string][]} */ ([
    [DAY, "d", HOUR, "h"], [HOUR, "h", MINUTE, "min"], [MINUTE, "min", 1, "s"]])) {
    if (whole >= size) {
      const rest = Math.floor((whole % size) / small);
      return `${Math.floor(whole / size)} ${unit}` + (rest ? ` ${rest} ${smallUnit}` : "");
    }
  }
  return `${whole} s`;
}

/**
 * A moment on the axis, with as many digits as the distance of the marks asks for.
 * @param {number} us Microseconds since the start. @param {number} step Between two marks.
 */
export function moment(us, step) {
  if (us === 0) return "0";
  const s = us / 1e6, digits = Math.max(0, Math.min(6, Math.ceil(-Math.log10(step / 1e6) - 1e-9)));
  if (s < 1) return `${Number((s * 1e3).toFixed(Math.max(0, digits - 3)))} ms`;
  if (s < 60) return `${s.toFixed(digits)} s`;
  if (step >= 60e6 || (step >= 1e6 && s < 3600)) return inWords(us);
  const clock = [Math.floor(s / 3600), Math.floor(s / 60) % 60].map((part) => String(part).padStart(2, "0"));
  return `${clock.join(":")}:${(s % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0")}`;
}

/** What is written with a status, from Python: `{icons, words, kinds}`. */
export const SIGNS = { icons: /** @type {Record<string, string>} */ ({}), words: /** @type {any} */ ({}),
  kinds: /** @type {Record<string, string>} */ ({}), bad: /** @type {string[]} */ ([]) };

/** @param {Span} span */
export const isBad = (span) => SIGNS.bad.includes(span.status);

/** @param {Span} span */
export function statusWords(span) {
  if (span.kind === "marker" && span.status === "point") return "◆ recorded";
  if (span.kind === "mark") return `${span.name}`;
  return `${SIGNS.icons[span.status]} ${SIGNS.words[span.status]}`;
}

/** @param {Span} span @param {number} now Until when it has lasted, if it is open. */
export function took(span, now) {
  if (span.status === "point") return "";
  if (span.end === null) return `${inWords(now - span.start)} so far`;
  return inWords(span.end - span.start);
}

/** @param {Span} span */
export function eventsOf(span) {
  if (span.first <= 0) return "";
  if (!span.last) return `#${span.first}–`;
  return span.last === span.first ? `#${span.first}` : `#${span.first}–${span.last}`;
}

/** @param {Span} span @param {Item} item */
const tried = (span, item) =>
  span.kind === "activity" && span.attempt && (item.spans.length > 1 || span.attempt > 1) ? span.attempt : 0;

/**
 * What may be written beside a bar, from long to short.
 * @param {Span} span @param {Item} item @param {number} now
 * @returns {string[]}
 */
export function labels(span, item, now) {
  const icon = SIGNS.icons[span.status], number = eventsOf(span);
  if (span.kind === "mark") return [`${span.name} ${number}`, number];
  if (span.status === "point") return span.kind === "marker" ? [`${span.name} ${number}`, number] : [number];
  if (span.kind === "workflow_task" && span.status === "completed") return [];
  const length = took(span, now), attempt = tried(span, item) ? `attempt ${span.attempt} ` : "";
  const name = span.kind === "timer" || span.kind === "child" ? `${span.name} ` : "";
  const word = span.status === "completed" ? "" : `${SIGNS.words[span.status]} `;
  const about = span.estimated ? "≈ " : "";
  const tail = span === item.spans[item.spans.length - 1] && number ? ` ${number}` : "";
  return [...new Set([
    `${name}${attempt}${icon} ${word}${about}${length}${tail}`,
    `${name}${attempt}${icon} ${about}${length}${tail}`,
    `${attempt}${icon} ${word}${about}${length}`,
    `${attempt}${icon} ${about}${length}`,
    // Which attempt it was says more than how long it took.
    attempt ? `${attempt}${icon}` : `${icon} ${length}`,
  ])];
}

/** @param {Span} span @param {Item} item */
export function titleOf(span, item) {
  const kind = SIGNS.kinds[span.kind] || span.kind.replace("_", " ");
  const name = span.name === kind ? "" : span.name;
  const words = span.kind === "mark" || span.kind === "marker" ? name : `${kind} ${name}`.trim();
  return tried(span, item) || (span.kind === "workflow_task" && span.attempt > 1)
    ? `${words}, attempt ${span.attempt}` : words;
}

/** One sentence for a screen reader. @param {Span} span @param {Item} item @param {number} now */
export function sentence(span, item, now) {
  const events = eventsOf(span).replace("#", "").replace(/–$/, " on");
  const parts = [`${titleOf(span, item)}: ${SIGNS.words[span.status] ?? ""} ${took(span, now)}`.trim()];
  if (span.estimated) parts.push("reckoned from the retry policy");
  if (events) parts.push(`${events.includes("–") || events.includes("on") ? "events" : "event"} ${events}`);
  return parts.join(", ");
}

/** How many there are of each status. @param {Item[]} items */
export function statusCounts(items) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const item of items) for (const span of item.spans) counts.set(span.status, (counts.get(span.status) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])
    .map(([status, count]) => `${count.toLocaleString("en")} ${SIGNS.words[status]}`).join(", ");
}
