"""Answers to exercise 3.3, Slow or hung."""

from tests.grading.edits import Right, Wrong, replace

NO_HEARTBEAT = replace("activity.heartbeat(article)").by("")

PACK = 'await ShopClient(timeout=60).reserve_stock(order.id, article, idempotency_key=f"{order.id}-{article}")'
CALL = "return await workflow.execute_activity(pack, order, start_to_close_timeout=limit, heartbeat_timeout=silence)"

CLAIMS = {
    "an order of five articles.": "four_articles",
    "A slow warehouse takes 0.8 s for each, which is fine.": ("both_short", "no_time_for_a_second_attempt"),
    "A hung one never answers, and the client waits 60 s, like any library that hangs.": "clients_own_timeout",
    "after two seconds of silence": (
        "heartbeat_timeout_too_long",
        "shorter_than_a_slow_call",
        "half_the_silence",
        "no_heartbeat_timeout",
    ),
    "the server ends the attempt": ("own_limit_for_a_call", "heartbeats_from_beside"),
    "the next one packs the order": ("one_try_only", "no_time_for_a_second_attempt"),
    "each article once.": ("key_of_the_attempt", "resumes_one_too_far", "resumes_without_a_key"),
    "A slow warehouse finishes": "schedule_to_close",
    "in one attempt.": ("no_heartbeat", "one_heartbeat_at_the_start"),
    "slow → 5": "nothing_returned",
    "after 4 s.": "both_short",
    "The third call hangs → 5 from a second attempt.": ("counts_its_own", "one_try_only"),
}

WRONG = {
    "four_articles": Wrong(
        "a slow warehouse may take as long as it needs, in one attempt",
        "return the number of articles",
        replace(', "jug"').by(""),
    ),
    "nothing_returned": Wrong(
        "a slow warehouse may take as long as it needs, in one attempt",
        "return the number of articles",
        replace(CALL).by(CALL.removeprefix("return ")),
    ),
    "half_the_silence": Wrong(
        "the silence within an attempt is limited to two seconds",
        "two seconds of silence are the limit",
        replace("seconds=2").by("seconds=1"),
    ),
    "no_time_for_a_second_attempt": Wrong(
        "a slow order has the time for all its articles",
        "`schedule_to_close_timeout` limits the length",
        replace("=silence").by("=silence, schedule_to_close_timeout=timedelta(seconds=5)"),
    ),
    "own_limit_for_a_call": Wrong(
        "the hung call is noticed by its silence",
        "let the call hang",
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace(PACK).by(f"""
            try:
                await asyncio.wait_for({PACK.removeprefix("await ")}, 1)
            except TimeoutError:
                activity.logger.warning("no answer")
        """),
    ),
    "key_of_the_attempt": Wrong(
        "every article is packed, and packed once",
        "the same in every attempt",
        replace("{order.id}-{article}").by("{activity.info().attempt}-{order.id}-{article}"),
    ),
    "resumes_without_a_key": Wrong(
        "every article is packed, and packed once",
        "may have packed its article, too",
        replace(PACK).by(PACK.replace(', idempotency_key=f"{order.id}-{article}"', "")),
        replace("for article in ARTICLES:").by("""
            packed = next(iter(activity.info().heartbeat_details), 0)
            for number, article in enumerate(ARTICLES[packed:], packed + 1):
        """),
        replace("activity.heartbeat(article)").by("activity.heartbeat(number)"),
    ),
    "key_of_the_article": Wrong(
        "a slow warehouse may take as long as it needs, in one attempt",
        "each article of each order",
        replace('f"{order.id}-{article}"').by("article"),
    ),
    "counts_its_own": Wrong(
        "the next attempt packs the order",
        "not of those that this attempt has packed",
        replace("for article in ARTICLES:").by("""
            done = next(iter(activity.info().heartbeat_details), 0)
            for number, article in enumerate(ARTICLES[done:], done + 1):
        """),
        replace("activity.heartbeat(article)").by("activity.heartbeat(number)"),
        replace("return len(ARTICLES)").by("return len(ARTICLES) - done"),
    ),
    "resumes_one_too_far": Wrong(
        "every article is packed, and packed once",
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
        "nobody misses the heartbeats",
        replace(", heartbeat_timeout=silence").by(""),
    ),
    "one_heartbeat_at_the_start": Wrong(
        "a slow warehouse may take as long as it needs, in one attempt",
        "after *each* article",
        replace("for article in ARTICLES:").by("activity.heartbeat()\nfor article in ARTICLES:"),
        NO_HEARTBEAT,
    ),
    "one_try_only": Wrong(
        "the next attempt packs the order",
        "no limit of one attempt",
        replace("import activity, workflow").by("import activity, workflow\nfrom temporalio.common import RetryPolicy"),
        replace("=silence").by("=silence, retry_policy=RetryPolicy(maximum_attempts=1)"),
    ),
    "schedule_to_close": Wrong(
        "a slow order has the time for all its articles",
        "`schedule_to_close_timeout` limits the length",
        NO_HEARTBEAT,
        replace("minutes=5").by("seconds=2"),
        replace("start_to_close_timeout=limit, heartbeat_timeout=silence").by("schedule_to_close_timeout=limit"),
    ),
    "schedule_to_start": Wrong(
        "the silence within an attempt is limited to two seconds",
        "nobody misses the heartbeats",
        NO_HEARTBEAT,
        replace("heartbeat_timeout").by("schedule_to_start_timeout"),
    ),
    "shorter_than_a_slow_call": Wrong(
        "the silence within an attempt is limited to two seconds",
        "two seconds of silence are the limit",
        replace("seconds=2").by("seconds=0.5"),
    ),
    "start_to_close": Wrong(
        "a slow order has the time for all its articles",
        "`start_to_close_timeout` limits the length",
        NO_HEARTBEAT,
        replace("minutes=5").by("seconds=2"),
        replace(", heartbeat_timeout=silence").by(""),
    ),
}

RIGHT = {
    "after_every_second_article": Right(
        replace("activity.heartbeat(article)").by("""
            if ARTICLES.index(article) % 2:
                activity.heartbeat()
        """)
    ),
    "side_by_side": Right(
        replace("from datetime import timedelta").by("import asyncio\nfrom datetime import timedelta"),
        replace(f"""
            for article in ARTICLES:
                {PACK}
                activity.heartbeat(article)
        """).by(f"""
            async def one(article: str) -> None:
                {PACK}
                activity.heartbeat(article)

            await asyncio.gather(*(one(article) for article in ARTICLES))
        """),
    ),
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
