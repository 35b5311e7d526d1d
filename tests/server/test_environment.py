"""Attached to somebody else's server by temporalio.envconfig."""

import asyncio
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest
from temporalio.envconfig import ClientConfig
from temporalio.service import TLSConfig

from course_lib import server
from course_lib.errors import CourseError
from course_lib.server import environment


async def failure() -> CourseError:
    async with asyncio.timeout(120):  # it comes to an end at all; how fast is this machine's business
        with pytest.raises(CourseError) as caught:
            await server.ensure()
    assert caught.value.fix
    return caught.value


@pytest.fixture
async def theirs(own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> server.Server:
    """A server that somebody else runs; the environment does not name it yet."""
    found = await server.ensure()
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "mine"))
    return found


async def test_address(theirs: server.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", theirs.address)
    found = await server.ensure()
    assert (found.origin, found.address, found.namespace, found.owned) == (
        "environment",
        theirs.address,
        "default",
        False,
    )
    assert found.version == theirs.version
    assert await server.stop() is False
    with pytest.raises(CourseError, match="did not start it"):
        await server.restart()
    assert psutil.pid_exists(theirs.pid or 0)
    assert (await server.connect(found)).namespace == "default"


async def test_profile_with_namespace(theirs: server.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles = tmp_path / "temporal.toml"
    profiles.write_text(f'[profile.team]\naddress = "{theirs.address}"\nnamespace = "temporal-system"\n')
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(profiles))
    monkeypatch.setenv("TEMPORAL_PROFILE", "team")
    found = await server.ensure()
    assert found.namespace == "temporal-system"
    assert (await server.connect(found)).namespace == "temporal-system"


async def test_namespace_that_does_not_exist(theirs: server.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", theirs.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "nowhere")
    assert "has no namespace 'nowhere'" in (await failure()).what


async def test_profile_that_does_not_exist(own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporal.toml").write_text("[profile.team]\n")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    monkeypatch.setenv("TEMPORAL_PROFILE", "tema")
    error = await failure()
    assert "TEMPORAL_PROFILE=tema" in error.tried[0]


async def test_tls_against_a_server_without(theirs: server.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", theirs.address)
    monkeypatch.setenv("TEMPORAL_API_KEY", "a-secret-key")
    error = await failure()
    assert "TLS on, API key given" in error.tried[0]
    assert "a-secret-key" not in str(error)


def test_cloud_settings_reach_the_client(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "shop.a1b2c.tmprl.cloud:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "shop.a1b2c")
    monkeypatch.setenv("TEMPORAL_API_KEY", "k")
    monkeypatch.setenv("TEMPORAL_TLS_SERVER_NAME", "inner")
    named = environment.named()
    assert named is not None
    assert isinstance(named.options["tls"], TLSConfig)
    assert named.options["tls"].domain == "inner"
    assert (named.options["api_key"], named.namespace) == ("k", "shop.a1b2c")
    assert environment.ui_of_cloud(named.address, "shop.a1b2c") == ("https://cloud.temporal.io/namespaces/shop.a1b2c")
    assert environment.ui_of_cloud("localhost:7233", "default") is None


async def test_nobody_listens(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))  # bound, not listening: refused for as long as the test runs
        address = f"127.0.0.1:{holder.getsockname()[1]}"
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        error = await failure()
    assert "Connection refused" in error.what
    assert f"TEMPORAL_ADDRESS={address}" in error.tried[0]
    assert not (own_state / "server.json").exists()  # it never starts one behind the learner's back


async def test_somebody_accepts_and_never_answers(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{silent.getsockname()[1]}")
        assert "no answer within" in (await failure()).what


async def test_another_program_answers(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    try:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{web.server_port}")
        assert "cannot be used" in (await failure()).what
    finally:
        web.shutdown()
        web.server_close()
        thread.join(5)


def test_a_program_is_led_to_this_server_and_to_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporal.toml").write_text('[profile.default]\naddress = "cloud:7233"\napi_key = "k"\n')
    for name, value in {
        "CONFIG_FILE": str(tmp_path / "temporal.toml"),
        "ADDRESS": "cloud:7233",
        "API_KEY": "k",
        "TLS": "1",
        "GRPC_META_A": "b",
    }.items():
        monkeypatch.setenv(f"TEMPORAL_{name}", value)
    env = server.Server("127.0.0.1:1").environ()
    assert ClientConfig.load_client_connect_config(override_env_vars=env) == {
        "target_host": "127.0.0.1:1",
        "namespace": "default",
    }
    assert server.Server("cloud:7233", origin="environment").environ() == dict(os.environ)
