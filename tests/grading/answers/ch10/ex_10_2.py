"""Answers to exercise 10.2, Five jobs, five policies."""

from typing import Any

from temporalio.client import ScheduleOverlapPolicy

from course_lib.server import Server
from tests.grading.edits import Given, Right, Wrong, replace

_COUNT = "count: the count under way is finished, late ones are dropped"
_INDEX = "index: one more rebuild follows the one under way"
_INVOICES = "invoices: each due time has a run, one after another"
_RATES = "rates: the newest run is finished, older ones may tidy up"
_EXPORTS = "exports: each due time has a run, and none waits"

CLAIMS = {
    "five jobs that may outlast their interval.": Given("the exercise's stories"),
    "the policy for each.": Given("they follow"),
    "`count`: never two at once;": "counts_beside_each_other",
    "one under way goes on,": "count_makes_room",
    "a late one is useless.": ("count_waits", "every_count_waits"),
    "`index`: one more rebuild after the current one": ("index_is_dropped", "index_makes_room"),
    "covers all changes.": "every_rebuild",
    "`invoices`: each due time has one,": ("one_invoice_waits", "invoices_are_dropped"),
    "never two at once.": "invoices_at_once",
    "`rates`: only the newest matter;": ("rates_wait", "rates_are_dropped", "old_rates_go_on"),
    "the old run tidies up first.": "rates_are_terminated",
    "`exports`: each has one,": ("exports_are_dropped", "exports_make_room"),
    "none waits.": "exports_wait",
    "a job that must end at once, without tidying up: `Overlap.TERMINATE_OTHER`": "rates_are_terminated",
}


def _wrong(part: str, story: str, before: str, after: str, said: str) -> Wrong:
    return Wrong(part, said, replace(f"{story} = Overlap.{before}").by(f"{story} = Overlap.{after}"))


WRONG = {
    "count_makes_room": _wrong(_COUNT, "count", "SKIP", "CANCEL_OTHER", "goes on to its end"),
    "count_waits": _wrong(_COUNT, "count", "SKIP", "BUFFER_ONE", "drops more"),
    "counts_beside_each_other": _wrong(_COUNT, "count", "SKIP", "ALLOW_ALL", "drops more"),
    "every_count_waits": _wrong(_COUNT, "count", "SKIP", "BUFFER_ALL", "drops more"),
    "every_rebuild": _wrong(_INDEX, "index", "BUFFER_ONE", "BUFFER_ALL", "drops more"),
    "exports_are_dropped": _wrong(_EXPORTS, "exports", "ALLOW_ALL", "SKIP", "drops less"),
    "exports_make_room": _wrong(_EXPORTS, "exports", "ALLOW_ALL", "CANCEL_OTHER", "goes on to its end"),
    "exports_wait": _wrong(_EXPORTS, "exports", "ALLOW_ALL", "BUFFER_ALL", "no due time waits"),
    "index_is_dropped": _wrong(_INDEX, "index", "BUFFER_ONE", "SKIP", "drops less"),
    "index_makes_room": _wrong(_INDEX, "index", "BUFFER_ONE", "CANCEL_OTHER", "goes on to its end"),
    "invoices_are_dropped": _wrong(_INVOICES, "invoices", "BUFFER_ALL", "SKIP", "drops less"),
    "invoices_at_once": _wrong(_INVOICES, "invoices", "BUFFER_ALL", "ALLOW_ALL", "waits for the run before"),
    "old_rates_go_on": _wrong(_RATES, "rates", "CANCEL_OTHER", "ALLOW_ALL", "makes room"),
    "one_invoice_waits": _wrong(_INVOICES, "invoices", "BUFFER_ALL", "BUFFER_ONE", "drops less"),
    "one_left": Wrong("exports is answered", "replace the `...` of exports", replace("Overlap.ALLOW_ALL").by("...")),
    "rates_are_dropped": _wrong(_RATES, "rates", "CANCEL_OTHER", "SKIP", "drops less"),
    "rates_are_terminated": _wrong(_RATES, "rates", "CANCEL_OTHER", "TERMINATE_OTHER", "could not tidy up"),
    "rates_wait": _wrong(_RATES, "rates", "CANCEL_OTHER", "BUFFER_ALL", "makes room"),
    "a_name": Wrong(
        "index is an overlap policy", "one of the six policies", replace("Overlap.BUFFER_ONE").by('"BUFFER_ONE"')
    ),
}

RIGHT = {
    "by_number": Right(
        replace("Overlap.SKIP").by("Overlap(1)"), replace("Overlap.BUFFER_ALL").by("Overlap(int(Overlap.BUFFER_ALL))")
    ),
    "by_their_names": Right(replace("Overlap.CANCEL_OTHER").by('Overlap["CANCEL_OTHER"]')),
    "in_one_line": Right(
        replace("""
            count = Overlap.SKIP
            index = Overlap.BUFFER_ONE
            invoices = Overlap.BUFFER_ALL
        """).by("count, index, invoices = Overlap.SKIP, Overlap.BUFFER_ONE, Overlap.BUFFER_ALL")
    ),
}


async def setting(names: dict[str, Any], server: Server) -> dict[str, Any]:
    """The name that the cells above the exercise import."""
    return {"Overlap": ScheduleOverlapPolicy}
