"""The quiz and the predictions of chapter 07."""

from course_lib.grading.model import Option, Prediction, Question

PREDICTIONS = (
    Prediction(
        id="7.a",
        text="The order runs to its end. Then its own history is replayed with the same class, not a letter changed. "
        "What does the Replayer say?",
        options=(
            Option(
                "Nothing: code and history are the same",
                "The text is the same. What it asks for is drawn anew, ten times.",
                value=False,
            ),
            Option(
                "A non-determinism error",
                "Ten new draws ask for another row of activities than the history holds.",
                value=True,
            ),
        ),
    ),
    Prediction(
        id="7.b",
        text="Six things are reserved, the worker is killed, a new one takes over and replays. The cell is as it is "
        "now. What does the customer get?",
        options=(
            Option(
                "The right reservation for each thing",
                "The order of a set of texts would have to be the same in both processes.",
                value="right",
            ),
            Option(
                "Nothing: a non-determinism error, and the order is stuck",
                "Each command is `reserve`, as in the history. A replay compares kinds, names and ids, not arguments.",
                value="stuck",
            ),
            Option(
                "A completed order with reservations under the wrong names",
                "The new process walks the set in another order, and each answer of the history goes to whatever "
                "stands in its place now.",
                value="wrong",
            ),
        ),
    ),
)

QUESTIONS = (
    Question(
        id="7.q1",
        text="When is workflow code replayed?",
        options=(
            Option(
                "Only after a crash",
                "A deploy, a full cache or a query to a finished run do it just as well. Count on it at any moment.",
            ),
            Option(
                "Whenever a worker needs a run that it does not have in its cache",
                "It then runs the code from the first line, and the history answers.",
                right=True,
            ),
            Option("When an activity is tried again", "A retry runs the activity's function, not the workflow."),
        ),
    ),
    Question(
        id="7.q2",
        text="The sandbox says: Cannot access time.time.__call__ from inside a workflow … mark the import as pass "
        "through. What do you do?",
        options=(
            Option(
                "Mark the import as pass through",
                "That is for modules that are safe. Around `time` it changes nothing, and around a module of your own "
                "that calls `time` it silences the sandbox: the error comes back at the next replay.",
            ),
            Option("Put try … except around it", "The value, if you get one, is another one in the replay."),
            Option(
                "Use `workflow.time()`", "It is the time of the workflow task, which the history keeps.", right=True
            ),
        ),
    ),
    Question(
        id="7.q3",
        text="What does a replay compare with the history?",
        options=(
            Option(
                "Everything, values included",
                "Arguments, a timer's length and the result are not looked at. In this chapter they were swapped and "
                "nobody objected.",
            ),
            Option(
                "The commands: their kinds, names, ids and order",
                "That is why swapped arguments pass, and why another activity does not.",
                right=True,
            ),
            Option("The source text of the class", "The server never sees your code."),
        ),
    ),
    Question(
        id="7.q4",
        text="Which of these gives the same in every replay, in every process?",
        options=(
            Option('list({"mug", "tea"})', "The order of texts in a set is another one in another process."),
            Option("hash(order.id)", "Texts are hashed with a secret of the process."),
            Option(
                "random.Random(order.id).random()",
                "Seeded by the input, it is calculation. (`workflow.random()` needs no seed of yours.)",
                right=True,
            ),
            Option("random.Random().random()", "Without a seed it begins somewhere else each time."),
        ),
    ),
    Question(
        id="7.q5",
        text="A discount rate lies in an environment variable of the worker. How does the workflow get it?",
        options=(
            Option(
                "It reads it at the top of the module",
                "The sandbox lets it through, and every replay reads what the variable says then.",
            ),
            Option(
                "An activity reads it and returns it",
                "The history keeps the answer. (Or the starter passes it in as an argument.)",
                right=True,
            ),
            Option("os.getenv in the run method", "The sandbox stops it: the order would be stuck."),
        ),
    ),
    Question(
        id="7.q6",
        text="A workflow counts in a module's global variable how many orders there were. What does it say?",
        options=(
            Option("All orders since the worker started", "That is what it looks like. No two runs share the module."),
            Option(
                "1, for every order",
                "The sandbox imports the module for each run: each has a copy of its own, which ends with it.",
                right=True,
            ),
            Option("Nothing: the sandbox stops it", "A global of your own module is no restricted call."),
        ),
    ),
)
