"""Answers to exercise 0.1, Change a greeting."""

from tests.grading.edits import Right, Wrong, replace

WRONG = {
    "almost": Wrong("comma, space and exclamation mark count", replace("shop, {name}!").by("shop {name}")),
    "forgotten_f": Wrong(
        "put an `f` in front of the quotation mark",
        replace('f"Welcome to the shop, {name}!"').by('"Welcome to the shop, {name}!"'),
    ),
    "never_ends": Wrong(
        "give the loop an end",
        replace('return f"Welcome to the shop, {name}!"').by("""
            greeting = f"Welcome to the shop, {name}!"
            while True:
                greeting = greeting.strip()
        """),
    ),
    "not_decorated": Wrong("put `@workflow.defn` above", replace("@workflow.defn").by("")),
    "one_name_for_all": Wrong(
        "use the parameter: `name` inside the braces",
        replace('f"Welcome to the shop, {name}!"').by('"Welcome to the shop, Ada!"'),
    ),
    "other_words_only_appended": Wrong(
        "change the text in the `return` line",
        replace('f"Welcome to the shop, {name}!"').by('f"Hello, {name}. Welcome to the shop, {name}!"'),
    ),
    "printed": Wrong(
        "what it prints is not its result",
        replace('return f"Welcome to the shop, {name}!"').by('print(f"Welcome to the shop, {name}!")'),
    ),
}

RIGHT = {
    "format": Right(replace('f"Welcome to the shop, {name}!"').by('"Welcome to the shop, {}!".format(name)')),
    "joined": Right(replace('f"Welcome to the shop, {name}!"').by('"Welcome to the shop, " + name + "!"')),
    "another_type_name_and_a_helper": Right(
        replace("@workflow.defn").by("""
            def greeting(customer: str) -> str:
                return f"Welcome to the shop, {customer}!"


            @workflow.defn(name="Welcome")
        """),
        replace('f"Welcome to the shop, {name}!"').by("greeting(name)"),
    ),
    "template_in_the_class": Right(
        replace("@workflow.run").by('WORDS = "Welcome to the shop, %s!"\n\n@workflow.run'),
        replace('f"Welcome to the shop, {name}!"').by("self.WORDS % name"),
    ),
}
