"""Answers to exercise 7.6, Remember in the right place."""

from tests.grading.edits import Wrong, replace

WRONG = {
    "asks_only_in_the_first_run": Wrong(
        "the workflow completes",
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            return KNOWN[customer]
        """).by('return (await ShopClient().verify_customer(customer))["verified"]'),
        replace("await workflow.execute_activity(verify, customer, start_to_close_timeout=timedelta(seconds=5))").by(
            "KNOWN[customer]"
        ),
    ),
    "calls_the_activity_itself": Wrong(
        "the workflow completes",
        replace("workflow.execute_activity(verify, customer, start_to_close_timeout=timedelta(seconds=5))").by(
            "verify(customer)"
        ),
    ),
    "class_attribute": Wrong(
        "identity is asked once about a customer",
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            return KNOWN[customer]
        """).by('return (await ShopClient().verify_customer(customer))["verified"]'),
        replace("@workflow.run").by("known: dict[str, bool] = {}\n@workflow.run"),
        replace(
            "verified = await workflow.execute_activity(verify, customer, start_to_close_timeout=timedelta(seconds=5))"
        ).by("""
            if customer not in self.known:
                limit = timedelta(seconds=5)
                self.known[customer] = await workflow.execute_activity(verify, customer, start_to_close_timeout=limit)
            verified = self.known[customer]
        """),
    ),
    "everybody_is_welcome": Wrong(
        "go by what identity says of this customer",
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
        """).by("KNOWN[customer] = True"),
    ),
    "in_self": Wrong(
        "identity is asked once about a customer",
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            return KNOWN[customer]
        """).by('return (await ShopClient().verify_customer(customer))["verified"]'),
        replace("@workflow.run").by("""
            def __init__(self) -> None:
                self.known: dict[str, bool] = {}
            @workflow.run
        """),
        replace(
            "verified = await workflow.execute_activity(verify, customer, start_to_close_timeout=timedelta(seconds=5))"
        ).by("""
            if customer not in self.known:
                limit = timedelta(seconds=5)
                self.known[customer] = await workflow.execute_activity(verify, customer, start_to_close_timeout=limit)
            verified = self.known[customer]
        """),
    ),
    "in_the_workflow": Wrong(
        "identity is asked once about a customer",
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            return KNOWN[customer]
        """).by('return (await ShopClient().verify_customer(customer))["verified"]'),
        replace(
            "verified = await workflow.execute_activity(verify, customer, start_to_close_timeout=timedelta(seconds=5))"
        ).by("""
            if customer not in KNOWN:
                limit = timedelta(seconds=5)
                KNOWN[customer] = await workflow.execute_activity(verify, customer, start_to_close_timeout=limit)
            verified = KNOWN[customer]
        """),
    ),
    "known_is_welcome": Wrong(
        "go by what identity says of this customer",
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
        """).by("""
            if customer in KNOWN:
                return True
            KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
        """),
        replace("verified =").by("ok ="),
        replace("if verified").by("if ok"),
    ),
    "no_memory": Wrong(
        "identity is asked once about a customer",
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            return KNOWN[customer]
        """).by('return (await ShopClient().verify_customer(customer))["verified"]'),
    ),
    "one_answer_for_all": Wrong(
        "go by what identity says of this customer",
        replace("customer not in").by("not"),
        replace("[customer] =").by('["all"] ='),
        replace("return KNOWN[customer]").by('return KNOWN["all"]'),
    ),
    "passed_through": Wrong(
        "a new process can replay it",
        replace("KNOWN: dict[str, bool] = {}").by("""
            with workflow.unsafe.imports_passed_through():
                from course_lib.shop import client

            client.KNOWN = getattr(client, "KNOWN", {})
        """),
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            return KNOWN[customer]
        """).by('return (await ShopClient().verify_customer(customer))["verified"]'),
        replace(
            "verified = await workflow.execute_activity(verify, customer, start_to_close_timeout=timedelta(seconds=5))"
        ).by("""
            if customer not in client.KNOWN:
                limit = timedelta(seconds=5)
                client.KNOWN[customer] = await workflow.execute_activity(verify, customer, start_to_close_timeout=limit)
            verified = client.KNOWN[customer]
        """),
    ),
    "remembers_only_yes": Wrong(
        "a refusal is an answer too",
        replace("customer not in KNOWN").by("not KNOWN.get(customer)"),
        replace("verified =").by("ok ="),
        replace("if verified").by("if ok"),
    ),
    "sandbox_off_for_a_line": Wrong(
        "leave the sandbox on",
        replace("""
            if customer not in KNOWN:
                KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
            return KNOWN[customer]
        """).by('return (await ShopClient().verify_customer(customer))["verified"]'),
        replace(
            "verified = await workflow.execute_activity(verify, customer, start_to_close_timeout=timedelta(seconds=5))"
        ).by("""
            with workflow.unsafe.sandbox_unrestricted():
                known = KNOWN
            if customer not in known:
                limit = timedelta(seconds=5)
                known[customer] = await workflow.execute_activity(verify, customer, start_to_close_timeout=limit)
            verified = known[customer]
        """),
    ),
    "sandbox_off_for_the_class": Wrong(
        "leave the sandbox on",
        replace("""
                if customer not in KNOWN:
                    KNOWN[customer] = (await ShopClient().verify_customer(customer))["verified"]
                return KNOWN[customer]


            @workflow.defn
        """).by("""
                return (await ShopClient().verify_customer(customer))["verified"]


            @workflow.defn(sandboxed=False)
        """),
        replace(
            "verified = await workflow.execute_activity(verify, customer, start_to_close_timeout=timedelta(seconds=5))"
        ).by("""
            if customer not in KNOWN:
                limit = timedelta(seconds=5)
                KNOWN[customer] = await workflow.execute_activity(verify, customer, start_to_close_timeout=limit)
            verified = KNOWN[customer]
        """),
    ),
}
