"""Answers to exercise 7.6, Remember in the right place."""

from tests.grading.edits import Given, Right, Wrong, replace

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

CLAIMS = {
    "a customer ID;": "one_answer_for_all",
    "IDs that begin with `blocked` are refused.": ("everybody_is_welcome", "known_is_welcome"),
    "none. The identity service is called for everyone, every time.": Given("what the stub does"),
    "on one worker,": ("in_the_workflow", "class_attribute", "in_self"),
    "that service answers once": ("no_memory", "remembers_only_yes", "cache_of_coroutines"),
    "per customer": ("one_answer_for_each_name", "only_the_last_one"),
    "(visits follow one another;": Given("what the check does"),
    "a request that it refuses is retried),": ("no_answer_is_a_no", "true_before_the_answer"),
    "every run can be replayed": "not_in_a_replay",
    "in a process that knows nobody.": "in_builtins",
    "Ada comes twice →": Given("the example's customer"),
    '`"welcome"` twice,': ("nothing_returned", "workflow_reads_its_own"),
    "one request in `requests`.": "no_memory",
}

WRONG = {
    "asks_only_in_the_first_run": Wrong(
        "the workflow completes", "the workflow completes", FORGET, replace(CALL).by("KNOWN[customer]")
    ),
    "cache_of_coroutines": Wrong(
        "the answer is kept, not the call",
        "an `async def`",
        replace("from datetime import timedelta").by("from datetime import timedelta\nfrom functools import cache"),
        replace("@activity.defn").by("@activity.defn\n@cache"),
        FORGET,
    ),
    "calls_the_activity_itself": Wrong(
        ("an activity is asked for, never called", "the workflow completes"),
        "ask for it: `await workflow.execute_activity(verify, …",
        replace(CALL).by("await verify(customer)"),
    ),
    "class_attribute": Wrong(
        "identity answers once about each customer",
        "let the activity look into the module's `KNOWN`",
        FORGET,
        replace("@workflow.run").by("known: dict[str, bool] = {}\n\n@workflow.run"),
        replace(f"verified = {CALL}").by(f"""
            if customer not in self.known:
                self.known[customer] = {CALL}
            verified = self.known[customer]
        """),
    ),
    "everybody_is_welcome": Wrong(
        "who is verified is welcome, who is blocked is refused",
        "let it return what identity says of this customer",
        ASK.by("KNOWN[customer] = True"),
    ),
    "in_builtins": Wrong(
        "a replay in a new process asks for the same",
        "let the activity look into the module's `KNOWN`",
        FORGET,
        replace("from datetime import timedelta").by("import builtins\nfrom datetime import timedelta"),
        replace("KNOWN: dict[str, bool] = {}").by("""
            KNOWN: dict[str, bool] = getattr(builtins, "KNOWN", {})
            builtins.KNOWN = KNOWN
        """),
        replace(f"verified = {CALL}").by(f"""
            if customer not in KNOWN:
                KNOWN[customer] = {CALL}
            verified = KNOWN[customer]
        """),
    ),
    "in_self": Wrong(
        "identity answers once about each customer",
        "let the activity look into the module's `KNOWN`",
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
        "identity answers once about each customer",
        "let the activity look into the module's `KNOWN`",
        FORGET,
        replace(f"verified = {CALL}").by(f"""
            if customer not in KNOWN:
                KNOWN[customer] = {CALL}
            verified = KNOWN[customer]
        """),
    ),
    "known_is_welcome": Wrong(
        "who is verified is welcome, who is blocked is refused",
        "let it return what identity says of this customer",
        ASK.by("""
            if customer in KNOWN:
                return True
            KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
        """),
    ),
    "no_answer_is_a_no": Wrong(
        "who is verified is welcome, who is blocked is refused",
        "let the activity fail when identity does not answer",
        replace("import ShopClient").by("import ShopClient, ShopError"),
        ASK.by("""
            try:
                if customer not in KNOWN:
                    KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            except ShopError:
                return False
        """),
    ),
    "no_memory": Wrong(
        "identity answers once about each customer", "let the activity look into the module's `KNOWN`", FORGET
    ),
    "not_in_a_replay": Wrong(
        "a replay in a new process asks for the same",
        "depends on whether this is a replay",
        replace(f"verified = {CALL}").by(f"""
            verified = True
            if not workflow.unsafe.is_replaying():
                verified = {CALL}
        """),
    ),
    "nothing_returned": Wrong(
        "who is verified is welcome, who is blocked is refused",
        "let it return what identity says of this customer",
        replace("return KNOWN[customer]").by(""),
    ),
    "one_answer_for_each_name": Wrong(
        "identity answers once about each customer",
        "under the whole ID",
        ASK.by("""
            whole, customer = customer, customer.partition("-")[0]
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(whole))["verified"]
        """),
    ),
    "only_the_last_one": Wrong(
        "identity answers once about each customer",
        "let the activity look into the module's `KNOWN`",
        ASK.by("""
            if customer not in KNOWN:
                KNOWN.clear()
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
        """),
    ),
    "one_answer_for_all": Wrong(
        "who is verified is welcome, who is blocked is refused",
        "let it return what identity says of this customer",
        replace("customer not in").by("not"),
        replace("[customer] =").by('["all"] ='),
        replace("return KNOWN[customer]").by('return KNOWN["all"]'),
    ),
    "passed_through": Wrong(
        "identity answers once about each customer",
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
        "identity answers once about each customer",
        "a refusal is an answer too",
        replace("customer not in KNOWN").by("not KNOWN.get(customer)"),
    ),
    "true_before_the_answer": Wrong(
        "identity answers once about each customer",
        "keep what it has answered",
        ASK.by("""
            if customer not in KNOWN:
                KNOWN[customer] = True
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
        """),
    ),
    "workflow_reads_its_own": Wrong(
        "the workflow completes",
        "use what the activity returned",
        replace(f"verified = {CALL}").by(f"""
            {CALL}
            verified = KNOWN[customer]
        """),
    ),
    "sandbox_off_for_a_line": Wrong(
        ("the sandbox stays on", "identity answers once about each customer"),
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
        ("the sandbox stays on", "a replay in a new process asks for the same"),
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
