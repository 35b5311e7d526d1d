"""The status card: where everything is, on one look, when a chapter opens."""

import platform
from typing import Protocol

import temporalio.service

from course_lib.server import Server, ui_url
from course_lib.widgets.look import View, escape, page

_ORIGINS = {
    "environment": "named by your environment (TEMPORAL_ADDRESS or TEMPORAL_PROFILE)",
    "course": "started by this course; it keeps running when the kernel stops",
    "local": "found running on this machine",
}

_STYLE = (
    ".tc-card{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 16px;max-width:780px}"
    ".tc-card>.tc-head{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline;"
    "padding-bottom:5px;margin-bottom:3px;border-bottom:1px solid var(--jp-border-color2,rgba(128,128,128,.35))}"
    ".tc-head b{font-size:14px}.tc-head .tc-last{margin-left:auto}"
    ".tc-card>.tc-key{color:var(--jp-ui-font-color2,var(--tc-quiet))}.tc-card>.tc-value{overflow-wrap:anywhere}"
)


class _Shop(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def url(self) -> str: ...


def status_card(server: Server, shop: _Shop, task_queue: str) -> View:
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

    cells = "".join(
        f'<div class="tc-key">{escape(label)}</div><div class="tc-value">'
        f"{f'<code>{escape(value)}</code>' if label in _CODE else escape(value)}"
        + (f' <span class="tc-quiet">· {escape(note)}</span>' if note else "")
        + "</div>"
        for label, value, note in rows
    )
    url = ui_url(server)
    link = _link(url) if url else '<span class="tc-quiet">no Web UI found</span>'
    body = (
        '<div class="tc-box tc-card"><div class="tc-head">'
        f'<span class="tc-ok" aria-hidden="true">●</span><b>{_TITLE}</b>'
        f'<span class="tc-quiet">{escape(versions)}</span><span class="tc-last">{link}</span></div>{cells}</div>'
    )
    lines = [f"● {_TITLE} ({versions})"]
    rows.insert(1, ("Web UI", url or "none found", ""))
    lines += [f"  {label:<11} {value}" + (f" · {note}" if note else "") for label, value, note in rows]
    return page(body, "\n".join(lines), style=_STYLE, role="status", label=_TITLE)


_TITLE = "Temporal is ready"
_CODE = ("Task queue", "Namespace")


def _link(url: str) -> str:
    # Only a web address becomes a link: a `javascript:` one would run.
    if not url.startswith(("http://", "https://")):
        return escape(url)
    return f'<a href="{escape(url)}" target="_blank" rel="noopener">Open the Web UI ↗</a>'
