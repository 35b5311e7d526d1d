"""Answers to exercise 9.1, A sync without an end."""

from tests.grading.edits import Given, Right, Wrong, replace

CLAIMS = {
    "a `Sync`": Given("what the workflow is started with"),
    "`resize` as a signal.": "resize_is_an_update",
    "copy page after page until one is empty;": "stops_at_a_short_page",
    "return how many rows were copied, in all runs.": ("counts_this_run_only", "counts_rows_of_the_source"),
    "After ten pages a run continues as new": ("all_pages_in_one_run", "eleven_pages"),
    "never within a page.": "continues_in_the_handler",
    "A page with a bad row is sorted;": ("bad_row_is_dropped", "bad_page_is_fatal", "bad_page_is_retried"),
    "everything else is retried.": "one_attempt_only",
    "After `resize` new pages have that size, also later.": ("hands_on_the_input", "forgets_the_page_size"),
    "10,000 rows, one bad → five runs": "all_pages_in_one_run",
    "`9999`": "counts_rows_of_the_source",
    "one row in `set_aside`.": "bad_row_is_dropped",
}

_LOOP = replace("for _ in range(10):")
_SWITCH = replace("workflow.continue_as_new(self.sync)")
_ON = replace("self.sync.cursor, self.sync.copied = page[0], self.sync.copied + page[1]")
_SORT = replace("page = await workflow.execute_activity(sort_page, self.sync, start_to_close_timeout=SOON)")
_COMPLETES = "the sync completes"
_TEN = "no run copies more than ten pages"
_ALL = "every good row of the source is in the target"
_SIZE = "after `resize` every new page has that size, in all later runs"
_COUNT = "the result is the number of rows copied, in all runs"
_NOW = "what changed meanwhile is in the target as it is now"
_ASIDE = "bad rows are set aside, and only those"

WRONG = {
    "all_pages_in_one_run": Wrong(_TEN, "after ten call", _LOOP.by("while True:"), _SWITCH.by("")),
    "eleven_pages": Wrong(_TEN, "after ten call", _LOOP.by("for _ in range(11):")),
    "bad_page_is_fatal": Wrong(
        _COMPLETES,
        "run `sort_page` for this page",
        _SORT.by("raise"),
    ),
    "bad_page_is_passed_over": Wrong(
        (_ALL, _NOW, _ASIDE, _COUNT),
        "over, and one with a bad row",
        _SORT.by("page = [self.sync.cursor + self.sync.page_rows, 0]"),
    ),
    "bad_page_is_retried": Wrong(
        _COMPLETES,
        "run `sort_page` for this page",
        replace('ONCE = common.RetryPolicy(non_retryable_error_types=["BadRequest"])').by(
            "ONCE = common.RetryPolicy()"
        ),
    ),
    "bad_row_is_dropped": Wrong(
        _ASIDE,
        "run `sort_page` for the same page",
        replace("from temporalio import common, exceptions, workflow").by(
            "from temporalio import activity, common, exceptions, workflow\n\n"
            "from course_lib.shop.client import ShopClient"
        ),
        replace("""
            @workflow.defn
            class SyncCatalogue:
        """).by("""
            @activity.defn
            async def drop_bad(sync: Sync) -> list[int]:
                rows = await ShopClient().supplier_changes(sync.cursor, sync.page_rows)
                good = [row for row in rows if isinstance(row["price_cents"], int)]
                return [rows[-1]["version"], await ShopClient().save_articles(good, job=sync.job)]


            @workflow.defn
            class SyncCatalogue:
        """),
        replace("execute_activity(sort_page").by("execute_activity(drop_bad"),
    ),
    "continues_in_the_handler": Wrong(
        "no run ends in the middle of a page",
        "in a handler it ends the run at once",
        replace("self.sync.page_rows = page_rows").by("""
            self.sync.page_rows = page_rows
            workflow.continue_as_new(self.sync)
        """),
    ),
    "counts_rows_of_the_source": Wrong(
        _COUNT,
        "add what each page returned",
        _ON.by("self.sync.cursor, self.sync.copied = page[0], page[0]"),
    ),
    "counts_this_run_only": Wrong(
        _COUNT,
        "hand `copied` on",
        _SWITCH.by("""
            self.sync.copied = 0
            workflow.continue_as_new(self.sync)
        """),
    ),
    "cursor_in_the_activitys_module": Wrong(
        "after the kill it goes on where it was",
        "a variable of a module dies with its process",
        replace("from temporalio import common, exceptions, workflow").by(
            "from temporalio import activity, common, exceptions, workflow"
        ),
        replace("""
            @workflow.defn
            class SyncCatalogue:
        """).by("""
            AT = {}


            @activity.defn
            async def next_page(sync: Sync) -> list[int]:
                sync.cursor = AT.get(sync.job, 0)
                page = await copy_page(sync)
                AT[sync.job] = page[0] if page else sync.cursor
                return page


            @activity.defn
            async def sorted_page(sync: Sync) -> list[int]:
                sync.cursor = AT.get(sync.job, 0)
                page = await sort_page(sync)
                AT[sync.job] = page[0]
                return page


            @workflow.defn
            class SyncCatalogue:
        """),
        replace("copy_page, self.sync, start_to_close_timeout=SOON, retry_policy=ONCE").by(
            "next_page, self.sync, start_to_close_timeout=SOON, retry_policy=ONCE"
        ),
        replace("execute_activity(sort_page").by("execute_activity(sorted_page"),
        _ON.by("self.sync.copied = min(self.sync.copied + page[1], 10_001)"),
    ),
    "forgets_the_page_size": Wrong(
        _SIZE,
        "hand on the page size as it is now",
        _SWITCH.by("""
            now = self.sync
            workflow.continue_as_new(Sync(now.job, cursor=now.cursor, copied=now.copied))
        """),
    ),
    "gather_over_all_pages": Wrong(
        (_ALL, _NOW, _ASIDE, _TEN, _SIZE, _COUNT),
        "go on until a page is empty",
        replace("from temporalio import common, exceptions, workflow").by(
            "import asyncio\n\nfrom temporalio import common, exceptions, workflow"
        ),
        replace("""
            for _ in range(10):
                try:
                    page = await workflow.execute_activity(
                        copy_page, self.sync, start_to_close_timeout=SOON, retry_policy=ONCE
                    )
                except exceptions.ActivityError:
                    page = await workflow.execute_activity(sort_page, self.sync, start_to_close_timeout=SOON)
                if not page:
                    return self.sync.copied
                self.sync.cursor, self.sync.copied = page[0], self.sync.copied + page[1]
            workflow.continue_as_new(self.sync)
        """).by("""
            size = self.sync.page_rows
            starts = [Sync(sync.job, size, number * size) for number in range(10_000 // size)]
            pages = [workflow.execute_activity(sort_page, each, start_to_close_timeout=SOON) for each in starts]
            return sum(page[1] for page in await asyncio.gather(*pages))
        """),
    ),
    "hands_on_the_input": Wrong(
        _SIZE,
        "hand on the page size as it is now",
        replace("self.sync = sync").by("self.sync = Sync(**vars(sync))"),
        _SWITCH.by("""
            sync.cursor, sync.copied = self.sync.cursor, self.sync.copied
            workflow.continue_as_new(sync)
        """),
    ),
    "one_attempt_only": Wrong(
        _COMPLETES,
        "let every failure but `BadRequest` be retried",
        replace('common.RetryPolicy(non_retryable_error_types=["BadRequest"])').by(
            "common.RetryPolicy(maximum_attempts=1)"
        ),
        _SORT.by("""
            page = await workflow.execute_activity(
                sort_page, self.sync, start_to_close_timeout=SOON, retry_policy=ONCE
            )
        """),
    ),
    "resize_is_an_update": Wrong(
        _SIZE,
        "hand on the page size as it is now",
        replace("@workflow.signal").by("@workflow.update"),
    ),
    "stops_at_a_short_page": Wrong(
        "the sync reads page after page",
        "go on until a page is empty",
        replace("if not page:").by("if not page or page[1] <= self.sync.page_rows:"),
    ),
    "stops_at_the_first_ten_thousand": Wrong(
        (_ALL, _NOW, _ASIDE, _COUNT),
        "go on until a page is empty",
        replace("if not page:").by("if not page or page[0] >= 10_000:"),
    ),
}

RIGHT = {
    "a_flag_and_a_counter": Right(
        replace("self.sync = sync").by("self.sync, self.pages = sync, 0"),
        _LOOP.by("while self.pages < 10:"),
        _ON.by("""
            self.pages += 1
            self.sync.cursor = page[0]
            self.sync.copied += page[1]
        """),
    ),
    "five_pages_and_a_copy": Right(
        replace("from temporalio import common, exceptions, workflow").by(
            "from dataclasses import replace\n\nfrom temporalio import common, exceptions, workflow"
        ),
        _LOOP.by("for _ in range(5):"),
        _ON.by("self.sync = replace(self.sync, cursor=page[0], copied=self.sync.copied + page[1])"),
    ),
    "looks_at_the_cause": Right(
        replace("except exceptions.ActivityError:").by("""
            except exceptions.ActivityError as error:
                if getattr(error.cause, "type", "") != "BadRequest":
                    raise
        """),
    ),
    "waits_for_handlers": Right(
        _SWITCH.by("""
            await workflow.wait_condition(workflow.all_handlers_finished)
            workflow.continue_as_new(args=[self.sync])
        """),
    ),
}
