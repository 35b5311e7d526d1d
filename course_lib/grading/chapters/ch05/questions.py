"""The quiz and the predictions of chapter 05."""

from course_lib.grading.model import Option, Prediction, Question

PREDICTIONS = (
    Prediction(
        id="5.a",
        text="Ada has rejected the order. The workflow below waits with `await workflow.wait_condition(lambda: "
        "self.decision is not None)` and then runs `charge_card`. A worker comes up. How many charges will `payments` "
        "show for this order?",
        options=(
            Option(
                "None: it was rejected",
                "Nobody reads `decision.approved`. The wait ends because there is a decision, and the charge follows.",
                value=0,
            ),
            Option(
                "None: the signal came when no worker was there, so it is lost",
                "The server had stored it as an event. The worker gets it with its first workflow task.",
                value="lost",
            ),
            Option(
                "One",
                "The wait asks whether somebody has answered, not what. So a rejected order is paid.",
                value=1,
            ),
        ),
    ),
    Prediction(
        id="5.b",
        text="The query `next_reviewer` has answered “ada”, then “bob”. Another worker takes over, with the same code, "
        "and you ask a third time. What comes?",
        options=(
            Option(
                "eve",
                "That would be so if the shorter list were kept somewhere. It was in the first worker's cache only.",
                value="eve",
            ),
            Option(
                "ada",
                "A query leaves no event, so the replay that builds the state anew ends with the whole list.",
                value="ada",
            ),
            Option(
                "An error: the run is not deterministic",
                "A replay compares commands, and a query makes none. So nobody notices.",
                value="error",
            ),
        ),
    ),
)

QUESTIONS = (
    Question(
        id="5.q1",
        text="Which of these need a worker that is running now?",
        options=(
            Option(
                "Sending a signal",
                "The server stores it and answers. A worker reads it when there is one, tomorrow for example.",
            ),
            Option("Asking a query", "A worker computes the answer, from its cache or by a replay.", right=True),
            Option(
                "Executing an update",
                "The validator and the handler run in a worker, and the caller waits for them.",
                right=True,
            ),
            Option("Signal-with-start", "The start and the signal are two events, both written by the server."),
        ),
    ),
    Question(
        id="5.q2",
        text="Support wants to see how often an order's status was asked for. Where do you count?",
        options=(
            Option(
                "In the query: `self.asked += 1`",
                "The count lives in one worker's cache and begins anew after every replay.",
            ),
            Option(
                "In the query, with a lock",
                "A lock does not make an event. The count is lost with the cache all the same.",
            ),
            Option(
                "Outside: where the query is sent from",
                "Who asks can count. The workflow's state is for what the process depends on.",
                right=True,
            ),
        ),
    ),
    Question(
        id="5.q3",
        text="An update's validator raises. What is in the history?",
        options=(
            Option(
                "Nothing about it", "It was never accepted, so there is nothing that a replay has to know.", right=True
            ),
            Option("WorkflowExecutionUpdateAccepted and …Completed", "That is what a refusal in the body leaves."),
            Option("WorkflowTaskFailed", "A plain exception in the *body* does that. A validator may raise anything."),
        ),
    ),
    Question(
        id="5.q4",
        text="`wait_condition(…, timeout=3 * 86_400)` waits. After two days every worker crashes; new ones start an "
        "hour later. When does the deadline fire?",
        options=(
            Option(
                "Three days after the restart", "The replay meets the timer of the first run, and its time of start."
            ),
            Option(
                "Three days after the wait began",
                "The timer belongs to the server. Nobody has to be there while it runs.",
                right=True,
            ),
            Option("Never: the timer died with the worker", "It is an event of the history, not a timer in a process."),
        ),
    ),
    Question(
        id="5.q5",
        text="Two `async def` update handlers of one run: one awaits an activity. What may happen meanwhile?",
        options=(
            Option(
                "The other handler runs, up to its own await",
                "All of a workflow's code shares one thread, and takes turns at each await.",
                right=True,
            ),
            Option("The run method goes on", "It takes its turns, too, and may even end the workflow.", right=True),
            Option(
                "Nothing: a workflow does one thing at a time", "One line at a time, but it changes over at awaits."
            ),
            Option(
                "Both change `self.left` in the very same moment",
                "There is no second thread. A race needs an await between the look and the change.",
            ),
        ),
    ),
    Question(
        id="5.q6",
        text="A customer sends the same signal `decide` twice, because the first answer of the network was lost. What "
        "protects you?",
        options=(
            Option(
                "The server drops the second",
                "The client resends its own request safely, but two calls are two events.",
            ),
            Option(
                "A handler for which a second decision changes nothing",
                "Both reach it, in the history's order. The state decides what still counts.",
                right=True,
            ),
            Option(
                "A lock in the handler", "It makes the two wait for each other. Then the second is still carried out."
            ),
        ),
    ),
)
