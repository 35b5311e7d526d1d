"""Links to the Web UI that a browser can open, wherever the notebook runs.

On a learner's own machine that is the address at which the server listens. Elsewhere the browser cannot reach that
address, and the link goes a way round:

- **JupyterHub** (``JUPYTERHUB_SERVICE_PREFIX`` is set): through jupyter-server-proxy, which the course does not install
  (``pip install jupyter-server-proxy`` in the environment of the notebook server). Without it there is no way, and so
  no link.
- **GitHub Codespaces** (``CODESPACE_NAME``): through the forwarded port.
- **Anywhere else** (a proxy of your own): ``COURSE_UI_URL`` says it, with ``{port}`` for the Web UI's port.

What was tried (temporal 1.9.1, Web UI 2.54.1, jupyter-server-proxy 4.5): the Web UI asks for its files at ``/_app``, so
a proxy that takes its prefix off shows an empty page. Started with ``--ui-public-path`` it answers below that path and
redirects everything else there; with ``…/proxy/{port}/``, which takes the prefix off, that is a circle. So the path is
``…/proxy/absolute/{port}``, which leaves the prefix on, and the server must be told when it starts. A workflow id with
a slash does not pass this proxy; others do.
"""

from __future__ import annotations

import importlib.util
import os
from urllib.parse import quote, urlsplit

from course_lib.server.server import Server

_HERE = ("127.0.0.1", "localhost", "::1")


def public_path(port: int) -> str:
    """Return the path below which the embedded server's Web UI has to answer; empty for the root.

    Args:
        port: The Web UI's port.
    """
    if chosen := os.environ.get("COURSE_UI_URL"):
        return urlsplit(chosen.replace("{port}", str(port))).path.rstrip("/")
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    if prefix and importlib.util.find_spec("jupyter_server_proxy"):
        return f"/{prefix.strip('/')}/proxy/absolute/{port}"
    return ""


def ui_url(server: Server) -> str | None:
    """Return where a browser finds a server's Web UI, None when there is none that it could reach.

    On a JupyterHub that does not say its own address (``JUPYTERHUB_PUBLIC_URL``) it begins with ``/``: the host is the
    one that the notebook came from.

    Args:
        server: From ``server.ensure()``.
    """
    if server.ui_url is None:
        return None
    own = urlsplit(server.ui_url)
    port = own.port or (443 if own.scheme == "https" else 80)
    if chosen := os.environ.get("COURSE_UI_URL"):
        return chosen.replace("{port}", str(port)).rstrip("/")
    if own.hostname not in _HERE:
        return server.ui_url
    if os.environ.get("JUPYTERHUB_SERVICE_PREFIX"):
        hub = urlsplit(os.environ.get("JUPYTERHUB_PUBLIC_URL", ""))
        return (f"{hub.scheme}://{hub.netloc}" if hub.netloc else "") + own.path if own.path else None
    space, domain = (os.environ.get(name) for name in ("CODESPACE_NAME", "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN"))
    if space:
        return f"https://{space}-{port}.{domain or 'app.github.dev'}{own.path}"
    return server.ui_url


def run_url(server: Server, workflow_id: str, run_id: str | None = None) -> str | None:
    """Return the link to a run in the Web UI, None when the browser cannot reach it.

    Args:
        server: From ``server.ensure()``.
        workflow_id: The workflow.
        run_id: Its run; the newest one without it.
    """
    base = ui_url(server)
    if base is None:
        return None
    workflow = f"{base}/namespaces/{quote(server.namespace, safe='')}/workflows/{quote(workflow_id, safe='')}"
    return f"{workflow}/{quote(run_id, safe='')}/history" if run_id else workflow
