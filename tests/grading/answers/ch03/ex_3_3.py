"""Answers to exercise 3.3, Slow or hung."""

from tests.grading.edits import Right, Wrong, replace

NO_HEARTBEAT = replace("activity.heartbeat(article)").by("")

WRONG = {
    "resumes_one_too_far": Wrong(
        "every article is packed",
        "go on with the article that hung",
        replace("for article in ARTICLES:").by("""
            done = activity.info().heartbeat_details
            for article in ARTICLES[done[0] + 1 if done else 0 :]:
        """),
        replace("activity.heartbeat(article)").by("activity.heartbeat(ARTICLES.index(article) + 1)"),
    ),
    "both_short": Wrong(
        "a slow order has the time for all its articles",
        "`start_to_close_timeout` limits the length",
        replace("minutes=5").by("seconds=3"),
    ),
    "clients_own_timeout": Wrong(
        "the hung call is noticed by its silence",
        "let the heartbeats stop while it hangs",
        replace("timeout=60").by("timeout=1.5"),
    ),
    "heartbeat_timeout_too_long": Wrong(
        "the silence within an attempt is limited to two seconds",
        "two seconds of silence are the limit",
        replace("seconds=2").by("seconds=10"),
    ),
    "heartbeats_from_beside": Wrong(
        "the hung call is noticed by its silence",
        "while the call hangs",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("@activity.defn").by("""
            async def beat() -> None:
                while True:
                    activity.heartbeat()
                    await asyncio.sleep(0.5)


            @activity.defn
        """),
        replace("""
            for article in ARTICLES:
                await ShopClient(timeout=60).reserve_stock(order.id, article, idempotency_key=f"{order.id}-{article}")
                activity.heartbeat(article)
            return len(ARTICLES)
        """).by("""
            beating = asyncio.create_task(beat())
            try:
                for article in ARTICLES:
                    await ShopClient(timeout=60).reserve_stock(order.id, article, idempotency_key=f"{order.id}-{article}")
                return len(ARTICLES)
            finally:
                beating.cancel()
        """),
    ),
    "no_heartbeat": Wrong(
        "a slow warehouse may take as long as it needs, in one attempt",
        "a heartbeat timeout without heartbeats ends every attempt",
        NO_HEARTBEAT,
    ),
    "no_heartbeat_timeout": Wrong(
        "the silence within an attempt is limited to two seconds",
        "nobody misses heartbeats without",
        replace(", heartbeat_timeout=silence").by(""),
    ),
    "one_heartbeat_at_the_start": Wrong(
        "a slow warehouse may take as long as it needs, in one attempt",
        "after *each* article",
        replace("for article in ARTICLES:").by("activity.heartbeat()\nfor article in ARTICLES:"),
        NO_HEARTBEAT,
    ),
    "one_try_only": Wrong(
        ("the next attempt packs the order", "every article is packed"),
        "no limit of one attempt",
        replace("import activity, workflow").by("import activity, workflow\nfrom temporalio.common import RetryPolicy"),
        replace("=silence").by("=silence, retry_policy=RetryPolicy(maximum_attempts=1)"),
    ),
    "schedule_to_close": Wrong(
        ("a slow order has the time for all its articles", "the silence within an attempt is limited to two seconds"),
        "`schedule_to_close_timeout` limits the length",
        NO_HEARTBEAT,
        replace("minutes=5").by("seconds=2"),
        replace("start_to_close_timeout=limit, heartbeat_timeout=silence").by("schedule_to_close_timeout=limit"),
    ),
    "schedule_to_start": Wrong(
        "the silence within an attempt is limited to two seconds",
        "nobody misses heartbeats without",
        NO_HEARTBEAT,
        replace("heartbeat_timeout").by("schedule_to_start_timeout"),
    ),
    "shorter_than_a_slow_call": Wrong(
        "one slow call fits into the heartbeat timeout",
        "room for one slow call",
        replace("seconds=2").by("seconds=0.5"),
    ),
    "start_to_close": Wrong(
        ("a slow order has the time for all its articles", "the silence within an attempt is limited to two seconds"),
        "`start_to_close_timeout` limits the length",
        NO_HEARTBEAT,
        replace("minutes=5").by("seconds=2"),
        replace(", heartbeat_timeout=silence").by(""),
    ),
}

RIGHT = {
    "goes_on_after_what_is_packed": Right(
        replace("for article in ARTICLES:").by("""
            packed = next(iter(activity.info().heartbeat_details), 0)
            for number, article in enumerate(ARTICLES[packed:], packed + 1):
        """),
        replace("activity.heartbeat(article)").by("activity.heartbeat(number)"),
    ),
    "before_and_after_each": Right(
        replace("for article in ARTICLES:").by("for article in ARTICLES:\n    activity.heartbeat()"),
        replace("activity.heartbeat(article)").by("activity.heartbeat()"),
    ),
    "a_limit_for_all_tries": Right(
        replace("""
            limit, silence = timedelta(minutes=5), timedelta(seconds=2)
            return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)
        """).by("""
            return await workflow.execute_activity(
                pack, order, schedule_to_close_timeout=timedelta(minutes=5), heartbeat_timeout=timedelta(seconds=2)
            )
        """)
    ),
    "in_a_thread": Right(
        replace("import ShopClient").by("import BlockingShopClient"),
        replace("async def pack").by("def pack"),
        replace("await ShopClient(timeout=60)").by("BlockingShopClient(timeout=60)"),
    ),
}
