"""The quiz and the predictions of chapter 01."""

from course_lib.grading.model import Option, Prediction, Question

PREDICTIONS = (
    Prediction(
        id="1.a",
        text="CheckoutWorkflow has one activity, and it has ended. How many workflow tasks did the worker complete?",
        options=(
            Option(
                "One",
                "The first one ended with the command to charge the card. Somebody had to go on when the result came.",
                value=1,
            ),
            Option(
                "Two",
                "One up to the `await`, which asked for the charge; one from its result to the `return`.",
                value=2,
            ),
            Option(
                "Three",
                "It would be three with two activities, one after the other: one task more than there are waits.",
                value=3,
            ),
        ),
    ),
    Prediction(
        id="1.b",
        text="The first checkout completes. Then Grace clicks again: same workflow id, default settings. "
        "How many charges are in the table?",
        options=(
            Option(
                "One",
                "The id is taken only while a run is under way. By default an ended run gives it free again.",
                value=1,
            ),
            Option(
                "Two",
                "By default the id of an ended run may be used again, so there is a second run, and a second charge.",
                value=2,
            ),
        ),
    ),
)

QUESTIONS = (
    Question(
        id="1.q1",
        text="An order has been waiting for ten minutes. The diagnosis says that nobody polls its queue, yet your "
        "worker runs. What do you look at first?",
        options=(
            Option(
                "The two names of the task queue, in the start and in the worker",
                "A wrong name is no error: it is just another queue.",
                right=True,
            ),
            Option("The server's disk", "A server that could not write would have refused the start."),
            Option("The code of the run method", "No line of it has run: the first workflow task has not been taken."),
            Option("The activity's timeout", "No activity has been asked for yet."),
        ),
    ),
    Question(
        id="1.q2",
        text="Why does `run` take one dataclass, and not three parameters?",
        options=(
            Option(
                "Temporal allows only one parameter",
                "It allows several, and matches them by position: you would regret the first change.",
            ),
            Option(
                "A field with a default can be added while old orders are still under way",
                "Their recorded input lacks the field, gets the default, and still fits.",
                right=True,
            ),
            Option("A dataclass is smaller on the wire", "It is larger: JSON with the names of the fields."),
        ),
    ),
    Question(
        id="1.q3",
        text="Which pair is right?",
        options=(
            Option(
                "Workflow id: chosen by the server. Run id: chosen by you",
                "The other way round: you gave `id=…`, and the server answered with a run id.",
            ),
            Option(
                "Workflow id: names the business. Run id: names one execution of it",
                "Several runs may share a workflow id, one after the other.",
                right=True,
            ),
            Option("They are two names for the same thing", "You have seen one workflow id with two run ids."),
        ),
    ),
    Question(
        id="1.q4",
        text="A history has ActivityTaskScheduled, and 40 seconds later ActivityTaskStarted with `attempt` 6. "
        "What happened?",
        options=(
            Option("The worker was busy for 40 seconds", "Then it would have been the first attempt."),
            Option(
                "Five tries failed, the sixth got through",
                "Failed tries that are retried leave no event of their own, only time and the counter.",
                right=True,
            ),
            Option("The workflow ran six times", "The workflow ran on: an activity's retries do not wake it."),
            Option("Six parcels were sent", "Only the shop's table could tell. Chapter 02 is about exactly that."),
        ),
    ),
    Question(
        id="1.q5",
        text='`buy` uses `id=f"checkout-{uuid4()}"`. What goes wrong?',
        options=(
            Option(
                "Nothing: ids must be unique",
                "Unique per order, not per click: two clicks are two workflows and two charges.",
            ),
            Option(
                "Every click is a new workflow, whatever the policies say",
                "The policies compare ids. A random id is never taken.",
                right=True,
            ),
            Option("The server refuses random ids", "It takes any text."),
        ),
    ),
)
