"""Answers to exercise 8.3, Every Monday at nine."""

from tests.grading.edits import Right, Wrong, replace

AWARE = "the answer is a time in UTC, and says so"
MAILS = "six mails go out, one for each Monday"
KEPT = "each goes out on the next Monday, at 9:00 local time, across the change of the clocks"
KOLKATA, BERLIN, NEW_YORK = (
    f"in {city} it is the first Monday, 9:00, that is later: any day of two years"
    for city in ("Kolkata", "Berlin", "New York")
)

CLAIMS = {
    "a moment (with a time zone)": "keeps_the_hour_of_the_moment",
    "a zone's name": "always_berlin",
    "`Weekly` gets a `Plan`": "keeps_its_own_zone",
    "`next_monday` returns": "returns_a_text",
    "the first Monday": ("always_next_week", "a_week_from_now", "sunday"),
    "9:00 in that zone": ("nine_in_utc", "winter_time_for_ever", "offset_of_today"),
    "that is later than the moment": "returns_the_moment",
    "in UTC": ("naive", "local_time"),
    '`Weekly` mails `"offers 1"` to `"offers 6"`': "counts_from_zero",
    "on the next six of them": ("seven_mails", "five_mails"),
    "whatever the clocks do in between": ("sleeps_seven_days", "local_difference", "adds_weeks_in_utc"),
    "Sunday 28 March 2027, 12:00 UTC, Berlin → Monday 29 March, 7:00 UTC": "winter_time_for_ever",
}

HERE = replace("here = after.astimezone(ZoneInfo(zone))")
DAYS = replace("days = -here.weekday() % 7")
MONDAY = replace("monday = datetime.combine(here.date() + timedelta(days=days), time(9), here.tzinfo)")
LATER = replace("if monday <= here:")
RETURN = replace("return monday.astimezone(UTC)")
BODY = replace("""
    here = after.astimezone(ZoneInfo(zone))
    days = -here.weekday() % 7
    monday = datetime.combine(here.date() + timedelta(days=days), time(9), here.tzinfo)
    if monday <= here:
        monday += timedelta(days=7)
    return monday.astimezone(UTC)
""")
RANGE = replace("for number in range(1, 7):")
SLEEP = replace("""
    monday = next_monday(workflow.now(), plan.zone)
    await workflow.sleep(monday - workflow.now(), summary=f"{monday:%d %B}")
""")
COUNTED = replace("""
    for number in range(1, 7):
        monday = next_monday(workflow.now(), plan.zone)
        await workflow.sleep(monday - workflow.now(), summary=f"{monday:%d %B}")
""")

WRONG = {
    "a_week_from_now": Wrong(
        KOLKATA,
        "it has to be later than the moment, and the first that is",
        LATER.by("if days == 0 or monday <= here:"),
    ),
    "adds_weeks_in_utc": Wrong(
        KEPT,
        "sleep until the next Monday",
        COUNTED.by("""
            first = next_monday(workflow.now(), plan.zone)
            for number in range(1, 7):
                await workflow.sleep(first + (number - 1) * timedelta(days=7) - workflow.now())
        """),
        replace("from temporalio import workflow").by(
            "from datetime import timedelta\n\nfrom temporalio import workflow"
        ),
    ),
    "always_berlin": Wrong(
        KOLKATA,
        "put 9:00 on the date in the zone",
        HERE.by('here = after.astimezone(ZoneInfo("Europe/Berlin"))'),
    ),
    "always_next_week": Wrong(
        KOLKATA,
        "it has to be later than the moment, and the first that is",
        DAYS.by("days = 7 - here.weekday()"),
    ),
    "counts_from_zero": Wrong(
        MAILS,
        "numbered from 1 to 6",
        RANGE.by("for number in range(6):"),
    ),
    "sunday": Wrong(
        KOLKATA,
        "`weekday()` is 0 on a Monday",
        DAYS.by("days = -here.isoweekday() % 7"),
    ),
    "five_mails": Wrong(
        MAILS,
        "numbered from 1 to 6",
        RANGE.by("for number in range(1, 6):"),
    ),
    "keeps_its_own_zone": Wrong(
        KEPT,
        "sleep until the next Monday",
        replace("plan.zone)").by('"Asia/Tokyo")'),
    ),
    "keeps_the_hour_of_the_moment": Wrong(
        KOLKATA,
        "put 9:00 on the date in the zone",
        MONDAY.by("monday = after.astimezone(UTC).replace(hour=9, minute=0, second=0) + timedelta(days=days)"),
    ),
    "local_difference": Wrong(
        KEPT,
        "sleep until the next Monday",
        replace("def next_monday(after: datetime, zone: str) -> datetime:").by("""
            def until(monday: datetime, now: datetime, zone: str) -> timedelta:
                return monday.astimezone(ZoneInfo(zone)) - now.astimezone(ZoneInfo(zone))


            def next_monday(after: datetime, zone: str) -> datetime:
        """),
        replace("from mondays import next_monday").by("from mondays import next_monday, until"),
        SLEEP.by("""
            monday = next_monday(workflow.now(), plan.zone)
            await workflow.sleep(until(monday, workflow.now(), plan.zone))
        """),
    ),
    "local_time": Wrong(
        AWARE,
        "turn the local time into UTC at the end",
        RETURN.by("return monday"),
    ),
    "naive": Wrong(
        AWARE,
        "give the time its zone",
        MONDAY.by("monday = datetime.combine(here.date() + timedelta(days=days), time(9))"),
        LATER.by("if monday <= here.replace(tzinfo=None):"),
        RETURN.by("return monday"),
    ),
    "naive_against_aware": Wrong(
        AWARE,
        "a time with a zone and one without do not go together",
        MONDAY.by("monday = datetime.combine(here.date() + timedelta(days=days), time(9))"),
    ),
    "nine_in_utc": Wrong(
        KOLKATA,
        "put 9:00 on the date in the zone",
        BODY.by("""
            here = after.astimezone(UTC)
            monday = datetime.combine(here.date() + timedelta(days=-here.weekday() % 7), time(9), UTC)
            return monday if monday > after else monday + timedelta(days=7)
        """),
        replace("from zoneinfo import ZoneInfo").by(""),
    ),
    "offset_of_today": Wrong(
        BERLIN,
        "put 9:00 on the date in the zone",
        MONDAY.by(
            "now = timezone(here.utcoffset())\n"
            "monday = datetime.combine(here.date() + timedelta(days=days), time(9), now)"
        ),
        replace("import UTC, datetime, time, timedelta").by("import UTC, datetime, time, timedelta, timezone"),
    ),
    "returns_a_text": Wrong(
        AWARE,
        "return the moment: a `datetime`",
        replace("zone: str) -> datetime:").by("zone: str) -> str:"),
        RETURN.by("return monday.astimezone(UTC).isoformat()"),
    ),
    "returns_the_moment": Wrong(
        KOLKATA,
        "it has to be later than the moment",
        LATER.by("if monday < here:"),
    ),
    "seven_mails": Wrong(
        MAILS,
        "one mail after each of the six sleeps",
        RANGE.by("for number in range(1, 8):"),
    ),
    "sleeps_seven_days": Wrong(
        KEPT,
        "sleep until the next Monday",
        SLEEP.by("await workflow.sleep(7 * 24 * 3600)"),
    ),
    "everybody_changes_when_berlin_does": Wrong(
        NEW_YORK,
        "put 9:00 on the date in the zone",
        MONDAY.by("""
            days += 7 * (days == 0 and here.time() >= time(9))
            day = here.date() + timedelta(days=days)
            summer = bool(datetime.combine(day, time(9), ZoneInfo("Europe/Berlin")).dst())
            hours = {"Asia/Kolkata": 5.5, "Europe/Berlin": 1 + summer, "America/New_York": summer - 5}
            monday = datetime.combine(day, time(9), timezone(timedelta(hours=hours[str(here.tzinfo)])))
        """),
        replace("import UTC, datetime, time, timedelta").by("import UTC, datetime, time, timedelta, timezone"),
    ),
    "winter_time_for_ever": Wrong(
        BERLIN,
        "put 9:00 on the date in the zone",
        HERE.by("""
            winter = ZoneInfo(zone).utcoffset(datetime(after.year, 1, 1, 12))
            here = after.astimezone(timezone(winter))
        """),
        replace("import UTC, datetime, time, timedelta").by("import UTC, datetime, time, timedelta, timezone"),
    ),
}

RIGHT = {
    "day_by_day": Right(
        BODY.by("""
            place = ZoneInfo(zone)
            day = after.astimezone(place).date()
            while True:
                nine = datetime(day.year, day.month, day.day, 9, tzinfo=place).astimezone(UTC)
                if day.isoweekday() == 1 and nine > after:
                    return nine
                day += timedelta(days=1)
        """),
        replace("import UTC, datetime, time, timedelta").by("import UTC, datetime, timedelta"),
    ),
    "day_in_utc": Right(
        DAYS.by("days = -after.astimezone(UTC).weekday() % 7"),
        MONDAY.by("""
            day = after.astimezone(UTC).date() + timedelta(days=days)
            monday = datetime.combine(day, time(9), tzinfo=ZoneInfo(zone))
        """),
    ),
    "six_at_once": Right(
        COUNTED.by("""
            mondays = [next_monday(workflow.now(), plan.zone)]
            while len(mondays) < 6:
                mondays.append(next_monday(mondays[-1], plan.zone))
            for number, monday in enumerate(mondays, 1):
                await workflow.sleep((monday - workflow.now()).total_seconds())
        """),
    ),
    "waits_for_nothing": Right(
        HERE.by("local = after.astimezone(ZoneInfo(key=zone))\nhere = local"),
        DAYS.by("days = (7 - local.isoweekday() + 1) % 7"),
        LATER.by("while not monday.timestamp() > after.timestamp():"),
        SLEEP.by("""
            left = next_monday(workflow.now(), plan.zone) - workflow.now()
            try:
                await workflow.wait_condition(lambda: False, timeout=left)
            except TimeoutError:
                pass
        """),
    ),
}
