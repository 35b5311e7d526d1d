"""Answers to exercise 7.7, You are the lint."""

from tests.grading.edits import Given, Right, Wrong, replace

CLAIMS = {
    "three workflows without labels;": "cured",
    "`pack` and `wrap` from above.": Given("what the workflows call"),
    "for each:": ("one_left_out", "small_names"),
    '`"fine"`,': "random_is_always_bad",
    '`"stopped"`,': "a_set_is_stopped",
    '`"breaks"`': ("hash_is_fine", "capitals"),
    '`"lies"`,': "a_set_breaks",
    "the line whose command is different": ("the_line_of_one_value", "a_line_in_quotes"),
    "in a replay in another process": "a_set_is_fine_here",
    "(0 if there is none).": "line_of_the_fine",
    "`%%module` is line 1.": "lines_below_module",
    '`"Ada": ("lies", 99)`': ("a_word_alone", "classes_for_names"),
}

WRONG = {
    "a_line_in_quotes": Wrong(
        "Grace: the line", "as a number, without quotes", replace('("breaks", 25)').by('("breaks", "25")')
    ),
    "a_set_is_fine_here": Wrong(
        "Edsger: what becomes of it",
        "“fine” would mean that every replay asks for the same",
        replace('"lies", 33').by('"fine", 0'),
    ),
    "a_word_alone": Wrong("Edsger: what becomes of it", "the word is one of", replace('("lies", 33)').by('"lies"')),
    "capitals": Wrong("Grace: what becomes of it", 'in small letters: "breaks"', replace('"breaks"').by('"Breaks"')),
    "classes_for_names": Wrong("VERDICTS is a plain value", 'in quotes: "Ada"', replace('"Ada"').by("Ada")),
    "lines_below_module": Wrong("Edsger: the line", "the line of `%%module` is 1", replace("33").by("32")),
    "small_names": Wrong(
        "Edsger: what becomes of it", "the key is the class's name", replace('"Edsger"').by('"edsger"')
    ),
    "the_line_of_one_value": Wrong("Grace: the line", "not of the line that makes the value", replace("25").by("24")),
    "a_set_breaks": Wrong(
        "Edsger: what becomes of it",
        "“breaks” would mean that a replay asks for other commands",
        replace('"lies"').by('"breaks"'),
    ),
    "a_set_is_stopped": Wrong(
        "Edsger: what becomes of it",
        "“stopped” would mean that the sandbox refuses it",
        replace('"lies"').by('"stopped"'),
    ),
    "all_the_same": Wrong(
        ("Ada: what becomes of it", "Grace: what becomes of it"),
        "drawn, or calculated?",
        replace('("fine", 0), "Grace": ("breaks", 25)').by('("lies", 17), "Grace": ("lies", 25)'),
    ),
    "cured": Wrong(
        "the three workflows are as they were",
        "✗ the three workflows are as they were",
        replace("hash(sku)").by("len(sku)"),
        replace("set(skus)").by("sorted(set(skus))"),
        replace('("breaks", 25), "Edsger": ("lies", 33)').by('("fine", 0), "Edsger": ("fine", 0)'),
    ),
    "hash_is_fine": Wrong(
        "Grace: what becomes of it",
        "“fine” would mean that every replay asks for the same",
        replace('"breaks", 25').by('"fine", 0'),
    ),
    "line_of_the_fine": Wrong("Ada: the line", "write 0: in a replay", replace('"fine", 0').by('"fine", 15')),
    "one_left_out": Wrong(
        "Edsger: what becomes of it", 'write an entry `"Edsger"', replace(', "Edsger": ("lies", 33)').by("")
    ),
    "own_words": Wrong(
        ("Ada: what becomes of it", "Grace: what becomes of it"),
        "the word is one of",
        replace('("fine", 0), "Grace": ("breaks", 25)').by('("ok", 0), "Grace": ("broken", 25)'),
    ),
    "random_is_always_bad": Wrong(
        "Ada: what becomes of it", "drawn, or calculated?", replace('"fine", 0').by('"breaks", 17')
    ),
    "the_line_of_the_value": Wrong(
        ("Grace: the line", "Edsger: the line"),
        "the number of the line that asks for the command",
        replace('("breaks", 25), "Edsger": ("lies", 33)').by('("breaks", 24), "Edsger": ("lies", 32)'),
    ),
    "words_alone": Wrong(
        ("Ada: what becomes of it", "Grace: what becomes of it", "Edsger: what becomes of it"),
        "the word is one of",
        replace('("fine", 0), "Grace": ("breaks", 25), "Edsger": ("lies", 33)').by(
            '"fine", "Grace": "breaks", "Edsger": "lies"'
        ),
    ),
}

RIGHT = {
    "lists_for_tuples": Right(replace('("fine", 0)').by('["fine", 0]'), replace('("lies", 33)').by('["lies", 33]')),
    "another_order": Right(
        replace('VERDICTS = {"Ada": ("fine", 0), "Grace": ("breaks", 25), "Edsger": ("lies", 33)}').by(
            'VERDICTS = {"Edsger": ("lies", 33), "Grace": ("breaks", 25), "Ada": ("fine", 0)}'
        )
    ),
    "named_tuples": Right(
        replace("from random import Random").by("from random import Random\nfrom typing import NamedTuple"),
        replace('VERDICTS = {"Ada": ("fine", 0), "Grace": ("breaks", 25), "Edsger": ("lies", 33)}').by("""
            class Fate(NamedTuple):
                word: str
                line: int


            VERDICTS = {"Ada": Fate("fine", 0), "Grace": Fate("breaks", 26), "Edsger": Fate("lies", 34)}
        """),
    ),
    "put_in_one_by_one": Right(
        replace('VERDICTS = {"Ada": ("fine", 0), "Grace": ("breaks", 25), "Edsger": ("lies", 33)}').by("""
            VERDICTS = dict(Ada=("fine", 0))
            VERDICTS.update(Grace=("breaks", 25))
            VERDICTS["Edsger"] = "lies", 33
        """)
    ),
}
