"""A headless run tells the verdict of every check, whatever the other cells do."""

import json
import os
import socket
from pathlib import Path

import psutil
import pytest
from jupyter_client.connect import LocalPortCache

from course_lib.authoring.execute import Result, execute, own_state
from course_lib.paths import root

from .sample import code, notebook

# What lab.check does under COURSE_STRICT=1, without the server: a verdict's text in a CheckFailed.
LAB = """\
class CheckFailed(AssertionError): ...
class Lab:
    def check(self, name, verdict):
        if verdict: raise CheckFailed(verdict)
lab = Lab()"""


def run(tmp_path: Path, *cells: object, limit: float = 30.0) -> Result:
    import nbformat

    path = tmp_path / "01_sample.ipynb"
    nbformat.write(notebook([code(LAB, id="open"), *cells]), path)
    before = path.read_bytes()
    with own_state() as env:
        result = execute(path, env, None, limit)
    assert path.read_bytes() == before
    return result


def test_each_check_has_its_outcome(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        code('lab.check("1.1", "")'),
        code('lab.check("1.2", "✗ 1.2: not yet")'),
        code('lab.check("1.3", "○ 1.3: not attempted yet")'),
        code('lab.check("1.4", "! 1.4: the check could not be carried out")'),
        code('lab.check("1.5", undefined_name)'),
        code("1 / 0", id="div"),
        code("raise ValueError", "raises-exception"),
    )
    assert [(check.exercise, check.outcome) for check in result.checks] == [
        ("1.1", "passed"),
        ("1.2", "failed"),
        ("1.3", "unattempted"),
        ("1.4", "error"),
        ("1.5", "error"),
    ]
    assert "undefined_name" in result.checks[-1].text
    assert result.broken == [("div", "ZeroDivisionError: division by zero")]
    assert not result.passed


def test_all_passed(tmp_path: Path) -> None:
    assert run(tmp_path, code('lab.check("1.1", "")')).passed


def test_a_kernel_whose_port_was_taken_meanwhile_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, given = LocalPortCache.find_available_port, []

    def taken_first(cache: LocalPortCache, ip: str) -> int:
        given.append(port := int(other.getsockname()[1]) if not given else find(cache, ip))
        return port

    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr(LocalPortCache, "find_available_port", taken_first)
        assert run(tmp_path, code('lab.check("1.1", "")')).passed
    assert len(given) == 10, "five ports for each of two kernels"


@pytest.mark.slow
def test_an_endless_cell_and_a_dead_kernel_end_with_a_verdict(tmp_path: Path) -> None:
    endless = run(tmp_path, code("while True: pass", id="endless"), code('lab.check("1.1", "")'), limit=2.0)
    assert [check.outcome for check in endless.checks] == ["error"]
    assert "endless did not end within 2 s" in endless.checks[0].text
    dead = run(tmp_path, code("import os; os._exit(3)", id="exits"), code('lab.check("1.1", "")'))
    assert [check.outcome for check in dead.checks] == ["error"]
    assert "the kernel died in cell exits" in dead.checks[0].text


def test_a_run_has_a_state_of_its_own_and_leaves_nothing(tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    start = f"""\
import json, os, pathlib
from course_lib import paths, server
found = await server.ensure()
folders = [str(folder) for folder in (paths.state_dir(), paths.workspace("01"), paths.exports())]
pathlib.Path({str(seen)!r}).write_text(json.dumps([os.environ["COURSE_STRICT"], found.pid, folders]))"""
    assert run(tmp_path, code(start)).broken == []
    strict, pid, folders = json.loads(seen.read_text(encoding="utf-8"))
    assert (strict, folders[0] != os.environ["COURSE_STATE"]) == ("1", True)
    assert not any(Path(folder).is_relative_to(root()) or Path(folder).parent.exists() for folder in folders)
    assert not alive(pid)


def alive(pid: int) -> bool:
    """Tell whether a process runs; its parent, the kernel, is gone, so nobody may have collected a dead one."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
