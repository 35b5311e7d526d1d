"""Links that a browser can open: on this machine, behind JupyterHub, in Codespaces, behind one's own proxy."""

import asyncio
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from course_lib import server
from course_lib.server import Server, links, run_url, ui_url

NAMES = (
    "COURSE_UI_URL", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_PUBLIC_URL", "CODESPACE_NAME",
    "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN",
)  # fmt: skip
Set = Callable[..., None]


@pytest.fixture(autouse=True)
def put(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Sets variables of the environment; none of those that count is set before."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)

    def put(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return put


def here(ui: str | None = "http://127.0.0.1:8233") -> Server:
    return Server("127.0.0.1:7233", "default", ui, "course", "1.32.0")


def test_on_this_machine_it_is_the_servers_own_address() -> None:
    assert run_url(here(), "order-1", "r-1") == "http://127.0.0.1:8233/namespaces/default/workflows/order-1/r-1/history"
    assert run_url(here(), "order-1") == "http://127.0.0.1:8233/namespaces/default/workflows/order-1"
    assert run_url(here(None), "order-1") is None


def test_ids_are_quoted() -> None:
    assert str(run_url(here(), 'a/b #?"<ä', "r")).endswith("/workflows/a%2Fb%20%23%3F%22%3C%C3%A4/r/history")


def test_in_a_codespace_it_is_the_forwarded_port(put: Set) -> None:
    put(CODESPACE_NAME="lazy-owl", GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN="app.github.dev")
    assert ui_url(here()) == "https://lazy-owl-8233.app.github.dev"
    cloud = "https://cloud.temporal.io"
    assert ui_url(here(cloud)) == cloud  # a browser reaches that from everywhere


def test_on_a_hub_the_link_goes_through_the_proxy(put: Set) -> None:
    put(JUPYTERHUB_SERVICE_PREFIX="/user/ada/")
    path = "/user/ada/proxy/absolute/8233"
    assert ui_url(here(f"http://127.0.0.1:8233{path}")) == path
    put(JUPYTERHUB_PUBLIC_URL="https://hub.example.org/user/ada/")
    assert ui_url(here(f"http://127.0.0.1:8233{path}")) == f"https://hub.example.org{path}"
    assert ui_url(here()) is None  # a server that was started without that path: an empty page is no link


def test_ones_own_address_comes_first(put: Set) -> None:
    put(JUPYTERHUB_SERVICE_PREFIX="/user/ada/", COURSE_UI_URL="https://proxy.example.org/ui/{port}/")
    assert ui_url(here()) == "https://proxy.example.org/ui/8233"
    assert links.public_path(8233) == "/ui/8233"


def test_the_path_on_a_hub_needs_the_proxy(put: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    assert links.public_path(8233) == ""
    put(JUPYTERHUB_SERVICE_PREFIX="/user/ada/")
    monkeypatch.setattr(links.importlib.util, "find_spec", lambda name: None)
    assert links.public_path(8233) == ""
    monkeypatch.setattr(links.importlib.util, "find_spec", lambda name: name == "jupyter_server_proxy")
    assert links.public_path(8233) == "/user/ada/proxy/absolute/8233"


async def test_the_embedded_server_answers_below_the_path(own_state: Path, put: Set) -> None:
    put(COURSE_UI_URL="https://proxy.example.org/ui/{port}")
    found = await server.ensure()
    assert found.ui_url is not None
    port = found.ui_url.split(":")[2].split("/")[0]
    assert found.ui_url == f"http://127.0.0.1:{port}/ui/{port}"
    assert f'"/ui/{port}/_app/' in await asyncio.to_thread(read, f"{found.ui_url}/")
    assert "DefaultNamespace" in await asyncio.to_thread(read, f"{found.ui_url}/api/v1/settings")


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as page:
        return str(page.read().decode())
