"""Answers to exercise 7.4, One code for two."""

from tests.grading.edits import Right, Wrong, replace

CODE = replace('f"{workflow.random().randrange(10**8):08d}"')
IMPORT = replace("from dataclasses import dataclass").by("import random\nfrom dataclasses import dataclass")

WRONG = {
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
        "for the customer",
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
        ("no other order has this code", "nobody can guess it", "chance draws it, not the order"),
        "a fixed seed gives every order the same code",
        IMPORT,
        replace("workflow.random().").by("random.Random(7)."),
    ),
    "id_of_the_order": Wrong("chance draws it, not the order", "✗ chance draws it, not the order", CODE.by("order_id")),
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
    "own_id_as_code": Wrong(
        "a replay in a new process asks for the same",
        "in every process",
        replace("workflow.random().randrange(10**8)").by("hash(order_id) % 10**8"),
    ),
    "padded_with_zeros": Wrong("nobody can guess it", "✗ nobody can guess it", replace("(10**8)").by("(1000)")),
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
        "chance draws it, not the order",
        "✗ chance draws it, not the order",
        IMPORT,
        replace("workflow.random().").by("random.Random(order_id)."),
    ),
    "seeded_by_the_time": Wrong(
        "chance draws it, not the order",
        "✗ chance draws it, not the order",
        IMPORT,
        replace("workflow.random().").by("random.Random(workflow.time())."),
    ),
    "the_second": Wrong(
        ("no other order has this code", "nobody can guess it", "chance draws it, not the order"),
        "✗ no other order has this code",
        replace("workflow.random().randrange(10**8)").by("int(workflow.time())"),
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
