"""Answers to exercise 7.6, Remember in the right place."""

from tests.grading.edits import Right, Wrong, replace

ASK = replace("""
    if customer not in KNOWN:
        KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
""")
FORGET = replace("""
    if customer not in KNOWN:
        KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
    return KNOWN[customer]
""").by('return (await ShopClient().verify_customer(customer))["verified"]')
CALL = "await workflow.execute_activity(verify, customer, start_to_close_timeout=timedelta(seconds=5))"

WRONG = {
    "asks_only_in_the_first_run": Wrong(
        "the workflow completes", "the workflow completes", FORGET, replace(CALL).by("KNOWN[customer]")
    ),
    "calls_the_activity_itself": Wrong(
        "the workflow completes", "the workflow completes", replace(CALL).by("await verify(customer)")
    ),
    "class_attribute": Wrong(
        "identity is asked once about a customer who comes twice",
        "identity is asked once about a customer",
        FORGET,
        replace("@workflow.run").by("known: dict[str, bool] = {}\n\n@workflow.run"),
        replace(f"verified = {CALL}").by(f"""
            if customer not in self.known:
                self.known[customer] = {CALL}
            verified = self.known[customer]
        """),
    ),
    "everybody_is_welcome": Wrong(
        (
            "who is verified is welcome, who is blocked is refused",
            "identity is asked once about a customer who comes twice",
        ),
        "go by what identity says of this customer",
        ASK.by("KNOWN[customer] = True"),
    ),
    "in_self": Wrong(
        "identity is asked once about a customer who comes twice",
        "identity is asked once about a customer",
        FORGET,
        replace("@workflow.run").by("""
            def __init__(self) -> None:
                self.known: dict[str, bool] = {}

            @workflow.run
        """),
        replace(f"verified = {CALL}").by(f"""
            if customer not in self.known:
                self.known[customer] = {CALL}
            verified = self.known[customer]
        """),
    ),
    "in_the_workflow": Wrong(
        "identity is asked once about a customer who comes twice",
        "identity is asked once about a customer",
        FORGET,
        replace(f"verified = {CALL}").by(f"""
            if customer not in KNOWN:
                KNOWN[customer] = {CALL}
            verified = KNOWN[customer]
        """),
    ),
    "known_is_welcome": Wrong(
        "who is verified is welcome, who is blocked is refused",
        "go by what identity says of this customer",
        ASK.by("""
            if customer in KNOWN:
                return True
            KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
        """),
    ),
    "no_memory": Wrong(
        "identity is asked once about a customer who comes twice", "identity is asked once about a customer", FORGET
    ),
    "one_answer_for_all": Wrong(
        (
            "who is verified is welcome, who is blocked is refused",
            "identity is asked once about a customer who comes twice",
        ),
        "go by what identity says of this customer",
        replace("customer not in").by("not"),
        replace("[customer] =").by('["all"] ='),
        replace("return KNOWN[customer]").by('return KNOWN["all"]'),
    ),
    "passed_through": Wrong(
        "identity is asked once about a customer who comes twice",
        "a replay in a new process asks for the same",
        FORGET,
        replace("KNOWN: dict[str, bool] = {}").by("""
            with workflow.unsafe.imports_passed_through():
                from course_lib.shop import client

            client.KNOWN = getattr(client, "KNOWN", {})
        """),
        replace(f"verified = {CALL}").by(f"""
            if customer not in client.KNOWN:
                client.KNOWN[customer] = {CALL}
            verified = client.KNOWN[customer]
        """),
    ),
    "remembers_only_yes": Wrong(
        "identity is asked once about a customer who comes twice",
        "a refusal is an answer too",
        replace("customer not in KNOWN").by("not KNOWN.get(customer)"),
    ),
    "sandbox_off_for_a_line": Wrong(
        ("the sandbox stays on", "identity is asked once about a customer who comes twice"),
        "leave the sandbox on",
        FORGET,
        replace(f"verified = {CALL}").by(f"""
            with workflow.unsafe.sandbox_unrestricted():
                known = KNOWN
            if customer not in known:
                known[customer] = {CALL}
            verified = known[customer]
        """),
    ),
    "sandbox_off_for_the_class": Wrong(
        "the sandbox stays on",
        "leave the sandbox on",
        FORGET,
        replace("@workflow.defn").by("@workflow.defn(sandboxed=False)"),
        replace(f"verified = {CALL}").by(f"""
            if customer not in KNOWN:
                KNOWN[customer] = {CALL}
            verified = KNOWN[customer]
        """),
    ),
}

RIGHT = {
    "answered_at_once_if_known": Right(
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            return KNOWN[customer]
        """).by("""
            if customer in KNOWN:
                return KNOWN[customer]
            reply = await ShopClient().verify_customer(customer)
            return KNOWN.setdefault(customer, bool(reply["verified"]))
        """)
    ),
    "an_activity_of_an_object": Right(
        replace("""
            KNOWN: dict[str, bool] = {}


            @activity.defn
            async def verify(customer: str) -> bool:
                if customer not in KNOWN:
                    KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
                return KNOWN[customer]
        """).by("""
            class Register:
                def __init__(self) -> None:
                    self.known: dict[str, bool] = {}

                @activity.defn
                async def verify(self, customer: str) -> bool:
                    if customer not in self.known:
                        self.known[customer] = (await ShopClient().verify_customer(customer))["verified"]
                    return self.known[customer]
        """),
        replace("workflow.execute_activity(verify").by("workflow.execute_activity_method(Register.verify"),
    ),
    "cached_in_a_thread": Right(
        replace("from datetime import timedelta").by("from datetime import timedelta\nfrom functools import cache"),
        replace("import ShopClient").by("import BlockingShopClient"),
        replace("KNOWN: dict[str, bool] = {}").by("""
            @cache
            def ask(customer: str) -> bool:
                return BlockingShopClient().verify_customer(customer)["verified"]
        """),
        replace("async def verify").by("def verify"),
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            return KNOWN[customer]
        """).by("return ask(customer)"),
    ),
    "a_set_for_each_answer": Right(
        replace("KNOWN: dict[str, bool] = {}").by("GOOD, BAD = set(), set()"),
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            return KNOWN[customer]
        """).by("""
            if customer not in GOOD | BAD:
                verified = (await ShopClient().verify_customer(customer))["verified"]
                (GOOD if verified else BAD).add(customer)
            return customer in GOOD
        """),
    ),
}
