import { build } from "../panel/dom.js";

/**
 * The switches: a row per service with native controls, its sentences below, and what stands for all above.
 *
 * Rows of a grid and no table: where the notebook is narrow, the controls of a service wrap, each under its own label.
 *
 * A control shows at once what was chosen. What the kernel says about it is taken again when the kernel has carried
 * the press out (its token is in `done`), so that an older look at the shop does not turn a control back.
 *
 * @param {{model: any, el: HTMLElement}} context What anywidget hands to a view.
 */
function render({ model, el }) {
  const root = build("div", { class: "tc tc-faults" }, build("style", { text: model.get("css") }));
  el.append(root);
  const HEADS = ["Latency, seconds", "Error rate", "Decline", "Outage", "Lose the answer of", "Deliver twice"];
  const GIVE_UP = 15000; // milliseconds after which the kernel's word counts again in any case
  /** @type {Map<Element, {token: string, at: number}>} */
  const pressed = new Map();
  let number = 0;

  /** Sends what a control was set to. */
  const press = (/** @type {Element} */ control, /** @type {object} */ content) => {
    const token = `${Date.now()}-${number++}`;
    pressed.set(control, { token, at: Date.now() });
    model.send({ press: content, token });
  };
  const settled = (/** @type {HTMLElement} */ control) => {
    const open = pressed.get(control);
    if (open && (model.get("done").includes(open.token) || Date.now() - open.at > GIVE_UP)) pressed.delete(control);
    return !pressed.has(control) && !control.dataset.typed;
  };
  /** A number that is sent when its editing ends: Enter, leaving it, or its arrows. */
  const amount = (/** @type {string} */ label, /** @type {object} */ limits, /** @type {() => void} */ send) => {
    const input = build("input", { type: "number", "aria-label": label, ...limits });
    input.addEventListener("input", () => (input.dataset.typed = "yes"));
    input.addEventListener("change", () => {
      delete input.dataset.typed;
      send();
    });
    return input;
  };
  const value = (/** @type {HTMLInputElement} */ input) => Number(input.value) || 0;

  // What stands for all services

  const gone = build("div", { class: "tc-callout tf-gone", role: "status" });
  const calm = build("button", { type: "button", text: "All calm", title: "Turn every switch of every service off" });
  calm.addEventListener("click", () => press(calm, { control: "calm" }));
  const scenario = build("select", { "aria-label": "Scenario" });
  scenario.append(build("option", { value: "", text: "none of these" }));
  for (const [name] of model.get("scenarios")) scenario.append(build("option", { value: name, text: name }));
  const about = build("span", { class: "tc-quiet tf-about" });
  const set = build("button", { type: "button", text: "Set", "aria-label": "Set the scenario" });
  const describe = () => {
    const found = model.get("scenarios").find((/** @type {string[]} */ pair) => pair[0] === scenario.value);
    about.textContent = found ? found[1] : "";
    set.disabled = !found || Boolean(model.get("gone"));
  };
  scenario.addEventListener("change", () => {
    scenario.dataset.typed = "yes";
    describe();
  });
  set.addEventListener("click", () => {
    delete scenario.dataset.typed;
    press(scenario, { control: "scenario", name: scenario.value });
  });
  const seed = amount("Seed", { step: "1" }, () => press(seed, { control: "seed", seed: Math.round(value(seed)) }));
  seed.title = "Decides every draw: the same seed and the same calls meet the same faults";
  const said = build("div", { class: "tf-hidden", role: "status" });
  const head = build(
    "div",
    { class: "tf-head" },
    build("b", { text: "Shop faults" }),
    build("label", {}, "Scenario ", scenario),
    set,
    about,
    build("label", { class: "tf-last" }, "Seed ", seed),
    calm,
  );

  // One row per service

  const service = (/** @type {string} */ name, /** @type {boolean} */ declines) => {
    const send = (/** @type {Element} */ control, /** @type {object} */ content) =>
      press(control, { service: name, ...content });
    const wait = () => send(seconds, { control: "latency", seconds: value(seconds), jitter: value(jitter) });
    const limits = { min: "0", max: "3600", step: "0.1" };
    const seconds = amount(`${name}: latency in seconds`, limits, wait);
    const jitter = amount(`${name}: up to so many seconds more`, limits, () => {
      wait();
      pressed.set(jitter, /** @type {any} */ (pressed.get(seconds)));
    });
    const rate = build("input", { type: "range", min: "0", max: "100", step: "1", "aria-label": `${name}: error rate` });
    const percent = build("output", { class: "tf-percent" });
    const tell = () => {
      percent.textContent = `${rate.value} %`;
      rate.setAttribute("aria-valuetext", `${rate.value} percent of the calls`);
    };
    rate.addEventListener("input", () => {
      rate.dataset.typed = "yes";
      tell();
    });
    rate.addEventListener("change", () => {
      delete rate.dataset.typed;
      send(rate, { control: "error_rate", rate: Number(rate.value) / 100 });
    });
    const toggle = (/** @type {string} */ control, /** @type {string} */ label) => {
      const input = build("input", { type: "checkbox", role: "switch", "aria-label": `${name}: ${label}` });
      const word = build("span", { class: "tf-word", "aria-hidden": "true", text: "off" });
      const show = () => (word.textContent = input.checked ? "on" : "off");
      input.addEventListener("change", () => {
        show();
        send(input, { control, on: input.checked });
      });
      return { input, cell: build("label", { class: "tf-toggle" }, input, word), show };
    };
    const decline = declines ? toggle("decline", "decline every card") : null;
    const outage = toggle("outage", "outage");
    const next = (/** @type {string} */ control, /** @type {string} */ label) => {
      const times = build("input", { type: "number", min: "1", max: "99", step: "1", value: "1" });
      times.setAttribute("aria-label", `${name}: ${label}, for how many calls`);
      const button = build("button", { type: "button" });
      const show = () => {
        const calls = value(times) === 1 ? "call" : "calls";
        button.textContent = `next ${value(times)} ${calls}`;
        button.setAttribute("aria-label", `${name}: ${label}, next ${value(times)} ${calls}`);
      };
      const send_ = () => send(button, { control, times: Math.round(value(times)) });
      times.addEventListener("input", show);
      times.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && send_());
      button.addEventListener("click", send_);
      show();
      return build("div", { class: "tf-next" }, times, button);
    };
    const picture = build("span", { class: "tf-bars", "aria-hidden": "true" });
    const times = build("span", { class: "tc-quiet tf-small", title: "The median and the slowest of the last calls" });
    const rules = build("div", { class: "tf-rules" });
    const fields = [
      [seconds, "+ up to", jitter],
      [rate, percent],
      [decline ? decline.cell : build("span", { class: "tc-quiet tf-none", text: "–", "aria-hidden": "true" })],
      [outage.cell],
      [next("accept_then_time_out", "done, but the answer is lost")],
      [next("duplicate_delivery", "delivered twice")],
    ].map((parts, column) =>
      build("div", { class: "tf-field" }, build("span", { class: "tf-label", text: HEADS[column] }), ...parts),
    );
    const row = build(
      "div",
      { class: "tf-row", role: "group", "aria-label": name, tabindex: "-1" },
      build("b", { class: "tf-name", text: name }),
      build("div", { class: "tf-fields" }, ...fields),
      build("div", { class: "tf-times" }, picture, times),
      rules,
    );
    let shown = "";
    const update = (/** @type {any} */ now) => {
      if (settled(seconds)) seconds.value = now.seconds;
      if (settled(jitter)) jitter.value = now.jitter;
      if (settled(rate)) rate.value = now.rate;
      tell();
      for (const [control, on] of /** @type {[any, boolean][]} */ ([[decline, now.decline], [outage, now.outage]])) {
        if (!control) continue;
        if (settled(control.input)) control.input.checked = on;
        control.show();
      }
      if (shown !== JSON.stringify(now.rules)) {
        shown = JSON.stringify(now.rules);
        const held = rules.contains(document.activeElement);
        rules.replaceChildren(...sentences(now.rules, send));
        // A button that is gone would take the keyboard's place in the page with it.
        if (held) (rules.querySelector("button") ?? row).focus();
      }
      const most = Math.max(1, ...now.took);
      picture.replaceChildren(
        ...now.took.map((/** @type {number} */ ms) => {
          const bar = build("i");
          bar.style.height = `${Math.max(1, Math.round((14 * ms) / most))}px`;
          return bar;
        }),
      );
      times.textContent = now.took_words;
    };
    return { row, update };
  };
  const sentences = (/** @type {any[]} */ rules, /** @type {any} */ send) => {
    if (rules.length === 0) return [build("span", { class: "tc-quiet", text: "✓ Calm: calls go through." })];
    return rules.map((rule) => {
      const label = `Turn off: ${rule.name}`;
      const off = build("button", { type: "button", class: "tf-off", text: "×", "aria-label": label, title: label });
      const { kind, operation, order_id } = rule;
      off.addEventListener("click", () => send(off, { control: "off", kind, operation, order_id }));
      return build("span", { class: "tf-rule" }, build("span", { class: "tf-warn", text: "▲" }), rule.text, off);
    });
  };
  const services = new Map(
    model
      .get("state")
      .services.map((/** @type {any} */ now) => [now.name, service(now.name, now.decline !== null)]),
  );
  const grid = build("div", { class: "tf-grid" });
  const labels = build("div", { class: "tf-fields" }, ...HEADS.map((text) => build("span", { text })));
  grid.append(
    build("div", { class: "tf-row tf-labels", "aria-hidden": "true" }, build("span", { text: "Service" }), labels),
    ...[...services.values()].map((one) => one.row),
  );
  root.append(gone, head, said, grid);

  const sayGone = () => {
    const words = model.get("gone");
    if (gone.dataset.words === words) return;
    gone.dataset.words = words;
    gone.replaceChildren();
    if (!words) return;
    const start = build("button", { type: "button", class: "mod-primary", text: "Start the shop again" });
    start.addEventListener("click", () => press(start, { control: "start" }));
    gone.append(build("span", { class: "tc-bad", text: "✖ Stopped:" }), build("span", { text: words }), start);
  };
  const show = () => {
    const now = model.get("state");
    if (settled(seed)) seed.value = now.seed;
    if (settled(scenario)) scenario.value = now.scenario;
    describe();
    for (const one of now.services) services.get(one.name)?.update(one);
    sayGone();
    if (said.textContent !== model.get("said")) said.textContent = model.get("said");
    root.setAttribute("aria-busy", model.get("busy") ? "true" : "false");
    for (const control of grid.querySelectorAll("input, button")) control.disabled = Boolean(model.get("gone"));
    for (const control of [calm, seed]) control.disabled = Boolean(model.get("gone"));
    const start = gone.querySelector("button");
    if (start) start.disabled = Boolean(model.get("busy"));
  };
  const changes = "change:state change:gone change:busy change:said change:done";
  model.on(changes, show);
  show();
  return () => model.off(changes, show);
}

export default { render };
