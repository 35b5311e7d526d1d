"""The quiz and the predictions of chapter 00."""

from course_lib.grading.model import Option, Prediction, Question

PREDICTIONS = (
    Prediction(
        id="0.a",
        text="The script was killed after step 3. You start it again and it runs to its end. How many charges?",
        options=(
            Option("One", "The script would have to know that it has charged already. It remembers nothing.", value=1),
            Option(
                "Two",
                "The script begins at its first line again, and the payment service does what it is asked to do.",
                value=2,
            ),
            Option("None", "The first run charged the card before it was killed, and nobody took that back.", value=0),
        ),
    ),
    Prediction(
        id="0.b",
        text="You kill the worker in the middle of the order and start it again. How many charges in the end?",
        options=(
            Option(
                "One",
                "The charge is a completed event of the history, so the new worker reads its result and goes on.",
                value=1,
            ),
            Option(
                "Two",
                "It would be two if the order began again. Completed steps are read from the history, not run again.",
                value=2,
            ),
            Option("None: the order is lost", "The server has its history, and waits for a worker.", value=0),
        ),
    ),
)

QUESTIONS = (
    Question(
        id="0.q1",
        text="Where does a running workflow's progress live?",
        options=(
            Option(
                "In the worker's memory",
                "The worker keeps a copy to be quick, but `kill -9` took it away and the order went on.",
            ),
            Option(
                "In the history, in the server's database",
                "Each step is an event there, so any worker can go on.",
                right=True,
            ),
            Option("In the notebook's kernel", "Restart the kernel: the workflow goes on without it."),
            Option("In the shop's database", "That holds payments and parcels, which know nothing of workflows."),
        ),
    ),
    Question(
        id="0.q2",
        text="What does a worker do?",
        options=(
            Option(
                "It runs your code, for the tasks that it fetches from a task queue",
                "Yes: your code runs in your process, and the server only hands out tasks.",
                right=True,
            ),
            Option("It stores the history", "The server does that. A worker can be thrown away at any time."),
            Option("It starts workflows", "A client starts them; no worker need be running at that moment."),
        ),
    ),
    Question(
        id="0.q3",
        text="No worker is running and you start a workflow. What happens?",
        options=(
            Option("An error: there is no worker", "The server accepts the start; it need not know any worker."),
            Option("It is dropped after a minute", "It waits as long as it must, unless you give it a timeout."),
            Option("It waits in its task queue until a worker polls", "Nothing is lost, only delayed.", right=True),
        ),
    ),
    Question(
        id="0.q4",
        text="The plain script charged the customer twice. Why did the workflow not?",
        options=(
            Option(
                "Temporal undid the first charge",
                "Nothing was undone: the table has one charge and no refund.",
            ),
            Option(
                "The completed charge was in the history, so the new worker did not run that step again",
                "That is durable execution in one sentence.",
                right=True,
            ),
            Option(
                "The payment service noticed the second charge",
                "It was the same service for the script, and it noticed nothing.",
            ),
        ),
    ),
    Question(
        id="0.q5",
        text="What do the three tools of every chapter, run, look and check, have in common?",
        options=(
            Option("They work on a simulated server", "The server is real, and so are the histories and tables."),
            Option(
                "They show and judge your own run",
                "Every picture is drawn from your history, and every verdict quotes it.",
                right=True,
            ),
            Option("They need the Web UI", "The Web UI shows the same history, but nothing in the course needs it."),
        ),
    ),
)
