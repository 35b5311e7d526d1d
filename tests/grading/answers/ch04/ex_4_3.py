"""Answers to exercise 4.3, Give it back once."""

from tests.grading.edits import Right, Wrong, replace

KEY = replace('f"missing-{missing.charge_id}-{missing.sku}"')
REFUND = replace("return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)")
ATTEMPTS = "an attempt that fails is retried, and a retry works"
LOST = "a refund whose request got lost is made after all"
PRICE = "an article's own price is given back"
ONCE = "no article is given back twice"
EACH = "each article of an order is a refund of its own"
OTHER = "an article of another order is a refund of its own"

CLAIMS = {
    "one `Missing` article: the charge, the article": ("key_of_the_article", "refund_order"),
    "the amount.": ("everything_given_back", "always_1400"),
    "An order may lack several,": ("key_of_the_charge", "workflow_id_alone"),
    "the gateway may lose a request": ("timeout_swallowed", "skipped_in_the_second_attempt"),
    "an answer.": "key_with_the_attempt",
    "each missing article": ("key_of_the_article", "key_of_workflow_and_article"),
    "is given back": ("swallowed", "made_final"),
    "exactly once": ("no_key", "two_refunds"),
    "whatever gets lost": ("hash_of_both", "key_with_the_date", "random_key"),
    "and the refund's ID is returned": "not_returned",
    "two articles of one charge are two refunds": (
        "key_of_the_charge",
        "key_of_charge_and_activity",
        "one_key_for_all",
    ),
    "even at the same price.": ("key_of_charge_and_amount", "key_of_the_first_letter", "key_cut_short"),
    "4200 paid for three articles at 1400, one is missing": ("everything_given_back", "always_1400"),
    "one answer is lost → ledger 2800.": "no_key",
}

WRONG = {
    "key_that_is_no_text": Wrong(ATTEMPTS, "make the key a text", KEY.by("(missing.charge_id, missing.sku)")),
    "not_awaited": Wrong(
        ("a call that has to be awaited is awaited", "an attempt that fails is retried, and a retry works"),
        "is awaited",
        replace("await shop.").by("shop."),
    ),
    "made_final": Wrong(
        ATTEMPTS,
        "let a lost answer stay a failed attempt",
        replace("from temporalio import activity").by("""
            from temporalio import activity
            from temporalio.exceptions import ApplicationError
        """),
        REFUND.by("""
            try:
                return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)
            except Exception as error:
                raise ApplicationError(str(error), non_retryable=True) from error
        """),
    ),
    "timeout_swallowed": Wrong(
        LOST,
        "a refund whose failure is swallowed",
        replace("import ShopClient").by("import ShopClient, ShopTimeout"),
        replace('key = f"missing-{missing.charge_id}-{missing.sku}"').by(""),
        REFUND.by("""
            try:
                return await shop.refund(missing.charge_id, missing.amount_cents)
            except ShopTimeout:
                return "probably done"
        """),
    ),
    "swallowed": Wrong(
        LOST,
        "a refund whose failure is swallowed",
        replace("import ShopClient").by("import ShopClient, ShopTimeout, ShopUnavailable"),
        REFUND.by("""
            try:
                return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)
            except (ShopTimeout, ShopUnavailable):
                return "probably done"
        """),
    ),
    "outage_swallowed": Wrong(
        EACH,
        "a refund whose failure is swallowed",
        replace("import ShopClient").by("import ShopClient, ShopUnavailable"),
        REFUND.by("""
            try:
                return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)
            except ShopUnavailable:
                return "later"
        """),
    ),
    "skipped_in_the_second_attempt": Wrong(
        LOST,
        "a refund whose failure is swallowed",
        KEY.by('"no key is needed"'),
        REFUND.by("""
            if activity.info().attempt > 1:
                return "already refunded"
            return await shop.refund(missing.charge_id, missing.amount_cents)
        """),
    ),
    "refund_order": Wrong(
        LOST,
        "`refund_order` gives back everything",
        REFUND.by("return str(await shop.refund_order(missing.charge_id))"),
    ),
    "everything_given_back": Wrong(
        PRICE,
        "keeps the articles that were sent",
        replace("missing.amount_cents, idempotency_key=").by("idempotency_key="),
    ),
    "always_1400": Wrong(PRICE, "keeps the articles that were sent", replace("missing.amount_cents,").by("1400,")),
    "no_key": Wrong(
        ONCE,
        "without a key, each attempt that arrives is a refund",
        replace("""
            key = f"missing-{missing.charge_id}-{missing.sku}"
            return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)
        """).by("return await shop.refund(missing.charge_id, amount_cents=missing.amount_cents)"),
    ),
    "two_refunds": Wrong(
        ONCE,
        "call `refund` once",
        REFUND.by("""
            await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)
            return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=f"{key}-2")
        """),
    ),
    "hash_of_both": Wrong(
        ONCE, "this one is another in each process or attempt", KEY.by("str(hash((missing.charge_id, missing.sku)))")
    ),
    "key_with_the_date": Wrong(
        ONCE,
        "this one is another in each process or attempt",
        replace("from dataclasses import dataclass").by("from dataclasses import dataclass\nfrom datetime import date"),
        replace("-{missing.sku}").by("-{missing.sku}-{date.today()}"),
    ),
    "key_with_the_attempt": Wrong(
        ONCE,
        "this one is made anew each time",
        replace("-{missing.sku}").by("-{missing.sku}-{activity.info().attempt}"),
    ),
    "random_key": Wrong(
        ONCE,
        "this one is made anew each time",
        replace("from dataclasses import dataclass").by("from dataclasses import dataclass\nfrom uuid import uuid4"),
        KEY.by("str(uuid4())"),
    ),
    "key_of_the_first_letter": Wrong(
        EACH, "make the key name this one refund", replace("{missing.sku}").by("{missing.sku[0]}")
    ),
    "key_cut_short": Wrong(
        EACH, "Take the charge *and* the article, in full", replace("-{missing.sku}").by("-{missing.sku[:20]}")
    ),
    "key_of_charge_and_activity": Wrong(
        EACH,
        "make the key name this one refund",
        replace("{missing.sku}").by("{activity.info().activity_id}"),
    ),
    "key_of_the_charge": Wrong(EACH, "make the key name this one refund", replace("-{missing.sku}").by("")),
    "key_of_charge_and_amount": Wrong(
        EACH, "make the key name this one refund", replace("{missing.sku}").by("{missing.amount_cents}")
    ),
    "workflow_id_alone": Wrong(
        EACH,
        "make the key name this one refund",
        replace("{missing.charge_id}-{missing.sku}").by("{activity.info().workflow_id}"),
    ),
    "one_key_for_all": Wrong(EACH, "make the key name this one refund", KEY.by('"missing"')),
    "key_of_the_article": Wrong(OTHER, "make the key name this one refund", replace("{missing.charge_id}-").by("")),
    "key_of_the_activity": Wrong(EACH, "make the key name this one refund", KEY.by("activity.info().activity_id")),
    "key_of_workflow_and_article": Wrong(
        OTHER, "make the key name this one refund", replace("{missing.charge_id}").by("{activity.info().workflow_id}")
    ),
    "not_returned": Wrong("the refund's ID is returned", "return what `refund` returns", replace("return ").by("")),
}

RIGHT = {
    "another_spelling_of_the_key": Right(
        replace('f"missing-{missing.charge_id}-{missing.sku}"').by('"/".join((missing.charge_id, missing.sku))')
    ),
    "key_of_the_object": Right(
        replace("class Missing:").by("""
            class Missing:
                @property
                def key(self) -> str:
                    return f"{self.charge_id} {self.sku} {self.amount_cents}"

        """),
        replace('key = f"missing-{missing.charge_id}-{missing.sku}"').by(""),
        replace("idempotency_key=key").by("idempotency_key=missing.key"),
    ),
    "a_hash_of_both": Right(
        replace("from dataclasses import dataclass").by("import hashlib\nfrom dataclasses import dataclass"),
        replace('f"missing-{missing.charge_id}-{missing.sku}"').by(
            'hashlib.sha256(f"{missing.charge_id}:{missing.sku}".encode()).hexdigest()'
        ),
    ),
    "in_a_thread": Right(
        replace("import ShopClient").by("import BlockingShopClient"),
        replace("async def give_back").by("def give_back"),
        replace("shop = ShopClient(timeout=2)").by("shop = BlockingShopClient(timeout=2)"),
        replace("return await shop").by("return shop"),
    ),
    "key_of_the_run_and_the_activity": Right(
        KEY.by('f"{activity.info().workflow_run_id}/{activity.info().activity_id}"')
    ),
}
