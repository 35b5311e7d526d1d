"""`make prove ARGS="--load"`: the proofs of the exercises on a machine that is kept busy.

All right answers, the solutions among them, and three wrong ones of each exercise are judged on two cores, for which
eight busy processes and one that is hungry for memory compete. No verdict may be wrong. A check may say that the
machine was too busy to judge; such a proof is skipped, and the run fails when more than 5 % of them are.

With `--throttled` the run may have half of two cores, whatever else is idle (`tests.grading.throttle`).

A plugin, and hooks of conftest.py beside it. With pytest-xdist the neighbours are the controller's: one set for all.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator

import pytest

from . import choice, neighbours
from .neighbours import Neighbours
from .stage import NotJudged
from .throttle import NotPossible, throttled

MOST_NOT_JUDGED = 0.05
HALF = neighbours.CORES / 2
WRONG = "test_wrong_answer_fails_for_its_reason"
RIGHT = ("test_solution_passes_twice_and_in_another_order", "test_right_answer_passes")
_LIMIT = 2000  # seconds for one proof: a check that gives up by itself, after 900 s, must be heard


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("proofs of the exercises")
    group.addoption("--load", action="store_true", help="right answers and three wrong ones each, on a busy machine")
    group.addoption("--throttled", action="store_true", help="on half of two cores (Linux, cgroup version 1)")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("load", False) or config.getoption("throttled", False):
        config.pluginmanager.register(UnderLoad(config), "course-load")


class UnderLoad:
    """What the options do, in the controller of pytest-xdist, in its workers, or in the one process that there is."""

    def __init__(self, config: pytest.Config) -> None:
        self._kinds: dict[str, str] = {}
        self._neighbours: Neighbours | None = None
        self._impossible = ""
        if hasattr(config, "workerinput"):
            self._impossible = config.workerinput["not_throttled"]
            return
        if config.option.collectonly:
            return
        around = contextlib.ExitStack()
        config.add_cleanup(around.close)
        around.enter_context(neighbours.on_two_cores())
        if config.getoption("load"):
            self._neighbours = Neighbours(neighbours.BUSY)
            around.callback(self._neighbours.end)
        if config.getoption("throttled"):  # after the neighbours, who are not
            try:
                around.enter_context(throttled(HALF))
            except NotPossible as error:
                self._impossible = f"this machine cannot throttle the run: {error}"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: object) -> None:
        """Tell a worker of pytest-xdist what it cannot find out: it runs in the controller's group."""
        node.workerinput["not_throttled"] = self._impossible  # type: ignore[attr-defined]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what is no proof of an answer, and all but three wrong answers of each exercise."""
        proofs = {item: _proof(item.nodeid) for item in items}
        wrong = {proof for proof in choice.chosen(proofs.values(), choice.seed()) if proof.test == WRONG}
        kept = [item for item, proof in proofs.items() if proof.test in RIGHT or proof in wrong]
        for item in kept:
            item.add_marker(pytest.mark.timeout(_LIMIT))
            if self._impossible:
                item.add_marker(pytest.mark.skip(reason=self._impossible))
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept

    def pytest_report_header(self) -> str:
        """Say which proofs these are."""
        return f"under load: of the wrong answers three each; the same again: {choice.SEED}={choice.seed()}"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        """Skip a proof that could not be carried out."""
        try:
            return (yield)
        except NotJudged as error:
            pytest.skip(f"not judged: {error}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a proof. Whatever fails, a set-up too, is a wrong verdict until somebody has looked."""
        if report.failed:
            self._kinds[report.nodeid] = "wrong verdicts"
        elif report.when == "call":
            judged = "turned down" if WRONG in report.nodeid else "passed"
            self._kinds.setdefault(report.nodeid, "not judged" if report.skipped else judged)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run in which too little was judged, or whose load was none."""
        if session.exitstatus == pytest.ExitCode.OK and self._complaints():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the counts, and what the neighbours had."""
        terminalreporter.section("proofs under load")
        count = Counter(self._kinds.values())
        terminalreporter.line(
            f"right answers passed: {count['passed']}, wrong answers turned down: {count['turned down']}, "
            f"not judged: {count['not judged']}, wrong verdicts: {count['wrong verdicts']}"
        )
        if self._neighbours:
            terminalreporter.line(self._neighbours.report())
        for complaint in [*self._complaints(), *filter(None, [self._impossible])]:
            terminalreporter.line(complaint, red=True)

    def _complaints(self) -> list[str]:
        found = []
        share = list(self._kinds.values()).count("not judged") / max(len(self._kinds), 1)
        if share > MOST_NOT_JUDGED:
            found.append(f"{share:.0%} could not be carried out, at most {MOST_NOT_JUDGED:.0%} may")
        if self._neighbours and (dead := self._neighbours.dead()):
            found.append(f"{dead} of the processes that were to keep the machine busy ended by themselves")
        return found


def _proof(nodeid: str) -> choice.Proof:
    test, _, name = nodeid.rpartition("::")[2].removesuffix("]").partition("[")
    exercise, _, answer = name.partition("-")
    return choice.Proof(test, exercise, answer)
