"""Answers to exercise 6.2, A test that catches the bad edit."""

from tests.grading.edits import Given, Right, Wrong, replace

ALL = replace("""
    for history in histories:
        replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        if replayed.replay_failure is not None:
            return False
    return True
""")
LOOK = replace("""
    if replayed.replay_failure is not None:
        return False
""")
REPLAY = replace("""
    replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    if replayed.replay_failure is not None:
        return False
""")

CLAIMS = {
    "a workflow class,": ("another_class", "remembers_a_name"),
    "and a list of histories,": ("takes_them_out", "a_list_for_the_iterator"),
    "never empty,": Given("nothing is promised for an empty one"),
    "of runs that must go on with it.": Given("the caller chooses them"),
    "`is_safe` returns": ("prints_the_answer", "raises", "asserts"),
    "`True` when": ("never_safe", "turned_round"),
    "all of them replay,": (
        "only_the_first",
        "first_three",
        "one_for_each_workflow_id",
        "yes_inside_the_loop",
        "last_answer_counts",
    ),
    "else `False`,": ("exception_swallowed", "forgotten_await", "failure_not_looked_at"),
    "also when a replay fails because the code raises.": "nondeterminism_only",
    "How a run ended, or whether it did, does not matter:": "wants_completed_runs",
    "a failed": "looks_at_the_end",
    "or open order replays as well as any.": "leaves_open_ones_out",
    "`is_safe(patched, [history of before, history of patched])` → `True`;": (
        "keeps_the_failures",
        "compared_with_none",
    ),
    "`is_safe(edited, the same)` → `False`": ("takes_them_out", "always_safe"),
}

WRONG = {
    "a_task_for_each": Wrong(
        "edits that one of the histories does not fit are not",
        "write `await` in front of the replay",
        replace("from temporalio.client").by("import asyncio\n\nfrom temporalio.client"),
        REPLAY.by("""
            try:
                asyncio.create_task(replayer.replay_workflow(history))
            except Exception:
                return False
        """),
    ),
    "another_class": Wrong(
        "edits that fit all histories are safe",
        "use `workflow`, which is passed in",
        replace("from temporalio.worker import Replayer").by("""
            from temporalio.worker import Replayer

            from orders import OrderWorkflow
        """),
        replace("workflows=[workflow]").by("workflows=[OrderWorkflow]"),
    ),
    "asserts": Wrong(
        "is_safe answers True or False each time",
        "answer instead of raising",
        LOOK.by("assert replayed.replay_failure is None"),
    ),
    "fails_the_run": Wrong(
        "is_safe answers True or False each time",
        "leave out `workflow_failure_exception_types`",
        replace("workflows=[workflow]").by("workflows=[workflow], workflow_failure_exception_types=[Exception]"),
    ),
    "keeps_the_failures": Wrong(
        "edits that fit all histories are safe",
        "begin anew with each call",
        replace("histories: list[WorkflowHistory])").by("histories: list[WorkflowHistory], failures=[])"),
        LOOK.by("""
            if replayed.replay_failure is not None:
                failures.append(replayed.replay_failure)
        """),
        replace("return True").by("return not failures"),
    ),
    "prints_the_answer": Wrong(
        "is_safe answers True or False each time",
        "return `True` or `False`",
        replace("return False").by("print(False)"),
        replace("return True").by("print(True)"),
    ),
    "remembers_a_name": Wrong(
        "edits that one of the histories does not fit are not",
        "its versions all have one name",
        replace("histories: list[WorkflowHistory])").by("histories: list[WorkflowHistory], known={})"),
        replace("for history in histories:").by("""
            for history in histories:
                if workflow.__name__ in known:
                    return known[workflow.__name__]
        """),
        replace("return True").by("known[workflow.__name__] = True\nreturn True"),
    ),
    "runs_a_loop": Wrong(
        "is_safe answers True or False each time",
        "write `await …` instead of `asyncio.run(…)`",
        replace("from temporalio.client").by("import asyncio\n\nfrom temporalio.client"),
        replace("async def").by("def"),
        replace("await replayer.replay_workflow(history, raise_on_replay_failure=False)").by(
            "asyncio.run(replayer.replay_workflow(history, raise_on_replay_failure=False))"
        ),
    ),
    "takes_them_out": Wrong(
        "edits that one of the histories does not fit are not",
        "leave the list as it is",
        replace("for history in histories:").by("while histories:"),
        replace("replay_workflow(history,").by("replay_workflow(histories.pop(),"),
    ),
    "a_list_for_the_iterator": Wrong(
        "is_safe answers True or False each time",
        "an asynchronous iterator, not a list",
        ALL.by("""
            results = await replayer.replay_workflows(histories, raise_on_replay_failure=False)
            return not results.replay_failures
        """),
    ),
    "always_safe": Wrong(
        "edits that one of the histories does not fit are not",
        "replay: `await Replayer",
        ALL.by("return replayer is not None and len(histories) > 0"),
    ),
    "by_the_docstring": Wrong(
        "edits that fit all histories are safe",
        "replay: `await Replayer",
        ALL.by('return replayer is not None and "Harmless" in (workflow.__doc__ or "")'),
    ),
    "compared_with_none": Wrong(
        "edits that fit all histories are safe",
        "a dict, and empty when none did",
        ALL.by("""
            async def each():
                for h in histories:
                    yield h

            results = await replayer.replay_workflows(each(), raise_on_replay_failure=False)
            return results.replay_failures is None
        """),
    ),
    "exception_swallowed": Wrong(
        "edits that one of the histories does not fit are not",
        "do not swallow what the Replayer raises",
        REPLAY.by("""
            try:
                await replayer.replay_workflow(history)
            except Exception as error:
                print("could not replay", error)
        """),
    ),
    "failure_not_looked_at": Wrong(
        "edits that one of the histories does not fit are not",
        "look at `replay_failure` of what",
        LOOK.by(""),
    ),
    "forgotten_await": Wrong(
        "edits that one of the histories does not fit are not",
        "write `await` in front of the replay",
        REPLAY.by("""
            try:
                replayer.replay_workflow(history)
            except Exception:
                return False
        """),
    ),
    "first_three": Wrong(
        "edits that one of the histories does not fit are not",
        "a slice",
        replace("in histories:").by("in histories[:3]:"),
    ),
    "hides_its_own_mistake": Wrong(
        "edits that fit all histories are safe",
        "print what your `except` catches",
        ALL.by("""
            try:
                await replayer.replay_workflows(histories)
                return True
            except Exception:
                return False
        """),
    ),
    "last_answer_counts": Wrong(
        "edits that one of the histories does not fit are not",
        "replay *all* histories",
        LOOK.by("safe = replayed.replay_failure is None"),
        replace("return True").by("return safe"),
    ),
    "leaves_open_ones_out": Wrong(
        "edits that one of the histories does not fit are not",
        "those of failed and open runs too",
        replace("for history in histories:").by("""
            for history in histories:
                last = history.events[-1].WhichOneof("attributes")
                if not last.startswith(("workflow_execution_completed", "workflow_execution_failed")):
                    continue
        """),
    ),
    "looks_at_the_end": Wrong(
        "edits that fit all histories are safe",
        "do not look at how the run ended",
        ALL.by("""
            return all(h.events[-1].HasField("workflow_execution_completed_event_attributes") for h in histories)
        """),
    ),
    "never_safe": Wrong(
        "edits that fit all histories are safe",
        "say no only when a replay failed",
        replace("True").by("False"),
    ),
    "hidden_by_the_parameter": Wrong(
        "is_safe answers True or False each time",
        "import what you catch by its own name",
        replace("from temporalio.client").by("from temporalio import workflow\nfrom temporalio.client"),
        REPLAY.by("""
            try:
                await replayer.replay_workflow(history)
            except workflow.NondeterminismError:
                return False
        """),
    ),
    "catches_nondeterminism_only": Wrong(
        "is_safe answers True or False each time",
        "count every failure of a replay",
        replace("import Replayer").by("import Replayer\nfrom temporalio.workflow import NondeterminismError"),
        REPLAY.by("""
            try:
                await replayer.replay_workflow(history)
            except NondeterminismError:
                return False
        """),
    ),
    "nondeterminism_only": Wrong(
        "an edit that raises for old orders is not",
        "count every failure of a replay",
        replace("import Replayer").by("import Replayer\nfrom temporalio.workflow import NondeterminismError"),
        LOOK.by("""
            if isinstance(replayed.replay_failure, NondeterminismError):
                return False
        """),
    ),
    "one_for_each_workflow_id": Wrong(
        "edits that one of the histories does not fit are not",
        "one history for each workflow ID",
        replace("in histories:").by("in {each.workflow_id: each for each in histories}.values():"),
    ),
    "only_the_first": Wrong(
        "edits that one of the histories does not fit are not",
        "replay *all* histories",
        replace("in histories:").by("in histories[:1]:"),
    ),
    "raises": Wrong(
        "is_safe answers True or False each time",
        "answer instead of raising",
        replace(", raise_on_replay_failure=False").by(""),
    ),
    "returns_the_failure": Wrong(
        "is_safe answers True or False each time",
        "return `True` or `False`",
        replace("return False").by("return replayed.replay_failure"),
    ),
    "turned_round": Wrong(
        "edits that fit all histories are safe",
        "return the opposite: `True`",
        replace("return False").by("return True"),
        replace("return True").by("return False"),
    ),
    "wants_completed_runs": Wrong(
        "edits that fit all histories are safe",
        "do not look at how the run ended",
        replace("if replayed.replay_failure is not None:").by("""
            completed = history.events[-1].HasField("workflow_execution_completed_event_attributes")
            if replayed.replay_failure is not None or not completed:
        """),
    ),
    "yes_inside_the_loop": Wrong(
        "edits that one of the histories does not fit are not",
        "replay *all* histories",
        replace("return True").by("""
                return True
            return True
        """),
    ),
}

RIGHT = {
    "an_asynchronous_iterator": Right(
        ALL.by("""
            async def each():
                for history in histories:
                    yield history

            results = await replayer.replay_workflows(each(), raise_on_replay_failure=False)
            return not results.replay_failures
        """)
    ),
    "exceptions_caught": Right(
        ALL.by("""
            try:
                for history in histories:
                    await replayer.replay_workflow(history)
            except Exception as error:
                print("a replay failed:", error)
                return False
            return True
        """)
    ),
    "all_of_a_list": Right(
        ALL.by("""
            results = [await replayer.replay_workflow(each, raise_on_replay_failure=False) for each in histories]
            return all(result.replay_failure is None for result in results)
        """)
    ),
    "a_replayer_for_each": Right(
        replace("replayer = Replayer(workflows=[workflow])").by("failures = 0"),
        replace("replayer.").by("Replayer(workflows=[workflow])."),
        LOOK.by("failures += replayed.replay_failure is not None"),
        replace("return True").by("return failures == 0"),
    ),
    "together": Right(
        replace("from temporalio.client").by("import asyncio\n\nfrom temporalio.client"),
        ALL.by("""
            calls = [replayer.replay_workflow(each, raise_on_replay_failure=False) for each in histories]
            return not any(result.replay_failure for result in await asyncio.gather(*calls))
        """),
    ),
}
