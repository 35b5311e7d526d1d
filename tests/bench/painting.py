"""From `lab.timeline(handle)` to the first picture of 10,000 events, against fetching them."""

import asyncio
import json
import os
import shutil
import time

from temporalio.client import Client, WorkflowHandle

from course_lib import history, loops, server
from course_lib.lab import pictures
from course_lib.widgets.timeline.live import Timeline
from course_lib.widgets.timeline.live.widget import TimelineWidget
from tests.bench.histories import long_run
from tests.bench.report import Row

ROUNDS = 5
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

# A page with nothing but the view: what JupyterLab adds is the way of one message.
_PAGE = """<body><div id="el" style="width:1000px"></div><script type="module">
{module}
window.paint = state => new Promise(done => {{
  const model = {{get: name => state[name], on() {{}}, off() {{}}, send() {{}}}};
  const began = performance.now();
  window.render({{model, el: document.getElementById("el")}});
  requestAnimationFrame(() => requestAnimationFrame(() => done((performance.now() - began) / 1000)));
}});
window.ready = true;
</script>"""


def measure(where: server.Server) -> list[Row]:
    """The kernel's part (fetch, read, draw the still form, make the message) and the page's; the best of several."""
    os.environ["COURSE_WIDGETS"] = "live"
    try:
        events, fetched, made, state = asyncio.run(_kernel(where))
    finally:
        del os.environ["COURSE_WIDGETS"]
    rows = [Row(f"timeline of {events:,} events, the kernel's part / fetch", made, fetched, "s", "")]
    if (painted := _painted(state)) is not None:
        words = f"timeline of {events:,} events: first paint / fetch"
        rows.append(Row(words, made + painted, fetched, "s", "≤ 1.5 s in all"))
    return rows


async def _kernel(where: server.Server) -> tuple[int, float, float, str]:
    client = await server.connect(where)
    handle = await long_run(client)
    fetched, made, state = [], [], ""
    for _ in range(ROUNDS):
        began = time.perf_counter()
        recorded = await history.fetch(handle)
        fetched.append(time.perf_counter() - began)
        began = time.perf_counter()
        state = _shown(handle, client, where)
        made.append(time.perf_counter() - began)
    return len(recorded.events), min(fetched), min(made), state


def _shown(handle: "WorkflowHandle[object, object]", client: Client, where: server.Server) -> str:
    """Do what a cell with `lab.timeline(handle)` does, and return what travels to the browser."""
    timeline = pictures.timeline(handle, client, where, lambda coro: loops.background().run(coro, 30))
    assert isinstance(timeline, Timeline)
    bundle = timeline._repr_mimebundle_()
    assert timeline.widget is not None
    widget = timeline.widget.get_state()
    names = ("first", "css", "signs", "gone", "tabular", "table")
    state = json.dumps({"bundle": bundle, **{name: widget[name] for name in names}})
    timeline.close()
    return state


def _painted(state: str) -> float | None:
    """Return the seconds that the page needs, None without a browser."""
    path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        return None
    from playwright.sync_api import sync_playwright

    # Its module ends with `export default { render };`.
    module = TimelineWidget._esm.replace("export default { render };", "window.render = render;")
    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(ROUNDS):
            page = browser.new_page(viewport={"width": 1300, "height": 900})
            page.set_content(_PAGE.format(module=module))
            page.wait_for_function("window.ready")
            times.append(page.evaluate("state => window.paint(JSON.parse(state))", state))
            page.close()
        browser.close()
    return min(times)
