"""Verdicts in words."""

from course_lib.grading import CheckFailed, Outcome, Part, Verdict

GOOD = Part(True, "the order is charged", "1", "1")
BAD = Part(False, "the order is shipped once", "1 parcel", "2 parcels", (7, 13), "use the order's id as the key.")


def test_a_failed_verdict_says_everything_in_order() -> None:
    text = Verdict("1.1", Outcome.FAILED, "Order('a')", (GOOD, BAD), BAD.next_step, 1.0, title="Two steps").text()
    pieces = ["✗ 1.1 Two steps", "1 of 2", "What was run: Order('a')", "✓ the order is charged",
              "✗ the order is shipped once", "expected: 1 parcel", "seen:     2 parcels (events 7, 13)",
              "Next: use the order's id", 'lab.hint("1.1")']  # fmt: skip
    positions = [text.index(piece) for piece in pieces]
    assert positions == sorted(positions)


def test_a_passed_verdict_has_no_hint() -> None:
    text = Verdict("1.1", Outcome.PASSED, "x", (GOOD,), "", 1.0).text()
    assert "hint" not in text
    assert text.startswith("✓ 1.1: passed")


def test_check_failed_carries_the_text() -> None:
    verdict = Verdict("1.1", Outcome.ERROR, "", (), "start it.", 1.0, error="The server is gone.")
    assert "The server is gone." in str(CheckFailed(verdict))
