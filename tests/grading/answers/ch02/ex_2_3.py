"""Answers to exercise 2.3, Ask, and let go."""

from tests.grading.edits import Right, Wrong, replace

ANSWER = replace("review = await ShopClient().answer_review(review_id, approved)")

CLAIMS = {
    "an order's id;": "asks_twice",
    "later a review's id": "first_that_waits",
    "and a yes or no.": "always_no",
    "each attempt of `ask_reviewer`": ("skips_when_one_is_pending", "a_key_of_the_order", "first_attempt_alone"),
    "leaves its own task token,": ("no_token_stored", "token_as_printed"),
    "as text,": "token_in_bytes",
    "with a review": ("arguments_swapped", "nobody_waits_for_the_request"),
    "and frees its slot.": "waits_in_a_loop",
    "`answer` records the answer": "answer_not_recorded",
    "and completes the activity": ("only_recorded", "nobody_waits_for_the_answer", "swallows_what_fails"),
    "of *that* review": ("last_that_waits", "by_the_order_id"),
    "with it.": ("always_yes", "rejection_as_failure"),
    "`answer_review` returns the review with its `task_token`.": "token_not_decoded",
    '`answer(client, "rev_2", False)` → the workflow of `rev_2`\'s order returns `False`.': "the_examples_answers",
}

WRONG = {
    "the_examples_answers": Wrong(
        "the other orders get their own answers",
        "pass `approved` on as it is",
        replace("(approved)").by('(review_id != "rev_2")'),
    ),
    "always_no": Wrong(
        "the answer reaches the order that it is about",
        "pass `approved` on as it is",
        replace("(approved)").by("(False)"),
    ),
    "last_that_waits": Wrong(
        "the answer reaches the order that it is about",
        "this answer completed the activity of another order",
        ANSWER.by("""
            review = (await ShopClient().pending_reviews())[-1]
            await ShopClient().answer_review(review_id, approved)
        """),
    ),
    "a_key_of_the_order": Wrong(
        "the attempt does not fail",
        "an idempotency key of its own, or none",
        replace("(order_id, token)").by("(order_id, token, idempotency_key=order_id)"),
    ),
    "skips_when_one_is_pending": Wrong(
        "each attempt asks for one review",
        "holds the token of the attempt before",
        replace("await ShopClient().request_review(order_id, token)").by("""
            pending = await ShopClient().pending_reviews()
            if order_id not in [review["order_id"] for review in pending]:
                await ShopClient().request_review(order_id, token)
        """),
    ),
    "first_attempt_alone": Wrong(
        "a request that fails is a failed attempt",
        "ask in every attempt",
        replace("await ShopClient().request_review(order_id, token)").by("""
            if activity.info().attempt == 1:
                await ShopClient().request_review(order_id, token)
        """),
    ),
    "its_own_client": Wrong(
        "`answer` completes the activity",
        "use the `client` that `answer` gets",
        ANSWER.by("""
            review = await ShopClient().answer_review(review_id, approved)
            client = await Client.connect("localhost:1")
        """),
    ),
    "remembers_the_tokens": Wrong(
        "`answer` completes the activity",
        "what a process remembers dies with it",
        replace("@activity.defn").by("TOKENS: dict[str, bytes] = {}\n\n\n@activity.defn"),
        replace("await ShopClient().request_review(order_id, token)").by("""
            review_id = await ShopClient().request_review(order_id, token)
            TOKENS[review_id] = activity.info().task_token
        """),
        replace('b64decode(review["task_token"])').by("TOKENS[review_id]"),
    ),
    "swallows_what_fails": Wrong(
        "an exception is not swallowed",
        "who calls this has to learn that it failed",
        replace("await handle.complete(approved)").by("""
            try:
                await handle.complete(approved)
            except Exception as error:
                print("not completed:", error)
        """),
    ),
    "arguments_swapped": Wrong(
        "each attempt asks for one review",
        "with the order's id first",
        replace("request_review(order_id, token)").by("request_review(token, order_id)"),
    ),
    "asks_twice": Wrong(
        "each attempt asks for one review",
        "ask once",
        replace("await ShopClient().request_review(order_id, token)").by("""
            for _ in range(2):
                await ShopClient().request_review(order_id, token)
        """),
    ),
    "nobody_waits_for_the_request": Wrong(
        "a request that fails is a failed attempt",
        "when nobody waits for it, its failure is lost",
        replace("from base64 import b64decode, b64encode").by(
            "import asyncio\nfrom base64 import b64decode, b64encode"
        ),
        replace("await ShopClient().request_review(order_id, token)").by(
            "asyncio.create_task(ShopClient().request_review(order_id, token))"
        ),
    ),
    "nobody_waits_for_the_answer": Wrong(
        "`answer` completes the activity",
        "`await` the call in `answer`",
        replace("from base64 import b64decode, b64encode").by(
            "import asyncio\nfrom base64 import b64decode, b64encode"
        ),
        replace("await handle.complete(approved)").by("asyncio.create_task(handle.complete(approved))"),
    ),
    "token_in_bytes": Wrong(
        "a review is requested",
        "an object of the type bytes cannot travel in a history",
        replace("b64encode(activity.info().task_token).decode()").by("b64encode(activity.info().task_token)"),
    ),
    "always_recorded_as_yes": Wrong(
        "the answers are recorded with the reviews",
        "record the answer as it is",
        ANSWER.by("review = await ShopClient().answer_review(review_id, True)"),
    ),
    "attribute_for_key": Wrong(
        "`answer` completes the activity",
        "correct the line that is named",
        replace('review["task_token"]').by("review.task_token"),
    ),
    "always_yes": Wrong(
        "the other orders get their own answers",
        "pass `approved` on as it is",
        replace("(approved)").by("(True)"),
    ),
    "answer_not_recorded": Wrong(
        "the answers are recorded with the reviews",
        "call `ShopClient().answer_review",
        replace("review = await ShopClient().answer_review(review_id, approved)").by("""
            reviews = await ShopClient().pending_reviews()
            review = next(review for review in reviews if review["id"] == review_id)
        """),
    ),
    "by_the_order_id": Wrong(
        "`answer` completes the activity",
        "decode the review's `task_token`",
        replace('task_token=b64decode(review["task_token"])').by(
            'workflow_id=review["order_id"], run_id=None, activity_id="1"'
        ),
    ),
    "first_that_waits": Wrong(
        "the answer reaches the order that it is about",
        "this answer completed the activity of another order",
        replace("review = await ShopClient().answer_review(review_id, approved)").by("""
            review = (await ShopClient().pending_reviews())[0]
            await ShopClient().answer_review(review_id, approved)
        """),
    ),
    "let_go_before_asking": Wrong(
        "a review is requested",
        "what comes after it never runs",
        replace("await ShopClient().request_review(order_id, token)").by("activity.raise_complete_async()"),
        replace("activity.raise_complete_async()").by("await ShopClient().request_review(order_id, token)"),
    ),
    "no_parentheses": Wrong(
        "the activity is not completed before the answer is there",
        "with the parentheses",
        replace("activity.raise_complete_async()").by("activity.raise_complete_async"),
    ),
    "token_of_the_first_attempt": Wrong(
        "each review holds the task token of its own activity",
        "in *every* attempt",
        replace("@activity.defn").by("TOKENS: dict[str, bytes] = {}\n\n\n@activity.defn"),
        replace("b64encode(activity.info().task_token)").by(
            "b64encode(TOKENS.setdefault(order_id, activity.info().task_token))"
        ),
    ),
    "no_token_stored": Wrong(
        "each review holds the task token of its own activity",
        "whoever answers has nothing but the review",
        replace("b64encode(activity.info().task_token).decode()").by("activity.info().workflow_id"),
    ),
    "only_recorded": Wrong(
        "the answer reaches the order that it is about",
        "complete the handle with",
        replace("await handle.complete(approved)").by("handle.complete"),
    ),
    "own_exception": Wrong(
        "the attempt does not fail",
        "any other exception is a failed attempt",
        replace("activity.raise_complete_async()").by('raise RuntimeError("to be completed later")'),
    ),
    "rejection_as_failure": Wrong(
        "the other orders get their own answers",
        "a rejection is an answer, not a failure",
        replace("await handle.complete(approved)").by("""
            if approved:
                await handle.complete(True)
            else:
                await handle.fail(RuntimeError("rejected"))
        """),
    ),
    "returned": Wrong(
        "the activity is not completed before the answer is there",
        "a `return` completes the activity at once",
        replace("activity.raise_complete_async()").by("return False"),
    ),
    "token_as_printed": Wrong(
        "each review holds the task token of its own activity",
        "whoever answers has nothing but the review",
        replace("b64encode(activity.info().task_token).decode()").by("str(activity.info().task_token)"),
    ),
    "token_not_decoded": Wrong(
        "`answer` completes the activity",
        "decode the review's `task_token`",
        replace('=b64decode(review["task_token"])').by('=review["task_token"].encode()'),
    ),
    "waits_in_a_loop": Wrong(
        "an activity that waits holds no slot",
        "do not wait in the activity",
        replace("from base64 import b64decode, b64encode").by("""
            import asyncio
            from base64 import b64decode, b64encode
        """),
        replace("""
            await ShopClient().request_review(order_id, token)
            activity.raise_complete_async()
        """).by("""
            review_id = await ShopClient().request_review(order_id, token)
            pending = [review_id]
            while review_id in pending:
                await asyncio.sleep(0.2)
                pending = [review["id"] for review in await ShopClient().pending_reviews()]
            return True
        """),
    ),
}

RIGHT = {
    "hexadecimal": Right(
        replace("b64encode(activity.info().task_token).decode()").by("activity.info().task_token.hex()"),
        replace('b64decode(review["task_token"])').by('bytes.fromhex(review["task_token"])'),
    ),
    "helpers": Right(
        replace("@activity.defn").by("""
            def written(token: bytes) -> str:
                return str(b64encode(token), "ascii")


            @activity.defn
        """),
        replace("b64encode(activity.info().task_token).decode()").by("written(activity.info().task_token)"),
        replace("""
            handle = client.get_async_activity_handle(task_token=b64decode(review["task_token"]))
            await handle.complete(approved)
        """).by("""
            token = b64decode(review["task_token"])
            await client.get_async_activity_handle(task_token=token).complete(approved)
        """),
    ),
    "in_a_thread": Right(
        replace("import ShopClient").by("import BlockingShopClient, ShopClient"),
        replace("async def ask_reviewer").by("def ask_reviewer"),
        replace("await ShopClient().request_review").by("BlockingShopClient().request_review"),
    ),
    "a_key_of_the_attempt": Right(
        replace("(order_id, token)").by('(order_id, token, idempotency_key=f"{order_id}-{activity.info().attempt}")')
    ),
    "a_failure_of_its_own": Right(
        replace("import ShopClient").by("import ShopClient, ShopError"),
        replace("await ShopClient().request_review(order_id, token)").by("""
            try:
                await ShopClient().request_review(order_id, token)
            except ShopError as error:
                raise RuntimeError("the desk did not take the review") from error
        """),
    ),
    "kept_connection": Right(
        replace("await ShopClient().request_review(order_id, token)").by("""
            async with ShopClient() as shop:
                review_id = await shop.request_review(order_id, task_token_b64=token)
                activity.logger.info("review %s", review_id)
        """)
    ),
}
