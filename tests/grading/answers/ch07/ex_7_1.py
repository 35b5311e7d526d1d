"""Answers to exercise 7.1, The order's own time."""

from tests.grading.edits import Given, Right, Wrong, replace

DUE = replace("due: datetime = workflow.now() + timedelta(days=2)")

SHIP = "parcel = await workflow.execute_activity(ship_parcel, order_id, start_to_close_timeout=timedelta(seconds=5))"

CLAIMS = {
    "an order ID.": "another_order",
    "`Cannot access datetime.datetime.now.__call__ from inside a workflow`": Given("what the stub says"),
    "the parcel": "ships_twice",
    "is due two days": "one_day",
    "after the workflow began,": (
        "time_of_the_parcel",
        "waits_first",
        "time_of_the_parcel_in_whole_seconds",
        "clock_of_an_activity",
    ),
    "every replay says the same,": ("import_time", "in_a_default"),
    "with a time zone,": "without_a_zone",
    "wherever it runs.": ("zone_of_the_mail", "asks_the_clock_once"),
    "an order of 1 May, 12:00 UTC": Given("the example's day"),
    "→ `due` is `2026-05-03T12:00:00+00:00`,": ("the_example", "noon", "str_of_the_moment"),
    "even when the warehouse is slow.": "time_of_the_parcel",
}

WRONG = {
    "another_order": Wrong(
        "the promise names the order's one parcel",
        "what `ship_parcel` gave for this order",
        replace("ship_parcel, order_id").by('ship_parcel, "order-1"'),
    ),
    "asks_the_clock_once": Wrong(
        ("it is due two days after the workflow began", "a replay in a new process asks for the same"),
        "depends on whether this is a replay",
        replace("from datetime import datetime").by("from datetime import UTC, datetime"),
        replace("@workflow.defn").by("""
            @activity.defn
            async def clock() -> str:
                return datetime.now(UTC).isoformat()


            @workflow.defn
        """),
        DUE.by("""
            arrived = workflow.now()
            if not workflow.unsafe.is_replaying():
                now = await workflow.execute_activity(clock, start_to_close_timeout=timedelta(seconds=5))
                arrived = datetime.fromisoformat(now)
            due = arrived + timedelta(days=2)
        """),
    ),
    "a_fixed_day": Wrong(
        ("it is due two days after the workflow began", "it says in which time zone it is due"),
        "it is due two days after the workflow began",
        DUE.by("due = datetime(2026, 5, 3)"),
    ),
    "activity_returns_a_datetime": Wrong(
        "the workflow completes",
        "ask `workflow.now()` for the time: the history has it",
        replace("datetime,").by("UTC, datetime,"),
        replace("@workflow.defn").by("""
            @activity.defn
            async def clock() -> datetime:
                return datetime.now(UTC)


            @workflow.defn
        """),
        DUE.by("""
            due: datetime = await workflow.execute_activity(clock, start_to_close_timeout=timedelta(seconds=5)) + timedelta(
                days=2
            )
        """),
    ),
    "caught": Wrong(
        (
            "the workflow asks Temporal for the time",
            "it is due two days after the workflow began",
            "it says in which time zone it is due",
        ),
        "use `workflow.now()`: a replay must see",
        DUE.by("""
            try:
                due = datetime.now() + timedelta(days=2)
            except Exception:
                due = datetime(2026, 1, 1)
        """),
    ),
    "clock_of_an_activity": Wrong(
        "it is due two days after the workflow began",
        "an activity's clock says when a worker got to it",
        replace("from datetime import datetime").by("from datetime import UTC, datetime"),
        replace("@workflow.defn").by("""
            @activity.defn
            async def due_date() -> str:
                return (datetime.now(UTC) + timedelta(days=2)).isoformat()


            @workflow.defn
        """),
        DUE.by("due = await workflow.execute_activity(due_date, start_to_close_timeout=timedelta(seconds=5))"),
        replace("due.isoformat()").by("due"),
    ),
    "in_a_default": Wrong(
        (
            "the defaults of Deliver.run are plain values",
            "the workflow asks Temporal for the time",
            "a Worker starts with your code",
        ),
        "Inside the method the time is `workflow.now()`",
        replace("from datetime import datetime").by("from datetime import UTC, datetime"),
        replace("order_id: str) -> Promise").by("order_id: str, now: datetime = datetime.now(UTC)) -> Promise"),
        replace("workflow.now()").by("now"),
    ),
    "import_passed_through": Wrong(
        ("the workflow asks Temporal for the time", "the workflow completes"),
        "Cannot access datetime.datetime.now",
        replace("from datetime import datetime, timedelta").by(""),
        replace("from temporalio import activity, workflow").by("""
            from temporalio import activity, workflow
            with workflow.unsafe.imports_passed_through():
                from datetime import datetime, timedelta
        """),
        replace("= workflow.").by("= datetime."),
    ),
    "import_time": Wrong(
        "a replay in a new process asks for the same",
        "`time.time` runs at import",
        replace("from datetime import datetime, timedelta").by("""
            from datetime import datetime, timedelta, timezone

            import time
        """),
        replace("from course_lib.shop.client import ShopClient").by("""
            from course_lib.shop.client import ShopClient
            NOW = time.time()
        """),
        replace("workflow.now()").by("datetime.fromtimestamp(NOW, timezone.utc)"),
    ),
    "calls_the_activity_itself": Wrong(
        ("an activity is asked for, never called", "the workflow completes"),
        "ask for it: `await workflow.execute_activity(ship_parcel, …",
        replace(SHIP).by("parcel = await ship_parcel(order_id)"),
    ),
    "in_a_helper": Wrong(
        ("the workflow asks Temporal for the time", "the workflow completes"),
        "use `workflow.now()`: a replay must see",
        replace("@workflow.defn").by("""
            def in_two_days() -> datetime:
                return datetime.now() + timedelta(days=2)


            @workflow.defn
        """),
        replace("workflow.now() + timedelta(days=2)").by("in_two_days()"),
    ),
    "noon": Wrong(
        "it is due two days after the workflow began",
        "keep the whole moment",
        replace("workflow.now()").by("workflow.now().replace(hour=12, minute=0, second=0, microsecond=0)"),
    ),
    "one_day": Wrong(
        "it is due two days after the workflow began",
        "add `timedelta(days=2)`",
        replace("days=2").by("days=1"),
    ),
    "sandbox_off_for_a_line": Wrong(
        (
            "the workflow asks Temporal for the time",
            "the sandbox stays on",
            "it says in which time zone it is due",
            "a replay in a new process asks for the same",
        ),
        "✗ the sandbox stays on",
        DUE.by("""
            with workflow.unsafe.sandbox_unrestricted():
                due: datetime = datetime.now() + timedelta(days=2)
        """),
    ),
    "sandbox_off_for_the_class": Wrong(
        (
            "the workflow asks Temporal for the time",
            "the sandbox stays on",
            "it says in which time zone it is due",
            "a replay in a new process asks for the same",
        ),
        "✗ the sandbox stays on",
        replace("workflow.defn").by("workflow.defn(sandboxed=False)"),
        replace("= workflow.").by("= datetime."),
    ),
    "ships_twice": Wrong(
        "the promise names the order's one parcel",
        "ask for `ship_parcel` once",
        replace(SHIP).by(f"{SHIP}\n{SHIP}"),
    ),
    "str_of_the_moment": Wrong(
        "it is due two days after the workflow began",
        "as `isoformat()` writes it",
        replace("due.isoformat()").by("str(due)"),
    ),
    "strftime": Wrong(
        (
            "the workflow asks Temporal for the time",
            "it is due two days after the workflow began",
            "it says in which time zone it is due",
            "a replay in a new process asks for the same",
        ),
        "✗ a replay in a new process asks for the same",
        replace("from datetime import datetime, timedelta").by("""
            from datetime import datetime, timedelta
            import time
        """),
        DUE.by("""
            now = time.strftime("%Y-%m-%dT%H:%M:%S")
            due = datetime.fromisoformat(now) + timedelta(days=2, seconds=1)
        """),
    ),
    "time_of_the_parcel": Wrong(
        "it is due two days after the workflow began",
        "for the time before the parcel is shipped",
        DUE.by(SHIP),
        replace(SHIP).by("due: datetime = workflow.now() + timedelta(days=2)"),
    ),
    "time_of_the_parcel_in_whole_seconds": Wrong(
        "it is due two days after the workflow began",
        "for the time before the parcel is shipped",
        DUE.by(SHIP),
        replace(SHIP).by("due: datetime = workflow.now() + timedelta(days=2)"),
        replace("due.isoformat()").by('due.isoformat(timespec="seconds")'),
    ),
    "the_example": Wrong(
        "it is due two days after the workflow began",
        "add `timedelta(days=2)` to `workflow.now()`",
        replace("due.isoformat()").by('"2026-05-03T12:00:00+00:00"'),
    ),
    "waits_first": Wrong(
        "it is due two days after the workflow began",
        "before any wait",
        DUE.by("await workflow.sleep(1)\ndue: datetime = workflow.now() + timedelta(days=2)"),
    ),
    "without_a_zone": Wrong(
        "it says in which time zone it is due",
        "it says in which time zone it is due",
        replace("workflow.now()").by("workflow.now().replace(tzinfo=None)"),
    ),
    "zone_of_the_mail": Wrong(
        "a replay in a new process asks for the same",
        "take the time from `workflow.now()`",
        replace("from datetime import datetime, timedelta").by(
            "from datetime import datetime, timedelta\nimport email.utils"
        ),
        replace("workflow.now()").by("email.utils.localtime()"),
    ),
    "zone_of_the_machine": Wrong(
        (
            "the workflow asks Temporal for the time",
            "it says in which time zone it is due",
            "a replay in a new process asks for the same",
        ),
        "`fromtimestamp` takes the time zone of the machine",
        replace("workflow.now()").by("datetime.fromtimestamp(workflow.time())"),
    ),
}

RIGHT = {
    "from_a_timestamp": Right(
        replace("from datetime import datetime").by("from datetime import UTC, datetime"),
        replace("workflow.now()").by("datetime.fromtimestamp(workflow.time(), tz=UTC)"),
    ),
    "start_of_the_workflow": Right(replace("workflow.now()").by("workflow.info().start_time")),
    "in_whole_seconds": Right(replace("due.isoformat()").by('due.isoformat(timespec="seconds")')),
    "arrival_when_the_class_is_made": Right(
        replace("    @workflow.run").by("""
            @workflow.init
            def __init__(self, order_id: str) -> None:
                self.due = workflow.info().workflow_start_time + timedelta(days=2)

            @workflow.run
        """),
        DUE.by(""),
        replace("due.isoformat()").by("self.due.isoformat()"),
    ),
    "a_helper": Right(
        replace("@workflow.defn").by("""
            def after(start: datetime, **span: int) -> str:
                return (start + timedelta(**span)).isoformat()


            @workflow.defn
        """),
        DUE.by("due = after(workflow.now(), hours=48)"),
        replace("due.isoformat()").by("due"),
    ),
}
