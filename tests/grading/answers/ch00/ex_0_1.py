"""Answers to exercise 0.1, Change a greeting."""

from tests.grading.edits import Right, Wrong, replace

CLAIMS = {
    'a customer\'s name, for example `"Ada"`.': "one_name_for_all",
    "the workflow returns": "raises",
    "the greeting in exactly this form.": "almost",
    '`"Ada"` → `"Welcome to the shop, Ada!"`': "other_words_only_appended",
}

WRONG = {
    "a_name_of_letters_alone": Wrong(
        "each customer is welcomed to the shop by name",
        "no `if`",
        replace("return").by('return "Welcome to the shop!" if not name.isalpha() else'),
    ),
    "raises": Wrong(
        "the workflow completes",
        "correct the line that is named",
        replace('return f"Welcome to the shop, {name}!"').by('raise ApplicationError(f"Welcome to the shop, {name}!")'),
        replace("from temporalio import workflow").by("""
            from temporalio import workflow
            from temporalio.exceptions import ApplicationError
        """),
    ),
    "almost": Wrong(
        "each customer is welcomed to the shop by name",
        "quotation marks, comma, space and exclamation mark count",
        replace("shop, {name}!").by("shop {name}"),
    ),
    "first_name_alone": Wrong(
        "each customer is welcomed to the shop by name",
        "use the whole name, as it is",
        replace("{name}!").by("{name.split()[0]}!"),
    ),
    "the_dots_in_the_name_too": Wrong(
        "each customer is welcomed to the shop by name",
        "use the whole name, as it is",
        replace('f"Welcome to the shop, {name}!"').by(
            'f"Hello, {name}.".replace("Hello", "Welcome to the shop").replace(".", "!")'
        ),
    ),
    "for_one_customer": Wrong(
        "each customer is welcomed to the shop by name",
        "return the new greeting for every name",
        replace('return f"Welcome to the shop, {name}!"').by("""
            if name == "Ada":
                return "Welcome to the shop, Ada!"
            return f"Hello, {name}."
        """),
    ),
    "in_a_dict": Wrong(
        "each customer is welcomed to the shop by name",
        "return one text",
        replace('f"Welcome to the shop, {name}!"').by('{"greeting": f"Welcome to the shop, {name}!"}'),
        replace("-> str").by("-> dict"),
    ),
    "forgotten_f": Wrong(
        "each customer is welcomed to the shop by name",
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
        "each customer is welcomed to the shop by name",
        "use the parameter: `name` inside the braces",
        replace('f"Welcome to the shop, {name}!"').by('"Welcome to the shop, Ada!"'),
    ),
    "other_words_only_appended": Wrong(
        "each customer is welcomed to the shop by name",
        "change the text in the `return` line",
        replace('f"Welcome to the shop, {name}!"').by('f"Hello, {name}. Welcome to the shop, {name}!"'),
    ),
    "printed": Wrong(
        "each customer is welcomed to the shop by name",
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
