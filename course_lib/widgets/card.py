"""The status card: where everything is, on one look, when a chapter opens."""

import platform

import temporalio.service

from course_lib.server import Server, ui_url
from course_lib.shop import Shop
from course_lib.widgets.look import View, escape, facts, link, page

_ORIGINS = {
    "environment": "named by your environment (TEMPORAL_ADDRESS or TEMPORAL_PROFILE)",
    "course": "started by this course; it keeps running when the kernel stops",
    "local": "found running on this machine",
}

_TITLE = "Temporal is ready"
_CODE = ("Task queue", "Namespace")
_STYLE = (
    ".tc-card{max-width:780px}"
    ".tc-card>.tc-head{padding-bottom:5px;"
    "border-bottom:1px solid var(--jp-border-color2,rgba(128,128,128,.35))}"
)


def status_card(server: Server, shop: Shop, task_queue: str) -> View:
    """Return the card that a chapter opens with.

    Args:
        server: The Temporal server that answered.
        shop: The outside world of this chapter.
        task_queue: The queue of this learner and notebook.
    """
    origin = _ORIGINS[server.origin] + (f" (pid {server.pid})" if server.pid else "")
    rows = [
        ("Server", f"{server.address}, version {server.version}", origin),
        ("Namespace", server.namespace, ""),
        ("Task queue", task_queue, "yours, in this notebook"),
        ("Shop", shop.name, shop.url),
    ]
    versions = f"temporalio {temporalio.service.__version__} · Python {platform.python_version()}"

    url = ui_url(server)
    shown = link(url, "Open the Web UI") or '<span class="tc-last tc-quiet">no Web UI found</span>'
    body = (
        '<div class="tc-box tc-card"><div class="tc-head">'
        f'<span class="tc-ok" aria-hidden="true">●</span><b>{_TITLE}</b>'
        f'<span class="tc-quiet">{escape(versions)}</span>{shown}</div>{facts(rows, _CODE)}</div>'
    )
    lines = [f"● {_TITLE} ({versions})"]
    rows.insert(1, ("Web UI", url or "none found", ""))
    lines += [f"  {label:<11} {value}" + (f" · {note}" if note else "") for label, value, note in rows]
    return page(body, "\n".join(lines), style=_STYLE, role="status", label=_TITLE)
