"""Answers to exercise 10.3, Repair the gap, and only the gap."""

from tests.grading.edits import Given, Right, Wrong, replace

_RETURNS = "`repair` returns"
_GAPS = "each due time that lacks a run, or whose runs have all failed, runs once"
_REPEATED = "what has completed or is under way is not run again"
_OUTSIDE = "nothing runs outside of the stretch"
_APART = "the repairs run one after another"
_AGAIN = "a second repair finds nothing to do"
_SETTINGS = "the schedule stays as it is"

_QUERY = replace("""query = f"TemporalScheduledById = '{name}' AND ExecutionStatus IN ('Completed', 'Running')\"""")
_DUE = replace("due = await due_times(client, name, first, last)")
_GAP_LINE = replace(
    "gaps = [ScheduleBackfill(time, time, ScheduleOverlapPolicy.BUFFER_ALL) for time in due if time not in ran]"
)
_BACKFILL = replace("""
    if gaps:
        await schedule.backfill(*gaps)
""")

CLAIMS = {
    "a client,": Given("the check's own"),
    "a schedule's name,": "of_any_schedule",
    "the first and the last due time of a stretch.": Given("the caller knows them"),
    "each due time in it,": ("only_the_first_gap", "by_whole_days"),
    "both ends included,": ("without_the_first", "without_the_last"),
    "of which no run has completed": ("completed_ones_again", "failed_is_done", "newest_run_only"),
    "or is under way": "running_ones_again",
    "runs once,": "policy_left_away",
    "one after another.": "all_at_once",
    "Nothing else runs;": ("a_day_more", "triggers"),
    "the schedule stays as it is.": ("resumes_it", "takes_the_policy_over"),
    "due at 1, 2, 3, 4 o'clock; 1 completed, 2 failed, 3 is running → a run for 2, one for 4": (
        "failed_is_done",
        "running_ones_again",
    ),
}

WRONG = {
    "a_day_more": Wrong(
        _OUTSIDE,
        "from `first` to `last`",
        replace("from datetime import datetime").by("from datetime import datetime, timedelta"),
        _DUE.by("due = await due_times(client, name, first - timedelta(days=1), last + timedelta(days=1))"),
    ),
    "all_at_once": Wrong(_APART, "lets each wait", replace("BUFFER_ALL").by("ALLOW_ALL")),
    "by_start_time": Wrong(
        _REPEATED, "compare due times", replace("run.typed_search_attributes[DUE] async").by("run.start_time async")
    ),
    "by_whole_days": Wrong(
        _GAPS,
        "take all due times of `due_times`",
        replace("from datetime import datetime").by("from datetime import UTC, datetime, timedelta"),
        _DUE.by("due = [first.astimezone(UTC) + timedelta(days=day) for day in range((last - first).days + 1)]"),
    ),
    "completed_ones_again": Wrong(
        _REPEATED,
        "leave out every due time",
        _QUERY.by("""query = f"TemporalScheduledById = '{name}' AND ExecutionStatus = 'Running'\""""),
    ),
    "failed_is_done": Wrong(
        _GAPS, "a failed night is a gap", _QUERY.by("""query = f"TemporalScheduledById = '{name}'\"""")
    ),
    "newest_run_only": Wrong(
        _REPEATED,
        "leave out every due time",
        _QUERY.by("""query = f"TemporalScheduledById = '{name}'\""""),
        replace("ran = {run.typed_search_attributes[DUE] async for run in client.list_workflows(query)}").by("""
            runs = [run async for run in client.list_workflows(query)]
            oldest = {run.typed_search_attributes[DUE]: run for run in sorted(runs, key=lambda run: run.start_time, reverse=True)}
            ran = {time for time, run in oldest.items() if run.status.name in ("COMPLETED", "RUNNING")}
        """),
    ),
    "of_any_schedule": Wrong(
        _GAPS,
        "the runs of this schedule alone",
        _QUERY.by("""query = "ExecutionStatus IN ('Completed', 'Running') AND TemporalScheduledById IS NOT NULL\""""),
    ),
    "not_awaited": Wrong(
        _RETURNS,
        "write it in front of the call that made this value",
        _DUE.by("due = due_times(client, name, first, last)"),
    ),
    "only_the_first_gap": Wrong(_GAPS, "give the backfill", _BACKFILL.by("await schedule.backfill(gaps[0])")),
    "policy_left_away": Wrong(
        _GAPS,
        "under `SKIP` only the first runs",
        replace("time, time, ScheduleOverlapPolicy.BUFFER_ALL").by("time, time"),
    ),
    "raises_without_gaps": Wrong(_AGAIN, "only when there is a gap", _BACKFILL.by("await schedule.backfill(*gaps)")),
    "resumes_it": Wrong(
        _SETTINGS,
        "a backfill runs on a paused schedule, too",
        _BACKFILL.by("""
            await schedule.unpause()
            if gaps:
                await schedule.backfill(*gaps)
        """),
    ),
    "running_ones_again": Wrong(
        _REPEATED, "`Completed` or `Running`", replace("IN ('Completed', 'Running')").by("= 'Completed'")
    ),
    "takes_the_policy_over": Wrong(
        _SETTINGS,
        "leave it",
        _BACKFILL.by("""
            def buffered(seen):
                changed = seen.description.schedule
                changed.policy.overlap = ScheduleOverlapPolicy.BUFFER_ALL
                return ScheduleUpdate(schedule=changed)


            await schedule.update(buffered)
            if gaps:
                await schedule.backfill(*gaps)
        """),
        replace("ScheduleBackfill, ScheduleOverlapPolicy").by(
            "ScheduleBackfill, ScheduleOverlapPolicy, ScheduleUpdate"
        ),
    ),
    "triggers": Wrong(
        (_GAPS, _OUTSIDE),
        "a trigger is due now",
        _BACKFILL.by("""
            for _ in gaps:
                await schedule.trigger(overlap=ScheduleOverlapPolicy.BUFFER_ALL)
        """),
    ),
    "whole_stretch": Wrong(
        _REPEATED,
        "leave out every due time",
        _BACKFILL.by("await schedule.backfill(ScheduleBackfill(first, last, ScheduleOverlapPolicy.BUFFER_ALL))"),
    ),
    "without_the_first": Wrong(
        _GAPS, "the first and the last", replace("for time in due if").by("for time in due[1:] if")
    ),
    "without_the_last": Wrong(
        _GAPS, "the first and the last", replace("for time in due if").by("for time in due[:-1] if")
    ),
}

RIGHT = {
    "a_moment_before": Right(
        replace("from datetime import datetime").by("from datetime import datetime, timedelta"),
        replace("ScheduleBackfill(time, time,").by("ScheduleBackfill(time - timedelta(seconds=1), time,"),
    ),
    "looks_at_the_status": Right(
        _QUERY.by("""query = f"TemporalScheduledById = '{name}'\""""),
        replace("ran = {run.typed_search_attributes[DUE] async for run in client.list_workflows(query)}").by("""
            ran = set()
            async for run in client.list_workflows(query):
                if run.status.name not in ("FAILED", "TIMED_OUT", "TERMINATED", "CANCELED"):
                    ran.add(run.typed_search_attributes[DUE])
        """),
    ),
    "one_backfill_for_each": Right(
        _BACKFILL.by("""
            for each in gaps:
                await schedule.backfill(each)
        """)
    ),
    "runs_of_the_stretch_only": Right(
        replace("from datetime import datetime").by("from datetime import UTC, datetime"),
        _QUERY.by("""
            query = (
                f"TemporalScheduledById = '{name}' AND (ExecutionStatus = 'Completed' OR ExecutionStatus = 'Running')"
                f" AND TemporalScheduledStartTime >= '{first.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
            )
        """),
    ),
}
