"""The compose file's one-shot scripts, run for real in a shell against stand-ins for the two programs they call."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from course_lib.paths import root


@dataclass
class Stage:
    """A folder of stand-ins that note each call and fail as often as they are told."""

    folder: Path

    def program(self, name: str, body: str) -> None:
        file = self.folder / name
        file.write_text(f'#!/bin/sh\ncd "{self.folder}"\necho "{name} $*" >>calls\n{body}\n')
        file.chmod(0o755)

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        # `sleep` is a stand-in too: what is at test is the number of tries, not the seconds between them.
        self.program("sleep", "exit 0")
        return subprocess.run(
            ["/bin/sh", str(root() / "deploy" / script)],
            env={"PATH": f"{self.folder}:/usr/bin:/bin"} | environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


SQL = {
    "SQL_HOST": "postgresql",
    "SQL_PORT": "5432",
    "SQL_USER": "temporal",
    "SQL_PASSWORD": "a+b%c#d$e'f:@/?&",
    "SQL_PLUGIN": "postgres12",
}
NAMESPACES = {"TEMPORAL_ADDRESS": "temporal:7233", "COURSE_NAMESPACES": "default team-a", "COURSE_RETENTION": "72h"}
# Fails as often as there are lines in `failures`, then succeeds.
FAILING = "[ -s failures ] || exit 0\nsed -i 1d failures\nexit 1"


def test_both_databases_get_their_schema(stage: Stage) -> None:
    stage.program("temporal-sql-tool", "exit 0")
    assert stage.run("schema.sh", **SQL).returncode == 0
    versioned = "/etc/temporal/schema/postgresql/v12/{}/versioned"
    assert stage.calls() == [
        "temporal-sql-tool --db temporal create",
        "temporal-sql-tool --db temporal setup-schema -v 0.0",
        "temporal-sql-tool --db temporal update-schema -d " + versioned.format("temporal"),
        "temporal-sql-tool --db temporal_visibility create",
        "temporal-sql-tool --db temporal_visibility setup-schema -v 0.0",
        "temporal-sql-tool --db temporal_visibility update-schema -d " + versioned.format("visibility"),
    ]


def test_the_schema_waits_for_the_database(stage: Stage) -> None:
    (stage.folder / "failures").write_text("x\nx\n")
    stage.program("temporal-sql-tool", FAILING)
    assert stage.run("schema.sh", **SQL).returncode == 0
    assert stage.calls().count("temporal-sql-tool --db temporal create") == 3


def test_the_schema_does_not_wait_for_ever(stage: Stage) -> None:
    stage.program("temporal-sql-tool", "exit 1")
    done = stage.run("schema.sh", **SQL)
    assert done.returncode == 1
    assert "postgresql:5432" in done.stderr
    assert len([call for call in stage.calls() if "create" in call]) == 60, "two minutes: it waits for the database"


@pytest.mark.parametrize("password", ["two words", 'a"b', r"a\b"])
def test_a_password_that_temporal_cannot_use_is_refused(stage: Stage, password: str) -> None:
    stage.program("temporal-sql-tool", "exit 0")
    done = stage.run("schema.sh", **SQL | {"SQL_PASSWORD": password})
    assert done.returncode == 1
    assert not (stage.folder / "calls").exists(), "it does not try for two minutes"
    assert done.stderr.startswith("COURSE_DB_PASSWORD must not have a space")
    assert password not in done.stderr


def test_a_failed_update_fails_the_job(stage: Stage) -> None:
    stage.program("temporal-sql-tool", 'case "$*" in *update-schema*) exit 1 ;; esac')
    assert stage.run("schema.sh", **SQL).returncode == 1


def test_namespaces_are_registered(stage: Stage) -> None:
    stage.program("temporal", 'case "$*" in *describe*) exit 1 ;; esac')
    assert stage.run("namespace.sh", **NAMESPACES).returncode == 0
    created = [call for call in stage.calls() if " create " in call]
    assert [call.split("--namespace ")[1].split()[0] for call in created] == ["default", "team-a"]
    assert all("--retention 72h" in call for call in created)


def test_a_namespace_that_exists_is_left_alone(stage: Stage) -> None:
    stage.program("temporal", "exit 0")
    assert stage.run("namespace.sh", **NAMESPACES).returncode == 0
    assert not [call for call in stage.calls() if " create " in call]


def test_the_namespace_waits_for_a_healthy_server(stage: Stage) -> None:
    (stage.folder / "failures").write_text("x\n" * 5)
    stage.program("temporal", FAILING)
    assert stage.run("namespace.sh", **NAMESPACES).returncode == 0
    assert len([call for call in stage.calls() if "cluster health" in call]) == 6


def test_the_namespace_does_not_wait_for_ever(stage: Stage) -> None:
    stage.program("temporal", "exit 1")
    done = stage.run("namespace.sh", **NAMESPACES)
    assert done.returncode == 1
    assert "Gave up after 180 tries" in done.stderr


def test_the_namespace_says_why_it_gave_up(stage: Stage) -> None:
    stage.program("temporal", 'case "$*" in *health*) exit 0 ;; *create*) echo "bad retention" >&2 ;; esac\nexit 1')
    done = stage.run("namespace.sh", **NAMESPACES)
    assert done.returncode == 1
    assert "bad retention\nGave up after 30 tries: register default" in done.stderr
