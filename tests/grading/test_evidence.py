"""How an error is said to a learner."""

from temporalio.exceptions import ApplicationError, TimeoutError, TimeoutType

from course_lib.grading.evidence import explain


def test_a_failure_is_said_with_its_type() -> None:
    assert explain(ApplicationError("no", type="CardDeclined"), {}) == "CardDeclined: no"


def test_a_timeout_is_said_too_although_its_type_is_no_text() -> None:
    error = TimeoutError("activity Heartbeat timeout", type=TimeoutType.HEARTBEAT, last_heartbeat_details=[])
    assert explain(error, {}) == "TimeoutError: activity Heartbeat timeout"
