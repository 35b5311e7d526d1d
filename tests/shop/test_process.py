"""The shop's process: found, started once, healed, gone with its folder. Real processes, really killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from course_lib.daemons import Daemon
from course_lib.errors import CourseError
from course_lib.shop import Shop, ShopUnavailable, open_shop, process, stop_service
from course_lib.shop.pool import MOST_OPEN

LIMIT = 120.0  # seconds for anything awaited here


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < deadline, f"not within {LIMIT:g} s: {what}"
        time.sleep(0.02)


def pid() -> int:
    state = process.daemon().read()
    assert state is not None
    return state.pid


@pytest.fixture
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder without a service."""
    folder = tmp_path / "a folder with ünicode"
    monkeypatch.setenv("COURSE_STATE", str(folder))
    yield folder
    if folder.is_dir():
        stop_service()


def test_kill_9_is_healed_with_rows_faults_and_port_kept(shop: Shop):
    client = shop.blocking_client()
    client.charge("o1", 5, idempotency_key="k")
    shop.faults.next_calls("payments", ["ok", "error", "ok"])
    client.charge("o2", 5)
    url, killed = shop.url, pid()
    os.kill(killed, signal.SIGKILL)
    until(lambda: process.daemon().read() is None, "the service is gone")
    again = open_shop(shop.name)
    assert again.url == url, "Workers hold the address in SHOP_URL"
    assert pid() != killed
    assert again.payments.order_id.tolist() == ["o1", "o2"]
    assert again.faults.current().script.tolist() == [["error", "ok"]]
    with pytest.raises(ShopUnavailable):
        client.charge("o3", 5)
    client.charge("o1", 5, idempotency_key="k")
    assert len(again.payments) == 2, "the key must be remembered"
    assert again.requests.call.tolist() == [1, 2, 3, 4]


def test_a_handle_starts_the_service_again_by_itself(shop: Shop):
    stop_service()
    shop.faults.outage("mailer")
    assert shop.faults.current().service.tolist() == ["mailer"]


@pytest.mark.parametrize(
    "call",
    [
        lambda shop: shop.payments,
        lambda shop: shop.table("mails"),
        lambda shop: shop.tables(),
        repr,
        lambda shop: shop.faults.current(),
        lambda shop: repr(shop.faults),
        lambda shop: shop.faults.clear(),
        lambda shop: shop.set_stock("tea", 5),
        lambda shop: shop.client(),
        lambda shop: shop.blocking_client().ship("o2"),
        lambda shop: shop.start(),
    ],
)
def test_whatever_is_asked_of_a_shop_that_was_killed_starts_it_on_its_port(shop: Shop, call: Callable[[Shop], object]):
    url = shop.url
    shop.blocking_client().charge("o1", 5)
    assert process.daemon().kill() is not None
    assert not shop.running()
    call(shop)
    assert shop.running()
    assert shop.url == url
    assert shop.payments.order_id.tolist() == ["o1"]


def test_a_port_that_another_program_took_meanwhile_is_said_once(own_state: Path):
    shop = open_shop("one")
    port = int(shop.url.split(":")[2].split("/")[0])
    assert process.daemon().kill() is not None
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(CourseError, match=f"another program has its port {port} now") as caught:
            print(shop.payments)
        assert "first cell" in caught.value.fix
        shop.blocking_client().charge("o1", 5)
        assert len(shop.payments) == 1


def test_the_service_survives_the_process_that_started_it(own_state: Path):
    script = (
        "from course_lib.shop import open_shop;"
        "shop = open_shop('kernel'); shop.blocking_client().charge('o1', 5); print(shop.url)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    before = pid()
    shop = open_shop("kernel")
    assert (shop.url, pid()) == (done.stdout.strip(), before)
    assert shop.payments.order_id.tolist() == ["o1"]


def test_two_kernels_that_race_start_one_service(own_state: Path):
    script = "from course_lib.shop import open_shop; print(open_shop('race').url)"
    racers = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = [racer.communicate(timeout=60) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0, 0], answers
    assert len({out for out, _ in answers}) == 1
    ours = [p for p in psutil.process_iter(["cmdline"]) if str(own_state) in " ".join(p.info["cmdline"] or [])]
    assert len(ours) == 1


def test_threads_that_race_start_one_service(own_state: Path):
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: process.service(), range(4)))) == 1


@pytest.mark.slow
@pytest.mark.timeout(300)  # thirty processes that start at once, on a machine that other tests keep busy
def test_thirty_labs_that_open_at_once_and_want_one_port_all_get_a_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        wanted = probe.getsockname()[1]
    folders = [tmp_path / f"lab-{number}" for number in range(30)]
    lab = threading.local()  # a lab is a thread here, with a state folder of its own
    monkeypatch.setattr(process, "state_dir", lambda: lab.folder)
    together = threading.Barrier(len(folders))

    def opened(folder: Path) -> tuple[str, list[str]]:
        lab.folder = folder
        (folder / "shops").mkdir(parents=True)
        (folder / "shops" / "port").write_text(str(wanted))
        together.wait(60)
        shop = open_shop("one")
        shop.blocking_client().charge(f"order of {folder.name}", 5)
        return shop.url, shop.payments.order_id.tolist()

    try:
        with ThreadPoolExecutor(len(folders)) as pool:
            labs = list(pool.map(opened, folders))
        assert len({url for url, _ in labs}) == len(folders)
        assert [orders for _, orders in labs] == [[f"order of {folder.name}"] for folder in folders]
        # Nobody lost a race for a port, not even one that was won at a second try.
        assert [Daemon("shop", folder).log_tail(3) for folder in folders] == [[]] * len(folders)
    finally:
        for folder in folders:
            Daemon("shop", folder).stop()


def test_labs_of_several_folders_want_several_ports(own_state: Path, monkeypatch: pytest.MonkeyPatch):
    wanted = set()
    for number in range(30):
        monkeypatch.setenv("COURSE_STATE", str(own_state / str(number)))
        wanted.add(process._wanted_port())
        assert process._wanted_port() in wanted, "the same for one folder"
    assert len(wanted) >= 28


@pytest.mark.slow
def test_a_hung_service_is_replaced(own_state: Path):
    open_shop("one").blocking_client().charge("o1", 5)
    hung = pid()
    os.kill(hung, signal.SIGSTOP)
    shop = open_shop("one")
    assert pid() != hung
    assert not psutil.pid_exists(hung)
    assert len(shop.payments) == 1


def test_a_service_of_an_older_course_is_replaced(own_state: Path, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(process, "fingerprint", lambda: "older")
        open_shop("one")
        old = pid()
    open_shop("one")
    assert pid() != old


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1}', "\x00\xff"])
def test_a_broken_state_file_heals(own_state: Path, content: str):
    own_state.mkdir()
    (own_state / "shop.json").write_text(content, encoding="utf-8")
    assert open_shop("one").payments.empty


def test_a_port_that_is_taken_is_passed_over_and_the_new_one_remembered(own_state: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        (own_state / "shops").mkdir(parents=True)
        (own_state / "shops" / "port").write_text(str(taken))
        shop = open_shop("one")
        assert f":{taken}/" not in shop.url
    stop_service()
    assert open_shop("one").url == shop.url


def test_a_file_that_is_no_database_is_put_aside(own_state: Path):
    (own_state / "shops").mkdir(parents=True)
    (own_state / "shops" / "one.sqlite").write_bytes(b"no database at all" * 100)
    shop = open_shop("one")
    shop.blocking_client().charge("o1", 5)
    assert len(shop.payments) == 1
    assert (own_state / "shops" / "one.broken").exists()


def test_a_state_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "file"))
    with pytest.raises(CourseError, match="cannot write to its state folder"):
        open_shop("one")


def test_a_service_that_dies_at_once_is_a_clear_error(own_state: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    started = time.monotonic()
    with pytest.raises(CourseError, match="does not start") as caught:
        open_shop("one")
    assert time.monotonic() - started < 5.0, "the brief gives a failed start 5 s"
    assert caught.value.tried
    assert str(own_state) in caught.value.fix


def test_the_service_ends_with_its_folder(own_state: Path):
    open_shop("one")
    running = psutil.Process(pid())
    shutil.rmtree(own_state)
    until(lambda: not running.is_running() or running.status() == psutil.STATUS_ZOMBIE, "the service ends")


def test_many_shops_are_served_with_few_open_files(own_state: Path):
    shops = [open_shop(f"grade-{number}") for number in range(MOST_OPEN + 5)]
    first = shops[0].blocking_client()
    for shop in shops:
        shop.blocking_client().charge("o1", 5)
    first.charge("o2", 5)
    assert shops[0].payments.order_id.tolist() == ["o1", "o2"]
    held = [file for file in psutil.Process(pid()).open_files() if file.path.endswith(".sqlite")]
    assert 0 < len({file.path for file in held}) <= MOST_OPEN


def test_it_listens_on_this_machine_alone_and_says_nothing(shop: Shop):
    shop.blocking_client().charge("o1", 5)
    listening = [c for c in psutil.Process(pid()).net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert {c.laddr.ip for c in listening} == {"127.0.0.1"}
    assert process.daemon().log_tail(5) == []
