"""Answers to exercise 7.4, One code for two."""

from tests.grading.edits import Given, Right, Wrong, replace

CODE = replace('f"{workflow.random().randrange(10**8):08d}"')
IMPORT = replace("from dataclasses import dataclass").by("import random\nfrom dataclasses import dataclass")

CLAIMS = {
    "an order ID.": "another_order",
    "none. The customer's code is `40283117`, and the till knows only `73305946`.": Given("what the stub does"),
    "customer and till": ("both_to_the_customer", "one_mail"),
    "get the same code,": ("drawn_for_each_mail", "drawn_at_import", "drawn_in_the_activity"),
    "the workflow returns it.": "another_one_returned",
    "It has eight": ("seven_characters", "unpadded"),
    "random characters or more": "order_and_two_digits",
    "(digits, letters):": "few_letters",
    "no other order has it,": ("fixed_seed", "the_second"),
    "nobody can calculate it from an order's ID": (
        "calculated_in_an_activity",
        "seeded_by_the_order",
        "id_of_the_order",
    ),
    "time.": ("seeded_by_the_time", "time_of_an_activity"),
    "Every replay comes to the same.": ("seeded_by_a_hash", "own_id_as_code"),
    "two mails for one order,": "one_mail",
    "one subject.": "drawn_in_the_activity",
}

WRONG = {
    "another_one_returned": Wrong(
        "the workflow returns this code",
        "end with `return code`",
        replace("return code").by('return f"{workflow.random().randrange(10**8):08d}"'),
    ),
    "another_order": Wrong(
        "customer and till get a mail for each order",
        "the order's own ID in both letters",
        replace("Letter(to, code, order_id)").by('Letter(to, code, "order-1")'),
    ),
    "both_to_the_customer": Wrong(
        "customer and till get a mail for each order",
        "keep the two calls of `send`",
        replace("till@").by("customer@"),
    ),
    "calculated_in_an_activity": Wrong(
        "chance draws it, not the order or its time",
        "can calculate this code",
        replace("from dataclasses import dataclass").by("import hashlib\nfrom dataclasses import dataclass"),
        replace("@workflow.defn").by("""
            @activity.defn
            async def code_of(order_id: str) -> str:
                return hashlib.sha256(order_id.encode()).hexdigest()[:8]


            @workflow.defn
        """),
        CODE.by("await workflow.execute_activity(code_of, order_id, start_to_close_timeout=timedelta(seconds=5))"),
    ),
    "drawn_at_import": Wrong(
        "customer and till know the same code",
        "for the customer",
        replace("from dataclasses import dataclass").by("import uuid\nfrom dataclasses import dataclass"),
        replace("from course_lib.shop.client import ShopClient").by("""
            from course_lib.shop.client import ShopClient
            CODE = uuid.uuid4().hex[:8]
        """),
        CODE.by("CODE"),
    ),
    "drawn_for_each_mail": Wrong(
        "customer and till know the same code",
        "draw the code once, before the two letters",
        CODE.by('""'),
        replace("await workflow.execute_activity(").by("""
            code = f"{workflow.random().randrange(10**8):08d}"
            await workflow.execute_activity(
        """),
    ),
    "drawn_in_the_activity": Wrong(
        "customer and till know the same code",
        "for the customer",
        IMPORT,
        replace("letter.code").by('f"{random.randrange(10**8):08d}"'),
        CODE.by('""'),
    ),
    "fixed_seed": Wrong(
        "no other order has this code",
        "give several orders the same code",
        IMPORT,
        replace("workflow.random().").by("random.Random(7)."),
    ),
    "few_letters": Wrong(
        "nobody can guess it",
        "each from ten or more",
        CODE.by('"".join(workflow.random().choices("AB", k=16))'),
    ),
    "id_of_the_order": Wrong(
        "chance draws it, not the order or its time",
        "✗ chance draws it, not the order or its time",
        CODE.by("order_id"),
    ),
    "kept_in_a_global": Wrong(
        ("the workflow asks Temporal for random values", "customer and till know the same code"),
        "for the customer",
        IMPORT,
        replace("from course_lib.shop.client import ShopClient").by("""
            from course_lib.shop.client import ShopClient
            CODES: dict[str, str] = {}
        """),
        CODE.by('CODES.setdefault(order_id, f"{random.Random().randrange(10**8):08d}")'),
    ),
    "module_function": Wrong(
        ("the workflow asks Temporal for random values", "the workflow completes"),
        "Cannot access random.randrange",
        IMPORT,
        replace("workflow.random().").by("random."),
    ),
    "number_of_the_object": Wrong(
        ("the workflow asks Temporal for random values", "customer and till know the same code"),
        "for the customer",
        IMPORT,
        CODE.by('f"{id(object()) ^ random.SystemRandom().getrandbits(32):08d}"[:8]'),
    ),
    "one_mail": Wrong(
        "customer and till get a mail for each order",
        "keep the two calls of `send`",
        replace('("customer@example.com", "till@example.com")').by('("customer@example.com",)'),
    ),
    "number_for_text": Wrong(
        "the workflow completes",
        "a value of the type that the dataclass names",
        CODE.by("workflow.random().randrange(10**8)"),
    ),
    "own_id_as_code": Wrong(
        "a replay in a new process asks for the same",
        "in every process",
        replace("workflow.random().randrange(10**8)").by("hash(order_id) % 10**8"),
    ),
    "order_and_two_digits": Wrong(
        "nobody can guess it",
        "let chance draw all eight characters",
        CODE.by('f"{order_id}-{workflow.random().randrange(100):02d}"'),
    ),
    "seeded_by_a_hash": Wrong(
        "a replay in a new process asks for the same",
        "`hash(…)` is another number in every process",
        IMPORT,
        replace("workflow.random().").by("random.Random(hash(order_id))."),
    ),
    "seeded_by_the_clock": Wrong(
        ("the workflow asks Temporal for the time", "the workflow completes"),
        "Cannot access time.time",
        replace("from dataclasses import dataclass").by("""
            import random
            import time
            from dataclasses import dataclass
        """),
        replace("workflow.random().").by("random.Random(time.time())."),
    ),
    "seeded_by_the_order": Wrong(
        "chance draws it, not the order or its time",
        "✗ chance draws it, not the order or its time",
        IMPORT,
        replace("workflow.random().").by("random.Random(order_id)."),
    ),
    "seeded_by_the_time": Wrong(
        "chance draws it, not the order or its time",
        "✗ chance draws it, not the order or its time",
        IMPORT,
        replace("workflow.random().").by("random.Random(workflow.time())."),
    ),
    "seven_characters": Wrong(
        "nobody can guess it", "let chance draw all eight characters", CODE.by("workflow.uuid4().hex[:7]")
    ),
    "the_second": Wrong(
        "no other order has this code",
        "✗ no other order has this code",
        replace("workflow.random().randrange(10**8)").by("int(workflow.time())"),
    ),
    "time_of_an_activity": Wrong(
        "chance draws it, not the order or its time",
        "when it came can calculate this code",
        replace("from dataclasses import dataclass").by("import time\nfrom dataclasses import dataclass"),
        replace("@workflow.defn").by("""
            @activity.defn
            async def code_of(order_id: str) -> str:
                return f"{time.time_ns() % 10**8:08d}"


            @workflow.defn
        """),
        CODE.by("await workflow.execute_activity(code_of, order_id, start_to_close_timeout=timedelta(seconds=5))"),
    ),
    "unpadded": Wrong(
        "nobody can guess it", "keeps the zeros of a small number", CODE.by("str(workflow.random().randrange(10**8))")
    ),
    "uuid": Wrong(
        ("the workflow asks Temporal for random values", "the workflow completes"),
        "Cannot access uuid.uuid4",
        replace("from dataclasses import dataclass").by("import uuid\nfrom dataclasses import dataclass"),
        CODE.by("uuid.uuid4().hex[:8]"),
    ),
}

RIGHT = {
    "letters": Right(
        replace("""
            code = f"{workflow.random().randrange(10**8):08d}"
        """).by("""
            code = "".join(workflow.random().choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=10))
        """)
    ),
    "after_the_order": Right(CODE.by('f"{order_id}-{workflow.uuid4().hex[:8]}"')),
    "uuid_of_the_workflow": Right(CODE.by("workflow.uuid4().hex")),
    "drawn_by_an_activity": Right(
        replace("from dataclasses import dataclass").by("import secrets\nfrom dataclasses import dataclass"),
        replace("@workflow.defn").by("""
            @activity.defn
            async def draw() -> str:
                return secrets.token_hex(8)


            @workflow.defn
        """),
        CODE.by("await workflow.execute_activity(draw, start_to_close_timeout=timedelta(seconds=5))"),
    ),
    "digit_by_digit": Right(
        replace('code = f"{workflow.random().randrange(10**8):08d}"').by("""
            chance, code = workflow.random(), ""
            while len(code) < 12:
                code += str(chance.randint(0, 9))
        """)
    ),
}
