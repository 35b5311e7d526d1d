"""Answers to exercise 3.1, Within a budget."""

from tests.grading.edits import Given, Right, Wrong, replace

CALL = "return await workflow.execute_activity(reserve, order, start_to_close_timeout=limit, retry_policy=POLICY)"
IMPORT = replace("from temporalio.common import RetryPolicy").by("""
    from temporalio.common import RetryPolicy
    from temporalio.exceptions import ActivityError
""")

CLAIMS = {
    "an `Order`;": "another_order",
    "the warehouse is down for a while, or for good.": Given("what the warehouse does"),
    "spare the warehouse:": Given("why the pauses grow"),
    "the first pause is 1 s": ("starts_too_soon", "starts_too_late"),
    "the next twice as long.": ("equal_pauses", "cap_of_one_second"),
    "The customer wants an answer:": Given("why there is a limit"),
    "no pause is longer than 2 s": ("no_cap", "cap_of_three_seconds"),
    "after four attempts": (
        "counts_retries_not_tries",
        "one_try_too_many",
        "no_limit",
        "limited_by_a_timeout",
        "twelve_seconds_for_all",
        "over_too_soon",
    ),
    "it is over.": ("another_call_at_the_end", "six_seconds_in_the_workflow"),
    "down for good → 4 requests, then the workflow fails.": "failure_swallowed",
    "Back after the third attempt → the reservation's id.": "nothing_returned",
}

WRONG = {
    "another_call_at_the_end": Wrong(
        "after four attempts it is over",
        "one call of `execute_activity`, no loop",
        IMPORT,
        replace(CALL).by(f"""
            try:
                {CALL}
            except ActivityError:
                {CALL.replace("POLICY", "RetryPolicy(maximum_attempts=1)")}
        """),
    ),
    "another_order": Wrong(
        "after four attempts it is over",
        "give `reserve` the workflow's own `order`",
        replace("reserve, order,").by('reserve, Order("order-1"),'),
    ),
    "cap_of_three_seconds": Wrong(
        "no pause is longer than two seconds",
        "the third is 3 s",
        replace("timedelta(seconds=2)").by("timedelta(seconds=3)"),
    ),
    "nothing_returned": Wrong(
        "an order whose warehouse comes back in time is reserved",
        "return what `execute_activity` returns",
        replace(CALL).by(CALL.removeprefix("return ")),
    ),
    "outage_is_final": Wrong(
        "after four attempts it is over",
        "let an outage be retried",
        replace("maximum_attempts=4,").by('maximum_attempts=4, non_retryable_error_types=["ShopUnavailable"],'),
    ),
    "six_seconds_in_the_workflow": Wrong(
        "after four attempts it is over",
        "no other timeout may end the activity",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace(CALL).by(f"""
            async with asyncio.timeout(6):
                {CALL}
        """),
    ),
    "twelve_seconds_for_all": Wrong(
        "four attempts are allowed",
        "no other timeout may end the activity",
        replace("start_to_close_timeout=limit").by(
            "start_to_close_timeout=limit, schedule_to_close_timeout=timedelta(seconds=12)"
        ),
    ),
    "over_too_soon": Wrong(
        "four attempts are allowed",
        "no other timeout may end the activity",
        replace("start_to_close_timeout=limit").by(
            "start_to_close_timeout=limit, schedule_to_close_timeout=timedelta(seconds=2)"
        ),
    ),
    "policy_not_passed": Wrong(
        ("four attempts are allowed", "no pause is longer than two seconds"),
        "give the policy to the call",
        replace(", retry_policy=POLICY").by(""),
    ),
    "cap_of_one_second": Wrong(
        "the second pause is twice as long as the first",
        "`maximum_interval` must not cut it off",
        replace("timedelta(seconds=2)").by("timedelta(seconds=1)"),
    ),
    "counts_retries_not_tries": Wrong(
        "four attempts are allowed", "counts all attempts, the first one too: 3 make", replace("=4").by("=3")
    ),
    "equal_pauses": Wrong(
        "the second pause is twice as long as the first",
        "let the pauses grow",
        replace("backoff_coefficient=2").by("backoff_coefficient=1"),
    ),
    "failure_swallowed": Wrong(
        "when no attempt is left, the workflow fails",
        "must not look completed",
        IMPORT,
        replace(CALL).by(f"""
            try:
                {CALL}
            except ActivityError:
                return "no reservation"
        """),
    ),
    "limited_by_a_timeout": Wrong(
        "four attempts are allowed",
        "A timeout counts seconds, not attempts",
        replace("maximum_attempts=4,").by(""),
        replace("start_to_close_timeout=limit").by(
            "start_to_close_timeout=limit, schedule_to_close_timeout=timedelta(seconds=6)"
        ),
    ),
    "loop_in_the_workflow": Wrong(
        "four attempts are allowed",
        "one call of `execute_activity`, no loop",
        IMPORT,
        replace("maximum_attempts=4").by("maximum_attempts=1"),
        replace(CALL).by(f"""
            for _ in range(3):
                try:
                    {CALL}
                except ActivityError:
                    workflow.logger.info("the warehouse is down")
            {CALL}
        """),
    ),
    "no_cap": Wrong(
        "no pause is longer than two seconds",
        "the third is 4 s",
        replace("maximum_interval=timedelta(seconds=2),").by(""),
    ),
    "no_limit": Wrong("four attempts are allowed", "0 means without end", replace("maximum_attempts=4,").by("")),
    "one_try_for_everything": Wrong(
        "four attempts are allowed", "counts all attempts, the first one too: 1 makes", replace("=4").by("=1")
    ),
    "one_try_too_many": Wrong(
        "four attempts are allowed", "counts all attempts, the first one too: 5 make", replace("=4").by("=5")
    ),
    "starts_too_late": Wrong(
        ("the first pause is one second", "the second pause is twice as long as the first"),
        "set `initial_interval=timedelta(seconds=1)`",
        replace("timedelta(seconds=1),").by("timedelta(seconds=2),"),
    ),
    "starts_too_soon": Wrong(
        "the first pause is one second",
        "say what you mean",
        replace("timedelta(seconds=1),").by("timedelta(seconds=0.5),"),
    ),
}

RIGHT = {
    "an_error_of_its_own": Right(
        replace("from temporalio.common import RetryPolicy").by("""
            from temporalio.common import RetryPolicy
            from temporalio.exceptions import ActivityError, ApplicationError
        """),
        replace(CALL).by(f"""
            try:
                {CALL}
            except ActivityError as error:
                raise ApplicationError("the warehouse is down", type="WarehouseDown") from error
        """),
    ),
    "defaults_left_out": Right(
        replace("""
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2,
        """).by("")
    ),
    "made_in_run": Right(
        replace("""
            POLICY = RetryPolicy(
                initial_interval=timedelta(seconds=1),
                backoff_coefficient=2,
                maximum_interval=timedelta(seconds=2),
                maximum_attempts=4,
            )
        """).by("PAUSE = timedelta(milliseconds=1000)"),
        replace("limit = timedelta(seconds=10)").by("""
            limit = timedelta(seconds=10)
            policy = RetryPolicy(PAUSE, 2.0, 2 * PAUSE, maximum_attempts=4)
        """),
        replace("=POLICY").by("=policy"),
    ),
    "options_in_a_dict": Right(
        replace("@workflow.defn").by("""
            OPTIONS = {"start_to_close_timeout": timedelta(seconds=10), "retry_policy": POLICY}


            @workflow.defn
        """),
        replace("reserve, order, start_to_close_timeout=limit, retry_policy=POLICY").by(
            'activity="reserve", arg=order, result_type=str, **OPTIONS'
        ),
    ),
    "logged_and_raised_again": Right(
        IMPORT,
        replace(CALL).by(f"""
            try:
                {CALL}
            except ActivityError:
                workflow.logger.warning("no reservation")
                raise
        """),
    ),
}
