"""Answers to exercise 2.2, Resume the import."""

from tests.grading.edits import Wrong, replace

WRONG = {
    "counts_its_own_rows": Wrong(
        "a count of this attempt's own rows",
        replace("while rows := await ShopClient().catalogue_page(offset, 500):").by("""
            count = 0
            while rows := await ShopClient().catalogue_page(offset, 500):
        """),
        replace("offset += len(rows)").by("offset += len(rows)\ncount += len(rows)"),
        replace("return offset").by("return count"),
    ),
    "details_in_the_first_attempt": Wrong(
        "an activity has no heartbeat details yet",
        replace("offset: int = next(iter(activity.info().heartbeat_details), 0)").by(
            "offset = activity.info().heartbeat_details[0]"
        ),
    ),
    "from_zero": Wrong(
        "begin at the last heartbeat's value",
        replace("offset: int = next(iter(activity.info().heartbeat_details), 0)").by("offset = 0"),
    ),
    "from_zero_with_a_key": Wrong(
        "begin at the last heartbeat's value",
        replace("offset: int = next(iter(activity.info().heartbeat_details), 0)").by("offset = 0"),
        replace("job=job").by('job=job, idempotency_key=f"{job}-{offset}"'),
    ),
    "long_silence": Wrong("choose a shorter `heartbeat_timeout`", replace("seconds=2").by("seconds=8")),
    "no_details": Wrong("pass your progress", replace("(offset)").by("()")),
    "no_heartbeat": Wrong(
        "call `activity.heartbeat(offset)` after each page", replace("activity.heartbeat(offset)").by("")
    ),
    "no_heartbeat_timeout": Wrong(
        "without it nobody misses the heartbeats", replace(", heartbeat_timeout=pulse").by("")
    ),
    "one_page_doubled": Wrong(
        "report the offset after `offset += len(rows)`",
        replace("offset += len(rows)").by("activity.heartbeat(offset)"),
        replace("activity.heartbeat(offset)").by("offset += len(rows)"),
    ),
    "one_page_left_out": Wrong(
        "report a page only when it is recorded",
        replace("offset: int = next(iter(activity.info().heartbeat_details), 0)").by("""
            details = activity.info().heartbeat_details
            offset = details[0] + 500 if details else 0
        """),
    ),
    "reported_too_early": Wrong(
        "report a page only when it is recorded",
        replace("await ShopClient().record_import(offset, rows, job=job)").by("activity.heartbeat(offset + len(rows))"),
        replace("offset += len(rows)").by("await ShopClient().record_import(offset, rows, job=job)"),
        replace("activity.heartbeat(offset)").by("offset += len(rows)"),
    ),
}
