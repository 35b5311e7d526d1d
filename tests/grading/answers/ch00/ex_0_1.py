"""Answers to exercise 0.1, Change a greeting."""

from tests.grading.edits import Given, Right, Wrong, replace

CLAIMS = {
    "a customer's name, for example `\"Ada\"`.": "one_name_for_all",
    "the workflow returns": "printed_and_other_words",
    "the greeting in exactly this form.": "almost",
    '`"Ada"` → `"Welcome to the shop, Ada!"`': "other_words_only_appended",
}

WRONG = {
    "almost": Wrong(
        "the customer is welcomed to the shop",
        "comma, space and exclamation mark count",
        replace("shop, {name}!").by("shop {name}"),
    ),
    "forgotten_f": Wrong(
        ("the customer is welcomed to the shop", "each customer is greeted by their own name"),
        "put an `f` in front of the quotation mark",
        replace('f"Welcome to the shop, {name}!"').by('"Welcome to the shop, {name}!"'),
    ),
    "never_ends": Wrong(
        ("every loop can end", "the workflow completes"),
        "give the loop an end",
        replace('return f"Welcome to the shop, {name}!"').by("""
            greeting = f"Welcome to the shop, {name}!"
            while True:
                greeting = greeting.strip()
        """),
    ),
    "not_decorated": Wrong(
        ("Greeting is a workflow", "a Worker starts with your code"),
        "put `@workflow.defn` above",
        replace("@workflow.defn").by(""),
    ),
    "one_name_for_all": Wrong(
        "each customer is greeted by their own name",
        "use the parameter: `name` inside the braces",
        replace('f"Welcome to the shop, {name}!"').by('"Welcome to the shop, Ada!"'),
    ),
    "other_words_only_appended": Wrong(
        "the customer is welcomed to the shop",
        "change the text in the `return` line",
        replace('f"Welcome to the shop, {name}!"').by('f"Hello, {name}. Welcome to the shop, {name}!"'),
    ),
    "printed": Wrong(
        ("the customer is welcomed to the shop", "each customer is greeted by their own name"),
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
