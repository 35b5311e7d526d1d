"""The quiz and the predictions of chapter 03."""

from course_lib.grading.model import Option, Prediction, Question

PREDICTIONS = (
    Prediction(
        id="3.a",
        text="The next order may be tried a few times, and the warehouse is down for good. When all tries have failed, "
        "how many `ActivityTaskFailed` events are in its history?",
        options=(
            Option("None", "A failed try that is repeated is no event. The last one is not repeated.", value=0),
            Option(
                "One",
                "Written when the activity is over, with the last failure. The tries before it were only counted.",
                value=1,
            ),
            Option(
                "One for each try",
                "The server keeps the count and the last failure, no event for each: an outage of a week would fill "
                "the history.",
                value="each",
            ),
        ),
        classify=lambda seen: int(seen) if seen in (0, 1) else "each",
    ),
    Prediction(
        id="3.b",
        text="Soon you start a worker with mended code for the order that is stuck. What does it do with the "
        "reservation, which the old code has made already?",
        options=(
            Option(
                "It reserves again: the new code begins at its first line",
                "The code does begin at its first line. But the history has that activity's result, and gives it to "
                "the new code.",
                value="reserved again",
            ),
            Option(
                "It takes the reservation from the history",
                "The run is the same, so is its history: what is completed in it is not done again.",
                value="reserved once",
            ),
        ),
    ),
)

QUESTIONS = (
    Question(
        id="3.q1",
        text="A history has ended with `ActivityTaskScheduled` for ten minutes. A worker polls the queue. What is up?",
        options=(
            Option("Nothing: the activity is lost", "An activity that is scheduled is never lost."),
            Option(
                "The activity may be failing and retried all the time",
                "Failed tries that are repeated are no events. `describe`, the timeline and `lab.diagnose` show them.",
                right=True,
            ),
            Option("The workflow task fails", "Then `WorkflowTaskFailed` would be in the history."),
        ),
    ),
    Question(
        id="3.q2",
        text="`initial_interval` 1 s, `backoff_coefficient` 2, `maximum_interval` 4 s, `maximum_attempts` 5. Which "
        "pauses?",
        options=(
            Option("1, 2, 4, 8", "The cap is 4 s: no pause is longer."),
            Option("1, 2, 4, 4, 4", "Five pauses would need six tries."),
            Option("1, 2, 4, 4", "Five tries have four pauses between them, and the last one is capped.", right=True),
            Option("1, 1, 1, 1", "The coefficient doubles each pause."),
        ),
    ),
    Question(
        id="3.q3",
        text="The activity raises `OutOfStock`, a subclass of `BadRequest`. The policy says "
        '`non_retryable_error_types=["BadRequest"]`. What happens?',
        options=(
            Option(
                "It is tried again",
                "The failure's type is the text OutOfStock. The server compares texts and knows no classes.",
                right=True,
            ),
            Option("It fails at once, since OutOfStock is a BadRequest", "In Python it is. The server sees a name."),
            Option("The worker refuses the policy", "Any text is allowed, so a typo is no error either."),
        ),
    ),
    Question(
        id="3.q4",
        text="An activity takes between one minute and one hour, and calls something that may hang. Which timeout "
        "tells you soonest that it hangs?",
        options=(
            Option(
                "start_to_close_timeout of two minutes",
                "It would also end every healthy try that takes longer.",
            ),
            Option(
                "schedule_to_close_timeout of an hour",
                "That is the latest of all, and it ends the retries as well.",
            ),
            Option("schedule_to_start_timeout", "It limits the wait in the queue; this try has started."),
            Option(
                "heartbeat_timeout, with a heartbeat after each step of the work",
                "The silence is limited, not the length: a slow try goes on, a silent one is over.",
                right=True,
            ),
        ),
    ),
    Question(
        id="3.q5",
        text="Workflow code raises `KeyError`. What is the state of the run?",
        options=(
            Option(
                "Failed, with the KeyError as its cause",
                "Only a failure of Temporal's own kind, such as ApplicationError, fails a workflow.",
            ),
            Option(
                "Running: its workflow task fails and is tried again",
                "A bug is taken for something that the next deployment mends, and the order is kept until then.",
                right=True,
            ),
            Option("Terminated", "Only somebody with a client terminates a run."),
        ),
    ),
    Question(
        id="3.q6",
        text="A hundred orders are stuck on a bug in the workflow. What do you do?",
        options=(
            Option(
                "Terminate them and start them again",
                "What they have done already, charges and reservations, would be done again.",
            ),
            Option(
                "Deploy a worker with the bug mended",
                "Every one of them goes on from its own history, with nothing done twice.",
                right=True,
            ),
            Option(
                "Wrap the run method in try and except",
                "Then the orders end without having been carried out, and it looks like success.",
            ),
            Option("Raise maximum_attempts", "That is about activities. A workflow task is tried again for ever."),
        ),
    ),
)
