"""Answers to exercise 7.4, One code for two."""

from tests.grading.edits import Wrong, replace

WRONG = {
    "drawn_at_import": Wrong(
        "for the customer",
        replace("from dataclasses import dataclass").by("import uuid\nfrom dataclasses import dataclass"),
        replace("from course_lib.shop.client import ShopClient").by("""
            from course_lib.shop.client import ShopClient
            CODE = uuid.uuid4().hex[:8]
        """),
        replace('f"{workflow.random().randrange(10**8):08d}"').by("CODE"),
    ),
    "drawn_for_each_mail": Wrong(
        "for the customer",
        replace('f"{workflow.random().randrange(10**8):08d}"').by('""'),
        replace("await workflow.execute_activity(").by("""
            code = f"{workflow.random().randrange(10**8):08d}"
            await workflow.execute_activity(
        """),
    ),
    "drawn_in_the_activity": Wrong(
        "for the customer",
        replace("from dataclasses import dataclass").by("import random\nfrom dataclasses import dataclass"),
        replace("letter.code").by('f"{random.randrange(10**8):08d}"'),
        replace('f"{workflow.random().randrange(10**8):08d}"').by('""'),
    ),
    "fixed_seed": Wrong(
        "a fixed seed gives every order the same code",
        replace("from dataclasses import dataclass").by("import random\nfrom dataclasses import dataclass"),
        replace("workflow.random().").by("random.Random(7)."),
    ),
    "id_of_the_order": Wrong(
        "✗ chance draws it, not the order", replace('f"{workflow.random().randrange(10**8):08d}"').by("order_id")
    ),
    "kept_in_a_global": Wrong(
        "for the customer",
        replace("from dataclasses import dataclass").by("import random\nfrom dataclasses import dataclass"),
        replace("from course_lib.shop.client import ShopClient").by("""
            from course_lib.shop.client import ShopClient
            CODES: dict[str, str] = {}
        """),
        replace('f"{workflow.random().randrange(10**8):08d}"').by(
            'CODES.setdefault(order_id, f"{random.Random().randrange(10**8):08d}")'
        ),
    ),
    "module_function": Wrong(
        "Cannot access random.randrange",
        replace("from dataclasses import dataclass").by("import random\nfrom dataclasses import dataclass"),
        replace("workflow.random().").by("random."),
    ),
    "number_of_the_object": Wrong(
        "for the customer",
        replace("from dataclasses import dataclass").by("import random\nfrom dataclasses import dataclass"),
        replace('f"{workflow.random().randrange(10**8):08d}"').by(
            'f"{id(object()) ^ random.SystemRandom().getrandbits(32):08d}"[:8]'
        ),
    ),
    "own_id_as_code": Wrong(
        "in every process", replace("workflow.random().randrange(10**8)").by("hash(order_id) % 10**8")
    ),
    "padded_with_zeros": Wrong("✗ nobody can guess it", replace("(10**8)").by("(1000)")),
    "seeded_by_a_hash": Wrong(
        "`hash(…)` is another number in every process",
        replace("from dataclasses import dataclass").by("import random\nfrom dataclasses import dataclass"),
        replace("workflow.random().").by("random.Random(hash(order_id))."),
    ),
    "seeded_by_the_clock": Wrong(
        "Cannot access time.time",
        replace("from dataclasses import dataclass").by("""
            import random
            import time
            from dataclasses import dataclass
        """),
        replace("workflow.random().").by("random.Random(time.time())."),
    ),
    "seeded_by_the_order": Wrong(
        "✗ chance draws it, not the order",
        replace("from dataclasses import dataclass").by("import random\nfrom dataclasses import dataclass"),
        replace("workflow.random().").by("random.Random(order_id)."),
    ),
    "seeded_by_the_time": Wrong(
        "✗ chance draws it, not the order",
        replace("from dataclasses import dataclass").by("import random\nfrom dataclasses import dataclass"),
        replace("workflow.random().").by("random.Random(workflow.time())."),
    ),
    "the_second": Wrong(
        "✗ no other order has this code", replace("workflow.random().randrange(10**8)").by("int(workflow.time())")
    ),
    "uuid": Wrong(
        "Cannot access uuid.uuid4",
        replace("from dataclasses import dataclass").by("import uuid\nfrom dataclasses import dataclass"),
        replace('f"{workflow.random().randrange(10**8):08d}"').by("uuid.uuid4().hex[:8]"),
    ),
}
