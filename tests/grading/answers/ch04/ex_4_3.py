"""Answers to exercise 4.3, Give it back once."""

from tests.grading.edits import Right, Wrong, replace

WRONG = {
    "hash_of_both": Wrong(
        "each missing article is given back exactly once",
        "this one is another in each process",
        replace('f"missing-{missing.charge_id}-{missing.sku}"').by("str(hash((missing.charge_id, missing.sku)))"),
    ),
    "everything_given_back": Wrong(
        (
            "each missing article is given back exactly once",
            "each missing article is given back exactly once, also of another order",
        ),
        "keeps the articles that were sent",
        replace("missing.amount_cents, idempotency_key=").by("idempotency_key="),
    ),
    "key_of_charge_and_amount": Wrong(
        "each missing article is given back exactly once",
        "make the key name this one refund",
        replace('f"missing-{missing.charge_id}-{missing.sku}"').by('f"{missing.charge_id}-{missing.amount_cents}"'),
    ),
    "key_of_the_article": Wrong(
        ("each missing article is given back exactly once", "every refund gets its answer in the end"),
        "make the key name this one refund",
        replace("{missing.charge_id}-{missing.sku}").by("{missing.sku}"),
    ),
    "key_of_the_charge": Wrong(
        ("each missing article is given back exactly once", "every refund gets its answer in the end"),
        "make the key name this one refund",
        replace("-{missing.sku}").by(""),
    ),
    "key_with_the_attempt": Wrong(
        "each missing article is given back exactly once",
        "this one is made anew each time",
        replace('f"missing-{missing.charge_id}-{missing.sku}"').by(
            'f"{missing.charge_id}-{missing.sku}-{activity.info().attempt}"'
        ),
    ),
    "no_key": Wrong(
        "each missing article is given back exactly once",
        "without a key, each attempt that arrives is a refund",
        replace("""
            key = f"missing-{missing.charge_id}-{missing.sku}"
            return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)
        """).by("return await shop.refund(missing.charge_id, amount_cents=missing.amount_cents)"),
    ),
    "not_awaited": Wrong(
        (
            "shop.refund is awaited",
            "each missing article is given back exactly once",
            "every refund gets its answer in the end",
            "each missing article is given back exactly once, also of another order",
            "every refund gets its answer in the end, also of another order",
        ),
        "is awaited",
        replace("await shop.").by("shop."),
    ),
    "one_key_for_all": Wrong(
        (
            "each missing article is given back exactly once",
            "every refund gets its answer in the end",
            "each missing article is given back exactly once, also of another order",
            "every refund gets its answer in the end, also of another order",
        ),
        "make the key name this one refund",
        replace('f"missing-{missing.charge_id}-{missing.sku}"').by('"missing"'),
    ),
    "random_key": Wrong(
        "each missing article is given back exactly once",
        "this one is made anew each time",
        replace("from dataclasses import dataclass").by("from dataclasses import dataclass\nfrom uuid import uuid4"),
        replace('f"missing-{missing.charge_id}-{missing.sku}"').by("str(uuid4())"),
    ),
    "swallowed": Wrong(
        "each missing article is given back exactly once",
        "a refund whose failure is swallowed",
        replace("import ShopClient").by("import ShopClient, ShopTimeout, ShopUnavailable"),
        replace("return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)").by("""
            try:
                return await shop.refund(missing.charge_id, missing.amount_cents, idempotency_key=key)
            except (ShopTimeout, ShopUnavailable):
                return "probably done"
        """),
    ),
    "workflow_id_alone": Wrong(
        ("each missing article is given back exactly once", "every refund gets its answer in the end"),
        "make the key name this one refund",
        replace("{missing.charge_id}-{missing.sku}").by("{activity.info().workflow_id}"),
    ),
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
}
