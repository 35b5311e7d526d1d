"""Answers to exercise 10.1, Never twice, never missed."""

from tests.grading.edits import Given, Right, Wrong, replace

_CREATED = "the schedule is created under the name that it is given"
_NIGHTLY = "it is due at 02:30 in Berlin every night"
_TWICE = "it is never due twice in one night"
_GAP = "in the night that has no 02:30 it is due once, at 03:30"
_EVE = "it is not due on 24 December"
_MADE_UP = "what falls due while the server is down for 6 h is made up for"
_SENT = "after an outage, the report that was due is sent once"

_CALENDARS = replace("calendars=[at(2), last_sunday]")
_SKIP = replace("skip=[christmas_eve]")
_LAST_SUNDAY = replace("at(3, month=march, day_of_month=[ScheduleRange(25, 31)], day_of_week=sunday)")
_CHRISTMAS = replace("at(2, month=[ScheduleRange(12)], day_of_month=[ScheduleRange(24)])")
_SCHEDULE = replace("temporal.Schedule(action=action, spec=spec, policy=policy)")

CLAIMS = {
    "a client,": Given("the check's own"),
    "the schedule's name,": "a_name_of_its_own",
    "a task queue.": "another_queue",
    "the report is due every night": ("one_year_only", "every_24th_is_left_out", "limited"),
    "at 02:30": ("with_jitter", "half_past_three"),
    "in Berlin,": ("zone_of_london", "no_zone", "an_interval"),
    "once;": "every_sunday_of_march",
    "at 03:30": "gap_at_one",
    "on the night that has no 02:30;": ("gap_forgotten", "gap_of_one_year", "gap_on_a_fixed_date"),
    "not on 24 December.": ("eve_at_midnight", "eve_forgotten", "another_eve"),
    "What falls due while the server is down for 6 h is made up for,": ("an_hour", "six_minutes"),
    "once.": "another_queue",
    "A failed report does not stop later ones.": "pauses_on_failure",
    "27, 28, 29 March 2027 → 02:30, 03:30, 02:30": "gap_forgotten",
}

WRONG = {
    "a_name_of_its_own": Wrong(
        _CREATED, "with the client and the name", replace("create_schedule(name,").by('create_schedule("nightly",')
    ),
    "an_hour": Wrong(_MADE_UP, "longer than the outage", replace("timedelta(hours=12)").by("timedelta(hours=1)")),
    "an_interval": Wrong(
        _NIGHTLY,
        "let the calendar say 2:30",
        _CALENDARS.by(
            "intervals=[temporal.ScheduleIntervalSpec(every=timedelta(days=1), offset=timedelta(hours=1, minutes=30))]"
        ),
    ),
    "another_eve": Wrong(
        _EVE,
        "month 12, day 24",
        replace("ScheduleRange(24)").by("ScheduleRange(31)"),
        _CALENDARS.by(
            "calendars=[at(2), last_sunday, at(2, month=[ScheduleRange(12)], day_of_month=[ScheduleRange(31)])]"
        ),
        replace("skip=[christmas_eve]").by("skip=[]"),
    ),
    "another_queue": Wrong(
        _SENT, "on the task queue that is passed in", replace("task_queue=task_queue").by('task_queue="reports"')
    ),
    "every_24th_is_left_out": Wrong(
        _NIGHTLY, "no other limit", _CHRISTMAS.by("at(2, day_of_month=[ScheduleRange(24)])")
    ),
    "every_sunday_of_march": Wrong(
        _TWICE, "let the second calendar match the night", _LAST_SUNDAY.by("at(3, month=march, day_of_week=sunday)")
    ),
    "eve_at_midnight": Wrong(
        _EVE,
        "What a calendar does not name is 0",
        _CHRISTMAS.by("ScheduleCalendarSpec(month=[ScheduleRange(12)], day_of_month=[ScheduleRange(24)])"),
    ),
    "eve_forgotten": Wrong(_EVE, "let `skip` match the due time itself", _SKIP.by("skip=[]")),
    "gap_at_one": Wrong(
        _GAP,
        "add a calendar for 03:30",
        _LAST_SUNDAY.by("at(1, month=march, day_of_month=[ScheduleRange(25, 31)], day_of_week=sunday)"),
    ),
    "gap_forgotten": Wrong(_GAP, "on the last Sunday of March", _CALENDARS.by("calendars=[at(2)]")),
    "gap_of_one_year": Wrong(
        _GAP,
        "in every year",
        _LAST_SUNDAY.by("at(3, year=[ScheduleRange(2027)], month=march, day_of_month=[ScheduleRange(28)])"),
    ),
    "gap_on_a_fixed_date": Wrong(
        (_TWICE, _GAP),
        "a Sunday (0) *and* a day from 25",
        _LAST_SUNDAY.by("at(3, month=march, day_of_month=[ScheduleRange(28)])"),
    ),
    "half_past_three": Wrong(
        _NIGHTLY,
        "let the calendar say 2:30",
        _CALENDARS.by("calendars=[at(3)]"),
        replace("eve = at(2,").by("eve = at(3,"),
    ),
    "limited": Wrong(
        "it acts every night, without a limit",
        "leave out the `state`",
        _SCHEDULE.by(
            "temporal.Schedule(action=action, spec=spec, policy=policy, "
            "state=temporal.ScheduleState(limited_actions=True, remaining_actions=365))"
        ),
    ),
    "no_zone": Wrong(
        ("a schedule's wall-clock times have a time zone", _NIGHTLY),
        "name the zone",
        replace(', time_zone_name="Europe/Berlin"').by(""),
    ),
    "not_awaited": Wrong(
        _CREATED,
        "await `client.create_schedule",
        replace("await client.create_schedule(").by("client.create_schedule("),
    ),
    "old_cron": Wrong(
        ("what runs by the clock is started by a schedule", _CREATED),
        "create a schedule",
        replace("await client.create_schedule(name, temporal.Schedule(action=action, spec=spec, policy=policy))").by(
            "await client.start_workflow(\n"
            '    NightlyReport.run, 0.0, id=name, task_queue=task_queue, cron_schedule="30 2 * * *"\n)'
        ),
    ),
    "one_year_only": Wrong(
        _NIGHTLY, "no year", _CALENDARS.by("calendars=[at(2, year=[ScheduleRange(2027)]), last_sunday]")
    ),
    "paused": Wrong(
        "it acts every night, without a limit",
        "acts at once",
        _SCHEDULE.by(
            "temporal.Schedule(action=action, spec=spec, policy=policy, state=temporal.ScheduleState(paused=True))"
        ),
    ),
    "pauses_on_failure": Wrong(
        "a failed report does not stop later ones",
        "leave `pause_on_failure` off",
        replace("timedelta(hours=12)").by("timedelta(hours=12), pause_on_failure=True"),
    ),
    "six_minutes": Wrong(
        _MADE_UP, "without one it is a year", replace("timedelta(hours=12)").by("timedelta(minutes=6)")
    ),
    "with_jitter": Wrong(
        _NIGHTLY,
        "let the calendar say 2:30",
        replace('time_zone_name="Europe/Berlin"').by('time_zone_name="Europe/Berlin", jitter=timedelta(minutes=9)'),
    ),
    "zone_of_london": Wrong(_NIGHTLY, "name the zone", replace("Europe/Berlin").by("Europe/London")),
}

RIGHT = {
    "by_months": Right(
        _CALENDARS.by("calendars=[*usual, last_sunday]"),
        _SKIP.by("skip=[]"),
        _CHRISTMAS.by("at(2)"),
        replace("march, sunday = [ScheduleRange(3)], [ScheduleRange(0)]").by("""
            march, sunday = [ScheduleRange(3)], [ScheduleRange(0)]
            december, others = [ScheduleRange(12)], [ScheduleRange(1, 11)]
            usual = [at(2, month=others), at(2, month=december, day_of_month=[ScheduleRange(1, 23), ScheduleRange(25, 31)])]
        """),
    ),
    "cron_expressions": Right(
        _CALENDARS.by('cron_expressions=["30 2 * * *", "30 3 25-31 3 SUN"]'),
    ),
    "cron_with_its_own_zone": Right(
        _CALENDARS.by(
            'cron_expressions=["CRON_TZ=Europe/Berlin 30 2 * * *", "CRON_TZ=Europe/Berlin 30 3 25-31 MAR 0"]'
        ),
        replace(', time_zone_name="Europe/Berlin"').by(""),
    ),
    "the_whole_day_is_skipped": Right(
        _CHRISTMAS.by("""
            ScheduleCalendarSpec(
                hour=[ScheduleRange(0, 23)],
                minute=[ScheduleRange(0, 59)],
                month=[ScheduleRange(12)],
                day_of_month=[ScheduleRange(24)],
            )
        """),
    ),
    "the_usual_policy": Right(replace("SchedulePolicy(catchup_window=timedelta(hours=12))").by("SchedulePolicy()")),
    "waits_for_the_one_before": Right(
        replace("timedelta(hours=12)").by("timedelta(days=2), overlap=temporal.ScheduleOverlapPolicy.BUFFER_ALL"),
    ),
}
