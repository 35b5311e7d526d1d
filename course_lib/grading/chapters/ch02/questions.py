"""The quiz and the predictions of chapter 02."""

from course_lib.grading.model import Option, Prediction, Question

PREDICTIONS = (
    Prediction(
        id="2.a",
        text="Each call to the warehouse takes 0.6 s. Three `ship` activities are started with `asyncio.gather`, on "
        "one worker with room for a hundred. How do they run?",
        options=(
            Option(
                "Side by side, 0.6 s in all",
                "That is what `gather` asks for, and the server agrees. The worker's event loop is what cannot: the "
                "call in `ship` blocks it.",
                value="side by side",
            ),
            Option(
                "One by one, 1.8 s in all",
                "All `async def` activities share one event loop, and this one never awaits: it holds the loop until "
                "the warehouse answers.",
                value="one by one",
            ),
        ),
    ),
    Prediction(
        id="2.b",
        text="You kill the worker in the middle of the import, with the cell as it is now, and start it again. How "
        "often is the first page imported in the end?",
        options=(
            Option(
                "Once",
                "The new attempt would have to know how far the first one came. Only heartbeat details tell it.",
                value=1,
            ),
            Option(
                "Twice",
                "An attempt without heartbeat details begins at its first line, so row 0 comes again.",
                value=2,
            ),
            Option("Not at all: the import is lost", "The server orders another attempt when a timeout ends.", value=0),
        ),
    ),
)

QUESTIONS = (
    Question(
        id="2.q1",
        text="A call to the payment gateway times out. What does your activity know?",
        options=(
            Option(
                "The card was not charged",
                "In the first run of this chapter it was: the request arrived, only the answer was lost.",
            ),
            Option(
                "Nothing: it may have been charged or not",
                "So the call must be safe to repeat, and then repeated.",
                right=True,
            ),
            Option("Temporal knows it", "Temporal sees an exception. It has no line to the gateway."),
        ),
    ),
    Question(
        id="2.q2",
        text="Which of these is a good idempotency key for the charge of an order?",
        options=(
            Option("uuid4() in the activity", "Each attempt runs that line again and draws another key."),
            Option(
                'f"{activity.info().workflow_id}-{activity.info().attempt}"',
                "The attempt's number is the one thing that differs between the tries.",
            ),
            Option(
                "The workflow's id, handed to the activity or read in it",
                "It is the same in every attempt and another one for every order.",
                right=True,
            ),
            Option('"charge"', "All orders would share it: the gateway takes them for one and the same charge."),
        ),
    ),
    Question(
        id="2.q3",
        text="Your activity must call a library that blocks, such as a database driver without asyncio. What do you "
        "write?",
        options=(
            Option(
                "async def, since Temporal is asynchronous",
                "The call holds the event loop, and every other async activity of the worker waits.",
            ),
            Option(
                "A plain def, and an activity_executor for the worker",
                "It runs in a thread, and the loop stays free.",
                right=True,
            ),
            Option("async def with a longer timeout", "The worker is frozen for just as long."),
            Option("It goes into the workflow", "Workflow code may not touch the world, and it would run in replays."),
        ),
    ),
    Question(
        id="2.q4",
        text="An activity calls `activity.heartbeat(offset)` but has no `heartbeat_timeout`. Its worker is killed. "
        "When does the server notice?",
        options=(
            Option("At the next heartbeat that does not come", "Without the timeout nobody waits for one."),
            Option(
                "When start_to_close_timeout is over",
                "The value of the last heartbeat sent is kept, but only the timeout makes its absence an event.",
                right=True,
            ),
            Option("At once: the connection breaks", "A closed connection may be a network hiccup; it proves nothing."),
        ),
    ),
    Question(
        id="2.q5",
        text="Where does the next attempt begin after a kill?",
        options=(
            Option(
                "At the value of the last heartbeat that reached the server",
                "If the activity reads it. What was reported since, and throttled, is done again.",
                right=True,
            ),
            Option("At the line where the process died", "Only workflow code is replayed. An activity begins anew."),
            Option(
                "At the value of the last call of activity.heartbeat",
                "Not every call is sent: the worker throttles them, and the last ones may have died with it.",
            ),
        ),
    ),
    Question(
        id="2.q6",
        text="After `activity.raise_complete_async()`, who can complete the activity?",
        options=(
            Option(
                "Any client that holds the task token",
                "Another process, another machine, days later, also when no worker is running.",
                right=True,
            ),
            Option("Only the worker that ran it", "It has let go of it, and may be dead by now."),
            Option("The next attempt", "There is none unless a timeout ends this one, and it has a token of its own."),
        ),
    ),
)
