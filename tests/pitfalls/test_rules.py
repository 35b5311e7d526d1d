"""Each rule by its own examples: it finds the one, and nothing is found in the other."""

from textwrap import indent

import pytest

from course_lib.pitfalls import RULES, find
from tests.pitfalls.samples import HEAD

IMPORTS = "import hashlib, sys\nfrom datetime import timedelta\n" + HEAD.partition("\n\n")[0]
ALL = ("stopped", "breaks", "lies", "wrong", "doubtful", "refused")


RUN = "@workflow.defn\nclass W:\n    @workflow.run\n    async def run(self, order):\n"


def module(example: str) -> str:
    """Return a whole module; an example may be the lines of a run method."""
    whole = "def " in example or "class " in example
    return f"{IMPORTS}\n{example if whole else RUN + indent(example, ' ' * 8)}"


@pytest.mark.parametrize("name", RULES)
def test_a_rule_finds_its_example_and_leaves_the_one_that_is_right(name: str) -> None:
    rule = RULES[name]
    found = find(module(rule.finds), effects=ALL)
    assert {(finding.name, finding.effect) for finding in found} == {(name, rule.effect)}
    assert all(len(finding.message) > 12 and len(finding.fix) > 15 for finding in found)
    assert find(module(rule.leaves), effects=ALL) == []


def test_what_checks_tell_says_what_should_be_so() -> None:
    told = [rule for rule in RULES.values() if rule.expected]
    assert {rule.name for rule in told} >= {rule.name for rule in RULES.values() if rule.effect == "wrong"}
    assert all(rule.holds or rule.effect == "wrong" for rule in told)
