"""The quiz and the predictions of chapter 06."""

from typing import TYPE_CHECKING

from course_lib.grading.model import Option, Prediction, Question

if TYPE_CHECKING:
    import pandas as pd


def _fate(events: "pd.DataFrame") -> str:
    """Return what became of an order, from its history."""
    last = str(events["type"].iloc[-1])
    if last == "WorkflowExecutionCompleted":
        return "with a receipt" if "send_receipt" in set(events["name"]) else "without a receipt"
    return "stuck" if last.startswith("WorkflowTask") else last


PREDICTIONS = (
    Prediction(
        id="6.a",
        text="The order is charged and waits for the warehouse. In a moment a Worker takes over whose code sends a "
        "receipt between charge and parcel. Then the warehouse opens. What becomes of the order?",
        options=(
            Option(
                "It finishes, without a receipt",
                "That would need code that knows the old way. The new code asks for a receipt after the charge, "
                "whoever's order it is.",
                value="without a receipt",
            ),
            Option(
                "It sends the receipt, then finishes",
                "The history says that the parcel was asked for right after the charge. What is recorded cannot be "
                "done in another order afterwards.",
                value="with a receipt",
            ),
            Option(
                "It stays open: its workflow tasks fail",
                "The replay asks for a receipt where the history has the parcel. The workflow task fails, and is "
                "tried again; the workflow itself does not fail.",
                value="stuck",
            ),
            Option("It fails, with an error for the client", "No code of the order raised anything.",
                   value="WorkflowExecutionFailed"),
        ),
        classify=_fate,
    ),
    Prediction(
        id="6.b",
        text="Two orders began on version 1 and are held: one pinned, one told to upgrade. Version 2 becomes current, "
        "then the warehouse opens. How do they stand?",
        options=(
            Option("Both are completed", "One of them is replayed with code that does not fit its history.",
                   value="COMPLETED COMPLETED"),
            Option("Both are stuck on version 2", "A pinned run never leaves its version by itself.",
                   value="RUNNING RUNNING"),
            Option(
                "The pinned one is completed, the other is stuck",
                "The pinned one never met the new code. The other was sent to version 2 with its next workflow task, "
                "replayed there, and parted from its history.",
                value="COMPLETED RUNNING",
            ),
            Option("The upgrading one is completed, the pinned one is stuck",
                   "Version 1 still polls, so the pinned one has all that it needs.", value="RUNNING COMPLETED"),
        ),
    ),
)  # fmt: skip

QUESTIONS = (
    Question(
        id="6.q1",
        text="Which of these edits break an order that waits for its parcel? Choose all.",
        options=(
            Option("The timeout of `ship_parcel` becomes ten minutes",
                   "Arguments and timeouts are not compared. The call under way keeps the old ones."),
            Option("`charge_card` is given another body", "An activity is not replayed: its result is in the history."),
            Option("A timer of one hour between charge and parcel",
                   "A timer is a command, and the history has none at this place.", right=True),
            Option("Charge and parcel change places", "The same commands in another order are other commands.",
                   right=True),
        ),
    ),
    Question(
        id="6.q2",
        text="All tests are green, the canary's new orders complete, and an hour later old orders are stuck. Which "
        "test was missing?",
        options=(
            Option("A load test", "The old orders would break one by one, too."),
            Option("A replay of stored histories of open runs",
                   "New runs never replay old histories, so nothing but a replay sees it.", right=True),
            Option("An end-to-end test with a real payment", "It starts a new order, and new orders work."),
        ),
    ),
    Question(
        id="6.q3",
        text="When may `patched` become `deprecate_patch`?",
        options=(
            Option("When the new code has run without errors for a day", "An old order may wait for a month."),
            Option("When no open run lacks the marker",
                   "Then nobody needs the old branch. Runs that you query or reset later count as open.", right=True),
            Option("When no open run has the marker", "That is the condition for the next step, the removal."),
            Option("Never: markers stay in the history", "They stay in theirs; your code need not keep them for ever."),
        ),
    ),
    Question(
        id="6.q4",
        text="No order from before the patch is left. Somebody deletes the line with `patched`, so that the receipt "
        "is always sent. What happens to an open order that went through `patched`?",
        options=(
            Option("It goes on: the code does what it did",
                   "The same activities, yes. But its history has a marker, and the code gives none."),
            Option("It breaks", "A marker of `patched` wants its call. `deprecate_patch` is the step between: it takes "
                   "runs with the marker, and leaves a marker that nobody needs.", right=True),
            Option("It sends a second receipt", "The receipt's result is in the history; nothing is sent again."),
        ),
    ),
    Question(
        id="6.q5",
        text="A second change comes, in the same workflow. Why not use the patch id `receipt` again?",
        options=(
            Option("The server refuses an id twice", "It does not: calling `patched` twice with one id is allowed."),
            Option("A run with the first change would take the second as well, though it is past it",
                   "The marker answers for the id, not for the place: the answer is yes, and the replay parts.",
                   right=True),
            Option("The marker would be overwritten", "Nothing in a history is ever overwritten."),
        ),
    ),
    Question(
        id="6.q6",
        text="Orders live for two days, and you deploy twice a day. Nobody wants to write patches. What do you take, "
        "and what does it cost?",
        options=(
            Option("`AUTO_UPGRADE`; it costs nothing",
                   "It moves every open run to the new code at once: without patches that is the break above."),
            Option("`PINNED`; Workers of up to four old versions run until drained",
                   "Two days at two deploys a day. That is the price.", right=True),
            Option("`PINNED`; nothing, since the old Workers can stop at once",
                   "Then their pinned runs wait for ever: no other version may take them."),
        ),
    ),
)  # fmt: skip
