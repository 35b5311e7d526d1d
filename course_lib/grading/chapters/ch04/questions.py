"""The quiz and the predictions of chapter 04."""

from course_lib.grading.model import Option, Prediction, Question

PREDICTIONS = (
    Prediction(
        id="4.a",
        text="Soon the workflow will give the money back when the warehouse says no. How many rows will `payments` "
        "hold for such an order?",
        options=(
            Option(
                "None: the charge is rolled back",
                "Nobody can take the charge out of the gateway's books. It was made, and it stays.",
                value=0,
            ),
            Option("One: the charge, with the amount set to 0", "Books are not rewritten either.", value=1),
            Option(
                "Two: a charge and a refund",
                "A compensation is a new action that answers the old one. Their sum is zero.",
                value=2,
            ),
        ),
    ),
    Prediction(
        id="4.b",
        text="The gateway is down while five refunds are to be made, and some are tried several times. How many "
        "refunds will the first order have in the end?",
        options=(
            Option(
                "One",
                "An outage does nothing, and `refund_order` gives back only what is left: one refund, however often it "
                "is asked.",
                value=1,
            ),
            Option("One for each try", "Without the outage's end no try arrives; and the first that does is enough."),
            Option("None: after three tries it gives up", "`ALWAYS` has no limit of tries.", value=0),
        ),
    ),
    Prediction(
        id="4.c",
        text="Ada cancels while the workflow waits in `workflow.sleep`, with the cell as it is now. What does her "
        "ledger say afterwards?",
        options=(
            Option(
                "0: the saga undoes her order",
                "If `run` catches what comes out of the sleep. `except ActivityError` does not.",
                value=0,
            ),
            Option(
                "4200: she has paid",
                "`asyncio.CancelledError` is no `ActivityError`, so nothing is undone and the run ends.",
                value=4200,
            ),
        ),
    ),
)

QUESTIONS = (
    Question(
        id="4.q1",
        text="When do you note a step's compensation?",
        options=(
            Option("When the step has returned", "A step that was done without an answer is then never undone."),
            Option(
                "Before the step is called",
                "Then it is undone whatever becomes of the call; a compensation by intent may find nothing.",
                right=True,
            ),
            Option("In the except block", "There nobody knows any more which steps were begun."),
        ),
    ),
    Question(
        id="4.q2",
        text="Why does `refund_order` take the order's id and not the charge's?",
        options=(
            Option("Ids of orders are shorter", "Length is not the point; knowing it is."),
            Option(
                "A charge may have been made whose id nobody on our side ever got",
                "The lost answer held the id. The order's id was there before the call.",
                right=True,
            ),
            Option("Temporal needs the workflow's id for it", "The gateway knows nothing of Temporal."),
        ),
    ),
    Question(
        id="4.q3",
        text="A compensation fails because the warehouse is down. What should the saga do?",
        options=(
            Option("Give up after three tries and log it", "Nobody reads that line, and the piece stays reserved."),
            Option("Skip it and go on with the others", "For an outage there is a better answer: it will end."),
            Option(
                "Try again until it works, hours if need be",
                "The workflow costs nothing while it waits, and forgets nothing.",
                right=True,
            ),
            Option("Undo the compensations made so far", "Then the customer would be charged again, for what?"),
        ),
    ),
    Question(
        id="4.q4",
        text="Which of these steps belongs at the end of a saga?",
        options=(
            Option(
                "The one that cannot be undone",
                "When it runs, nothing behind it can fail any more: it is never to be taken back.",
                right=True,
            ),
            Option("The slowest one", "Waiting is cheap for a workflow; a parcel that cannot be recalled is not."),
            Option("The one that fails most often", "Put that one early: then there is little to undo."),
            Option("The payment, always", "A payment has a good compensation, a refund."),
        ),
    ),
    Question(
        id="4.q5",
        text="A workflow is cancelled while it waits in `workflow.sleep`. Which `except` catches that?",
        options=(
            Option("except Exception", "`asyncio.CancelledError` is a BaseException, and no Exception, on purpose."),
            Option("except ActivityError", "That is what comes out of an activity's call, not out of a timer."),
            Option(
                "except asyncio.CancelledError",
                "And afterwards you can await as before: the request is delivered once.",
                right=True,
            ),
        ),
    ),
    Question(
        id="4.q6",
        text="You cancel a workflow whose `ship` activity is under way, and it undoes at once. What can happen?",
        options=(
            Option("Nothing: a cancelled activity is stopped", "Without heartbeats it hears of nothing and runs on."),
            Option(
                "The recall arrives first, and the parcel leaves afterwards",
                "The call was still on its way. Wait for the step's end, then undo it.",
                right=True,
            ),
            Option(
                "The server refuses the recall", "It does not know that the two have anything to do with each other."
            ),
        ),
    ),
)
