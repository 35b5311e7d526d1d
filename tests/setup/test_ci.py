""".ci/run, with stand-ins for everything that it calls."""

import shutil
import subprocess
from pathlib import Path

import pytest

from course_lib.paths import root

# A make whose second run finds what its first one has left for it.
MAKE = """
echo "make $* COURSE_REQUIRE_BROWSER=$COURSE_REQUIRE_BROWSER before:$(<"$COURSE_TALLY")" >>"$CALLS"
echo "$1" >"$COURSE_TALLY"
[ "$1" != "$FAILS" ] || exit 2
"""


class Machine:
    """A PATH on which only what the test puts there exists."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        for name in ("bash", "dirname", "mktemp"):
            (folder / name).symlink_to(shutil.which(name) or "")
        self.has("uname", "echo Linux x86_64")
        self.has("id", "echo 0")
        self.has("python3", "exit 0")
        self.has("make", MAKE)

    def has(self, name: str, body: str = "exit 0") -> None:
        (self.folder / name).unlink(missing_ok=True)
        (self.folder / name).write_text(f"#!{self.folder}/bash\n{body}\n")
        (self.folder / name).chmod(0o755)

    def run(self) -> tuple[int, list[str], str]:
        done = subprocess.run(
            [str(self.folder / "bash"), str(root() / ".ci" / "run")],
            env={"PATH": str(self.folder), "CALLS": str(self.calls), "TMPDIR": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        return done.returncode, self.calls.read_text().splitlines() if self.calls.exists() else [], done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


APT = 'echo "apt-get $*" >>"$CALLS"'
BOTH = ["make test COURSE_REQUIRE_BROWSER=1 before:", "make prove COURSE_REQUIRE_BROWSER=1 before:test"]


def test_a_machine_that_has_all(machine: Machine) -> None:
    machine.has("chromium")
    machine.has("apt-get", APT)
    assert machine.run() == (0, BOTH, "")


def test_what_is_missing_is_installed_first(machine: Machine) -> None:
    machine.has("apt-get", APT)
    machine.has("python3", "exit 1")
    code, calls, _ = machine.run()
    assert code == 0
    assert [call.split()[:2] for call in calls[:2]] == [["apt-get", "update"], ["apt-get", "install"]]
    assert calls[1].split()[-3:] == ["chromium", "python3", "python3-venv"]
    assert calls[2:] == BOTH


def test_another_user_asks_sudo(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    machine.has("apt-get", "exit 1")
    machine.has("sudo", 'echo "sudo $*" >>"$CALLS"')
    code, calls, _ = machine.run()
    assert code == 0
    assert calls[0].startswith("sudo --non-interactive apt-get update")


def test_shellcheck_comes_by_apt_where_the_lock_has_none(machine: Machine) -> None:
    machine.has("uname", "echo Linux aarch64")
    machine.has("chromium")
    machine.has("apt-get", APT)
    assert machine.run()[1][1].split()[-1] == "shellcheck"


def test_a_failed_installation_fails_the_run(machine: Machine) -> None:
    machine.has("apt-get", "exit 100")
    code, calls, _ = machine.run()
    assert code == 100
    assert not [call for call in calls if call.startswith("make")]


def test_a_system_without_apt(machine: Machine) -> None:
    code, calls, said = machine.run()
    assert code == 1
    assert "chromium" in said
    assert calls == []


@pytest.mark.parametrize("fails", ["test", "prove"])
def test_either_failure_fails_the_run_and_both_are_made(machine: Machine, fails: str) -> None:
    machine.has("chromium")
    machine.has("make", f"FAILS={fails}\n{MAKE}")
    assert machine.run()[:2] == (2, BOTH)
