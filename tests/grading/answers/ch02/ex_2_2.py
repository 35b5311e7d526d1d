"""Answers to exercise 2.2, Resume the import."""

from tests.grading.edits import Right, Wrong, replace

START = replace("offset: int = next(iter(activity.info().heartbeat_details), 0)")

CLAIMS = {
    "the job's name;": "no_job",
    "the worker is killed in the middle.": ("the_whole_sequence", "key_of_the_job"),
    "the server notices within two seconds": ("long_silence", "no_heartbeat_timeout"),
    "and each further attempt": ("two_attempts_at_most", "one_limit_for_all_attempts", "the_second_attempt_alone"),
    "goes on from the last heartbeat.": ("one_page_doubled", "page_numbers", "an_activity_for_each_page"),
    "Every row is imported": ("reported_too_early", "one_page_left_out", "key_of_the_offset"),
    "and nothing starts from zero again.": ("from_zero", "from_zero_with_a_key", "one_heartbeat_alone"),
    "The result is the number of rows.": "counts_its_own_rows",
    "killed after offset 3500 → the new attempt begins at 4000": "the_examples_offset",
    "the result is `10000`.": "counts_its_own_rows",
}

WRONG = {
    "key_of_the_offset": Wrong(
        "another job is imported after it",
        "make the key of the job and the offset",
        replace(", job=job)").by(', job=job, idempotency_key=f"page-{offset}")'),
    ),
    "key_of_the_job": Wrong(
        "the import gets under way",
        "make the key of the job and the offset",
        replace(", job=job)").by(", job=job, idempotency_key=job)"),
    ),
    "no_job": Wrong("the pages are recorded for the job", "the shop `job=job`", replace(", job=job)").by(")")),
    "the_whole_sequence": Wrong(
        "the workflow completes after the kill",
        "take the first of the values",
        START.by("offset = activity.info().heartbeat_details or 0"),
    ),
    "reads_another_form": Wrong(
        "the workflow completes after the kill",
        "read back what you report",
        replace("activity.heartbeat(offset)").by('activity.heartbeat(f"offset {offset}")'),
    ),
    "page_numbers": Wrong(
        "a page that was reported is not imported again",
        "report the offset itself",
        replace("activity.heartbeat(offset)").by("activity.heartbeat(offset // 500)"),
    ),
    "one_heartbeat_alone": Wrong(
        "the next attempt does not begin from zero again",
        "after each page",
        replace("activity.heartbeat(offset)").by(""),
        START.by("""
            offset: int = next(iter(activity.info().heartbeat_details), 0)
            activity.heartbeat(offset)
        """),
    ),
    "the_examples_offset": Wrong(
        "every row is imported",
        "report a page only when it is recorded",
        START.by("offset = 0 if activity.info().attempt == 1 else 4000"),
    ),
    "stops_before_the_last_page": Wrong(
        "every row is imported",
        "go on until a page is empty",
        replace("while rows := await ShopClient().catalogue_page(offset, 500):").by(
            "while offset < 9500 and (rows := await ShopClient().catalogue_page(offset, 500)):"
        ),
        replace("return offset").by("return 10_000"),
    ),
    "an_activity_for_each_page": Wrong(
        "the server knows how far the import is",
        "keep the loop in one activity",
        replace("(job: str) -> int:\n    offset: int = next(iter(activity.info().heartbeat_details), 0)").by(
            "(job: str, offset: int) -> int:"
        ),
        replace("while rows :=").by("if rows :="),
        replace(
            "return await workflow.execute_activity(import_pages, job, start_to_close_timeout=limit, heartbeat_timeout=pulse)"
        ).by("""
            offset, done = 0, -1
            while offset != done:
                done = offset
                offset = await workflow.execute_activity(
                    import_pages, args=[job, done], start_to_close_timeout=limit, heartbeat_timeout=pulse
                )
            return offset
        """),
    ),
    "nobody_waits_for_a_page": Wrong(
        "the next attempt comes",
        "`await` the call of `record_import`",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("await ShopClient().record_import(offset, rows, job=job)").by(
            "asyncio.create_task(ShopClient().record_import(offset, rows, job=job))"
        ),
    ),
    "two_attempts_at_most": Wrong(
        "there is time for another attempt, and for one more",
        "another attempt may fail",
        replace("from temporalio import activity, workflow").by("""
            from temporalio import activity, workflow
            from temporalio.common import RetryPolicy
        """),
        replace("heartbeat_timeout=pulse").by("heartbeat_timeout=pulse, retry_policy=RetryPolicy(maximum_attempts=2)"),
    ),
    "the_second_attempt_alone": Wrong(
        "the next attempt does not begin from zero again",
        "in *every* attempt that finds one",
        START.by("""
            info = activity.info()
            offset = info.heartbeat_details[0] if info.attempt == 2 else 0
        """),
    ),
    "passes_over_a_failed_page": Wrong(
        "every row is imported",
        "report a page only when it is recorded",
        replace("from datetime import timedelta").by("from contextlib import suppress\nfrom datetime import timedelta"),
        replace("import ShopClient").by("import ShopClient, ShopError"),
        replace("await ShopClient().record_import(offset, rows, job=job)").by("""
            with suppress(ShopError):
                await ShopClient().record_import(offset, rows, job=job)
        """),
    ),
    "one_limit_for_all_attempts": Wrong(
        "there is time for another attempt, and for one more",
        "a limit for all of them together",
        replace("start_to_close_timeout=limit").by("schedule_to_close_timeout=limit"),
    ),
    "too_short_a_silence": Wrong(
        "a page has time to be reported",
        "choose a longer `heartbeat_timeout`",
        replace("seconds=2").by("milliseconds=200"),
    ),
    "skips_a_page": Wrong(
        "every row is imported",
        "add to `offset` only the rows",
        replace("offset += len(rows)").by("offset += len(rows) + 500"),
    ),
    "counts_its_own_rows": Wrong(
        "the result is the number of rows",
        "a count of this attempt's own rows",
        replace("while rows := await ShopClient().catalogue_page(offset, 500):").by("""
            count = 0
            while rows := await ShopClient().catalogue_page(offset, 500):
        """),
        replace("offset += len(rows)").by("offset += len(rows)\ncount += len(rows)"),
        replace("return offset").by("return count"),
    ),
    "details_in_the_first_attempt": Wrong(
        "the import gets under way",
        "begin at 0 when there is no heartbeat yet",
        replace("offset: int = next(iter(activity.info().heartbeat_details), 0)").by(
            "offset = activity.info().heartbeat_details[0]"
        ),
    ),
    "from_zero": Wrong(
        "the next attempt does not begin from zero again",
        "begin at the last heartbeat's value",
        replace("offset: int = next(iter(activity.info().heartbeat_details), 0)").by("offset = 0"),
    ),
    "from_zero_with_a_key": Wrong(
        "the next attempt does not begin from zero again",
        "begin at the last heartbeat's value",
        replace("offset: int = next(iter(activity.info().heartbeat_details), 0)").by("offset = 0"),
        replace("job=job").by('job=job, idempotency_key=f"{job}-{offset}"'),
    ),
    "local_activity": Wrong(
        "the activity is called",
        "the attempts of a local activity are in no history",
        replace("workflow.execute_activity(").by("workflow.execute_local_activity("),
        replace(", heartbeat_timeout=pulse").by(""),
    ),
    "long_silence": Wrong(
        "the server notices a dead worker within two seconds",
        "choose a shorter `heartbeat_timeout`",
        replace("seconds=2").by("seconds=8"),
    ),
    "no_details": Wrong("the server knows how far the import is", "pass your progress", replace("(offset)").by("()")),
    "no_heartbeat": Wrong(
        "the server knows how far the import is",
        "call `activity.heartbeat(offset)` after each page",
        replace("activity.heartbeat(offset)").by(""),
    ),
    "no_heartbeat_timeout": Wrong(
        "the server notices a dead worker within two seconds",
        "without it nobody misses the heartbeats",
        replace(", heartbeat_timeout=pulse").by(""),
    ),
    "one_page_doubled": Wrong(
        "a page that was reported is not imported again",
        "report the offset after `offset += len(rows)`",
        replace("offset += len(rows)").by("activity.heartbeat(offset)"),
        replace("activity.heartbeat(offset)").by("offset += len(rows)"),
    ),
    "one_page_left_out": Wrong(
        "every row is imported",
        "report a page only when it is recorded",
        replace("offset: int = next(iter(activity.info().heartbeat_details), 0)").by("""
            details = activity.info().heartbeat_details
            offset = details[0] + 500 if details else 0
        """),
    ),
    "reported_too_early": Wrong(
        "every row is imported",
        "report a page only when it is recorded",
        replace("await ShopClient().record_import(offset, rows, job=job)").by("activity.heartbeat(offset + len(rows))"),
        replace("offset += len(rows)").by("await ShopClient().record_import(offset, rows, job=job)"),
        replace("activity.heartbeat(offset)").by("offset += len(rows)"),
    ),
}

RIGHT = {
    "details_if_any": Right(
        replace("offset: int = next(iter(activity.info().heartbeat_details), 0)").by("""
            details = activity.info().heartbeat_details
            offset = details[0] if details else 0
        """)
    ),
    "endless_loop_with_a_way_out": Right(
        replace("""
            while rows := await ShopClient().catalogue_page(offset, 500):
                await ShopClient().record_import(offset, rows, job=job)
                offset += len(rows)
                activity.heartbeat(offset)
            return offset
        """).by("""
            async with ShopClient() as shop:
                while True:
                    rows = await shop.catalogue_page(offset, 500)
                    if not rows:
                        return offset
                    await shop.record_import(offset, rows, job=job)
                    offset = offset + len(rows)
                    activity.heartbeat(offset)
        """)
    ),
    "a_dict_as_details": Right(
        replace("offset: int = next(iter(activity.info().heartbeat_details), 0)").by("""
            offset = 0
            for done in activity.info().heartbeat_details:
                offset = done["offset"]
        """),
        replace("activity.heartbeat(offset)").by('activity.heartbeat({"offset": offset, "job": job})'),
    ),
    "in_a_thread": Right(
        replace("import ShopClient").by("import BlockingShopClient"),
        replace("async def import_pages").by("def import_pages"),
        replace("rows := await ShopClient()").by("rows := BlockingShopClient()"),
        replace("await ShopClient().record_import").by("BlockingShopClient().record_import"),
    ),
}
