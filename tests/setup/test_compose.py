"""docker-compose.yml, as far as it can be checked without an engine."""

import json
import re
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
import yaml

from course_lib.paths import root
from course_lib.server import switches

COMPOSE = root() / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(\w+)(:?[-?+])?([^}]*)\}")
JOBS = {"temporal-schema", "temporal-namespace"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text())  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return compose["services"]  # type: ignore[no-any-return]


def schema() -> dict[str, Any]:
    """The compose specification's schema, from the package check-jsonschema, which keeps a copy of the official one."""
    place = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    return json.loads(place.read_text("utf-8"))  # type: ignore[no-any-return]


def test_it_is_a_compose_file(compose: dict[str, Any]) -> None:
    validator = jsonschema.validators.validator_for(schema())(schema())
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(compose)] == []


def test_the_schema_can_say_no(compose: dict[str, Any]) -> None:
    validator = jsonschema.validators.validator_for(schema())(schema())
    assert not validator.is_valid(compose | {"services": {"x": {"image": "y", "helthcheck": {}}}})


def test_images_are_pinned_and_current(services: dict[str, dict[str, Any]]) -> None:
    images = {name: service["image"] for name, service in services.items()}
    assert images.pop("postgresql").startswith("docker.io/library/postgres:16.")
    assert images == {
        "temporal-schema": "docker.io/temporalio/admin-tools:1.32.0",
        "temporal": "docker.io/temporalio/server:1.32.0",
        "temporal-namespace": "docker.io/temporalio/admin-tools:1.32.0",
        "temporal-admin-tools": "docker.io/temporalio/admin-tools:1.32.0",
        "temporal-ui": "docker.io/temporalio/ui:2.54.1",
    }


def test_mounted_files_exist_and_are_read_only(services: dict[str, dict[str, Any]], compose: dict[str, Any]) -> None:
    mounts = [mount for service in services.values() for mount in service.get("volumes", ())]
    assert mounts
    for mount in mounts:
        source, target, *options = mount.split(":")
        assert target.startswith("/")
        if source.startswith("."):
            assert (root() / source).is_file(), f"{source} is mounted and missing"
            assert "ro" in options[0].split(",")
        else:
            assert source in compose["volumes"]


def test_every_variable_has_a_default_and_is_documented() -> None:
    documented = dict(re.findall(r"^(\w+)=(.*)$", (root() / ".env.example").read_text(), re.MULTILINE))
    used = VARIABLE.findall(re.sub(r"^\s*#.*$", "", COMPOSE.read_text(), flags=re.MULTILINE))
    assert {name for name, _, _ in used} == set(documented)
    for name, operator, default in used:
        assert operator == ":-", f"{name} has no default"
        assert documented[name] == default, f"{name}: .env.example and docker-compose.yml differ"


def test_only_this_machine_can_reach_it(services: dict[str, dict[str, Any]]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(ports) == {"temporal", "temporal-ui"}, "only these two may be published, the database never"
    for published in ports.values():
        assert all(port.startswith("${COURSE_BIND:-127.0.0.1}:") for port in published)
    assert ports["temporal-ui"] == ["${COURSE_BIND:-127.0.0.1}:${COURSE_UI_PORT:-8088}:8080"]


def test_what_waits_for_what(services: dict[str, dict[str, Any]]) -> None:
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in services.items()
    }
    healthy, done = "service_healthy", "service_completed_successfully"
    assert waits == {
        "postgresql": {},
        "temporal-schema": {},
        "temporal": {"postgresql": healthy, "temporal-schema": done},
        "temporal-namespace": {},
        "temporal-admin-tools": {"temporal": healthy, "temporal-namespace": done},
        "temporal-ui": {"temporal": healthy},
    }
    for on in waits.values():
        for other, condition in on.items():
            assert condition == done or "healthcheck" in services[other], f"{other} can never be healthy"


def test_podman_compose_can_start_what_waits_for_a_job(services: dict[str, dict[str, Any]]) -> None:
    """It starts nothing that depends on an ended job that itself depends on a service (its issues 683 and 1265)."""
    assert [job for job in JOBS if "depends_on" in services[job]] == []


def test_up_with_wait_is_content_with_ended_jobs(services: dict[str, dict[str, Any]]) -> None:
    """`docker compose up --wait` calls an ended container a failure, unless a service waits for its end."""
    awaited = {
        other
        for service in services.values()
        for other, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }
    assert awaited == JOBS


def test_services_restart_and_jobs_end(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["restart"] == ("no" if name in JOBS else "unless-stopped"), name
        assert ("healthcheck" in service) is (name not in JOBS), name


def test_jobs_run_the_script_that_they_mount(services: dict[str, dict[str, Any]]) -> None:
    for name in JOBS:
        [mount] = services[name]["volumes"]
        assert services[name]["entrypoint"] == ["/bin/sh", mount.split(":")[1]]


@pytest.mark.parametrize("job", sorted(JOBS))
def test_every_variable_of_a_script_is_set(services: dict[str, dict[str, Any]], job: str) -> None:
    [mount] = services[job]["volumes"]
    text = (root() / mount.split(":")[0]).read_text()
    own = set(re.findall(r"^\s*(?:for |until )?([A-Za-z_]+)(?:=| in )", text, re.MULTILINE))
    used = set(re.findall(r"\$\{?([A-Za-z_]+)", re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)))
    assert used - own <= set(services[job]["environment"])


def test_the_servers_switches() -> None:
    settings = yaml.safe_load((root() / "deploy" / "dynamicconfig.yaml").read_text())
    values = {key: entries[0]["value"] for key, entries in settings.items() if len(entries) == 1}
    embedded = {name: json.loads(value) for name, _, value in (switch.partition("=") for switch in switches.DYNAMIC)}
    # Later servers' name. The embedded server takes it silently; this one, whose version is known, would warn.
    del embedded["system.workflowTimeSkippingEnabled"]
    assert values == embedded | {
        "frontend.namespaceRPS.visibility": 100,
        "system.forceSearchAttributesCacheRefreshOnRead": True,
    }


def test_the_server_reads_the_mounted_switches(services: dict[str, dict[str, Any]]) -> None:
    [mount] = services["temporal"]["volumes"]
    assert services["temporal"]["environment"]["DYNAMIC_CONFIG_FILE_PATH"] == mount.split(":")[1]


def test_the_server_is_told_that_nobody_logs_in(services: dict[str, dict[str, Any]]) -> None:
    assert services["temporal"]["environment"]["TEMPORAL_ALLOW_NO_AUTH"] == "true", "it warns at every start"


def test_one_password_for_all(services: dict[str, dict[str, Any]]) -> None:
    seen = {
        services["postgresql"]["environment"]["POSTGRES_PASSWORD"],
        services["temporal-schema"]["environment"]["SQL_PASSWORD"],
        services["temporal"]["environment"]["POSTGRES_PWD"],
    }
    assert len(seen) == 1
