"""Answers to exercise 3.3, Slow or hung."""

from tests.grading.edits import Wrong, replace

WRONG = {
    "both_short": Wrong(
        "`start_to_close_timeout` limits the length",
        replace("""
            limit, silence = timedelta(minutes=5), timedelta(seconds=2)
            return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)
        """).by("""
            limit = timedelta(seconds=3)
            return await workflow.execute_activity(
                pack, order, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=2)
            )
        """),
    ),
    "clients_own_timeout": Wrong(
        "let the heartbeats stop while it hangs",
        replace("timeout=60").by("timeout=1.5"),
        replace("""
            limit, silence = timedelta(minutes=5), timedelta(seconds=2)
            return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)
        """).by("""
            limit = timedelta(minutes=5)
            return await workflow.execute_activity(
                pack, order, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=2)
            )
        """),
    ),
    "heartbeat_timeout_too_long": Wrong(
        "two seconds of silence are the limit",
        replace("""
            limit, silence = timedelta(minutes=5), timedelta(seconds=2)
            return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)
        """).by("""
            limit = timedelta(minutes=5)
            return await workflow.execute_activity(
                pack, order, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=10)
            )
        """),
    ),
    "heartbeats_from_beside": Wrong(
        "while the call hangs",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace("""
            async def pack(order: Order) -> int:
                for article in ARTICLES:
                    await ShopClient(timeout=60).reserve_stock(order.id, article, idempotency_key=f"{order.id}-{article}")
                    activity.heartbeat(article)
                return len(ARTICLES)
        """).by("""
            async def pack(order: Order) -> int:
                beating = asyncio.create_task(beat())
                try:
                    for article in ARTICLES:
                        await ShopClient(timeout=60).reserve_stock(order.id, article, idempotency_key=f"{order.id}-{article}")
                    return len(ARTICLES)
                finally:
                    beating.cancel()


            async def beat() -> None:
                while True:
                    activity.heartbeat()
                    await asyncio.sleep(0.5)
        """),
        replace("""
            limit, silence = timedelta(minutes=5), timedelta(seconds=2)
            return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)
        """).by("""
            limit = timedelta(minutes=5)
            return await workflow.execute_activity(
                pack, order, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=2)
            )
        """),
    ),
    "no_heartbeat": Wrong(
        "a heartbeat timeout without heartbeats ends every try",
        replace("activity.heartbeat(article)").by(""),
        replace("""
            limit, silence = timedelta(minutes=5), timedelta(seconds=2)
            return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)
        """).by("""
            limit = timedelta(minutes=5)
            return await workflow.execute_activity(
                pack, order, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=2)
            )
        """),
    ),
    "no_heartbeat_timeout": Wrong(
        "nobody misses heartbeats without",
        replace("limit, silence = timedelta(minutes=5), timedelta(seconds=2)").by("limit = timedelta(minutes=5)"),
        replace(", heartbeat_timeout=silence").by(""),
    ),
    "one_heartbeat_at_the_start": Wrong(
        "after *each* article",
        replace("for article in ARTICLES:").by("activity.heartbeat()\nfor article in ARTICLES:"),
        replace("activity.heartbeat(article)").by(""),
        replace("""
            limit, silence = timedelta(minutes=5), timedelta(seconds=2)
            return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)
        """).by("""
            limit = timedelta(minutes=5)
            return await workflow.execute_activity(
                pack, order, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=2)
            )
        """),
    ),
    "one_try_only": Wrong(
        "no limit of one try",
        replace("from temporalio import activity, workflow").by("""
            from temporalio import activity, workflow
            from temporalio.common import RetryPolicy
        """),
        replace("""
            limit, silence = timedelta(minutes=5), timedelta(seconds=2)
            return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)
        """).by("""
            limit = timedelta(minutes=5)
            once = RetryPolicy(maximum_attempts=1)
            return await workflow.execute_activity(
                pack, order, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=2), retry_policy=once
            )
        """),
    ),
    "schedule_to_close": Wrong(
        "`schedule_to_close_timeout` limits the length",
        replace("activity.heartbeat(article)").by(""),
        replace("limit, silence = timedelta(minutes=5),").by("limit ="),
        replace("start_to_close_timeout=limit, heartbeat_timeout=silence").by("schedule_to_close_timeout=limit"),
    ),
    "schedule_to_start": Wrong(
        "nobody misses heartbeats without",
        replace("activity.heartbeat(article)").by(""),
        replace("""
            limit, silence = timedelta(minutes=5), timedelta(seconds=2)
            return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)
        """).by("""
            limit = timedelta(minutes=5)
            wait = timedelta(seconds=2)
            return await workflow.execute_activity(
                pack, order, start_to_close_timeout=limit, schedule_to_start_timeout=wait
            )
        """),
    ),
    "shorter_than_a_slow_call": Wrong(
        "room for one slow call",
        replace("""
            limit, silence = timedelta(minutes=5), timedelta(seconds=2)
            return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)
        """).by("""
            limit = timedelta(minutes=5)
            return await workflow.execute_activity(
                pack, order, start_to_close_timeout=limit, heartbeat_timeout=timedelta(seconds=0.5)
            )
        """),
    ),
    "start_to_close": Wrong(
        "`start_to_close_timeout` limits the length",
        replace("activity.heartbeat(article)").by(""),
        replace("limit, silence = timedelta(minutes=5),").by("limit ="),
        replace(", heartbeat_timeout=silence").by(""),
    ),
}
