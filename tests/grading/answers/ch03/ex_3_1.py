"""Answers to exercise 3.1, Within a budget."""

from tests.grading.edits import Wrong, replace

WRONG = {
    "cap_of_one_second": Wrong(
        "`maximum_interval` must not cut it off",
        replace("""
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
            maximum_interval=timedelta(seconds=2),
        """).by("maximum_interval=timedelta(seconds=1),"),
    ),
    "counts_retries_not_tries": Wrong(
        "counts all tries, the first one too: 3 made",
        replace("backoff_coefficient=2,").by(""),
        replace("maximum_attempts=4").by("maximum_attempts=3"),
    ),
    "equal_pauses": Wrong(
        "let the pauses grow",
        replace("""
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
        """).by("backoff_coefficient=1,"),
    ),
    "failure_swallowed": Wrong(
        "must not look completed",
        replace("from temporalio.common import RetryPolicy").by("""
            from temporalio.common import RetryPolicy
            from temporalio.exceptions import ActivityError
        """),
        replace("backoff_coefficient=2,").by(""),
        replace(
            "return await workflow.execute_activity(reserve, order, start_to_close_timeout=limit, retry_policy=POLICY)"
        ).by("""
            try:
                return await workflow.execute_activity(reserve, order, start_to_close_timeout=limit, retry_policy=POLICY)
            except ActivityError:
                return "no reservation"
        """),
    ),
    "limited_by_a_timeout": Wrong(
        "A timeout counts seconds, not tries",
        replace("""
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
        """).by(""),
        replace("maximum_attempts=4,").by(""),
        replace(
            "return await workflow.execute_activity(reserve, order, start_to_close_timeout=limit, retry_policy=POLICY)"
        ).by("""
            end = timedelta(seconds=6)
            return await workflow.execute_activity(
                reserve, order, start_to_close_timeout=limit, schedule_to_close_timeout=end, retry_policy=POLICY
            )
        """),
    ),
    "loop_in_the_workflow": Wrong(
        "one call of `execute_activity`, no loop",
        replace("from temporalio.common import RetryPolicy").by("""
            from temporalio.common import RetryPolicy
            from temporalio.exceptions import ActivityError
        """),
        replace("""
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
        """).by(""),
        replace("maximum_attempts=4").by("maximum_attempts=1"),
        replace("limit = timedelta(seconds=10)").by("""
            limit = timedelta(seconds=10)
            for _ in range(3):
                try:
                    return await workflow.execute_activity(
                        reserve, order, start_to_close_timeout=limit, retry_policy=POLICY
                    )
                except ActivityError:
                    workflow.logger.info("the warehouse is down")
        """),
    ),
    "no_cap": Wrong(
        "without it the third is 4 s",
        replace("""
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
            maximum_interval=timedelta(seconds=2),
        """).by(""),
    ),
    "no_limit": Wrong(
        "0 means without end",
        replace("""
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
        """).by(""),
        replace("maximum_attempts=4,").by(""),
    ),
    "one_try_for_everything": Wrong(
        "counts all tries, the first one too: 1 made",
        replace("""
            POLICY = RetryPolicy(
                initial_interval=timedelta(seconds=1),
                backoff_coefficient=2,
                maximum_interval=timedelta(seconds=2),
                maximum_attempts=4,
            )
        """).by("POLICY = RetryPolicy(maximum_attempts=1)"),
    ),
    "one_try_too_many": Wrong(
        "counts all tries, the first one too: 5 made",
        replace("""
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
        """).by(""),
        replace("maximum_attempts=4").by("maximum_attempts=5"),
    ),
    "starts_too_late": Wrong(
        "set `initial_interval=timedelta(seconds=1)`",
        replace("""
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
        """).by("initial_interval=timedelta(seconds=2),"),
    ),
    "starts_too_soon": Wrong(
        "say what you mean",
        replace("""
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
        """).by("initial_interval=timedelta(seconds=0.5),"),
    ),
}
