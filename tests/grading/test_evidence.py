"""How an error is said to a learner."""

from temporalio.exceptions import ApplicationError, TimeoutError, TimeoutType

from course_lib.grading.evidence import explain, short_text


def test_a_failure_is_said_with_its_type() -> None:
    assert explain(ApplicationError("no", type="CardDeclined"), {}) == "CardDeclined: no"


def test_a_timeout_is_said_too_although_its_type_is_no_text() -> None:
    error = TimeoutError("activity Heartbeat timeout", type=TimeoutType.HEARTBEAT, last_heartbeat_details=[])
    assert explain(error, {}) == "TimeoutError: activity Heartbeat timeout"


def test_what_the_sandbox_adds_to_each_refusal_leaves_room_for_the_line() -> None:
    aside = (
        "If this is code from a module not used in a workflow or known to only be used deterministically from a "
        "workflow, mark the import as pass through."
    )
    said = f"Cannot access time.time.__call__ from inside a workflow. {aside}, at line 3"
    assert short_text(said) == "Cannot access time.time.__call__ from inside a workflow, at line 3"
