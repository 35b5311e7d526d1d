"""Answers to exercise 6.2, A test that catches the bad edit."""

from tests.grading.edits import Right, Wrong, replace

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

WRONG = {
    "a_list_for_the_iterator": Wrong(
        (
            "a longer timeout is let through",
            "a new step behind a patch is let through",
            "a new signal handler is let through",
            "a new step without a patch is stopped",
            "two steps that change places are stopped",
            "an edit that breaks only the plain order is stopped",
            "an edit that breaks only the gift is stopped",
            "an edit that breaks only the declined order is stopped",
            "an edit that raises for old orders is stopped",
        ),
        "an asynchronous iterator, not a list",
        ALL.by("""
            results = await replayer.replay_workflows(histories, raise_on_replay_failure=False)
            return not results.replay_failures
        """),
    ),
    "always_safe": Wrong(
        (
            "a new step without a patch is stopped",
            "two steps that change places are stopped",
            "an edit that breaks only the plain order is stopped",
            "an edit that breaks only the gift is stopped",
            "an edit that breaks only the declined order is stopped",
            "an edit that raises for old orders is stopped",
        ),
        "replay: `await Replayer",
        ALL.by("return replayer is not None and len(histories) > 0"),
    ),
    "by_the_docstring": Wrong(
        (
            "a longer timeout is let through",
            "a new step behind a patch is let through",
            "a new signal handler is let through",
        ),
        "replay: `await Replayer",
        ALL.by('return replayer is not None and "Harmless" in (workflow.__doc__ or "")'),
    ),
    "compared_with_none": Wrong(
        (
            "a longer timeout is let through",
            "a new step behind a patch is let through",
            "a new signal handler is let through",
        ),
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
        (
            "a new step without a patch is stopped",
            "two steps that change places are stopped",
            "an edit that breaks only the plain order is stopped",
            "an edit that breaks only the gift is stopped",
            "an edit that breaks only the declined order is stopped",
            "an edit that raises for old orders is stopped",
        ),
        "do not swallow what the Replayer raises",
        REPLAY.by("""
            try:
                await replayer.replay_workflow(history)
            except Exception as error:
                print("could not replay", error)
        """),
    ),
    "failure_not_looked_at": Wrong(
        (
            "a new step without a patch is stopped",
            "two steps that change places are stopped",
            "an edit that breaks only the plain order is stopped",
            "an edit that breaks only the gift is stopped",
            "an edit that breaks only the declined order is stopped",
            "an edit that raises for old orders is stopped",
        ),
        "look at `replay_failure` of what",
        LOOK.by(""),
    ),
    "forgotten_await": Wrong(
        (
            "a new step without a patch is stopped",
            "two steps that change places are stopped",
            "an edit that breaks only the plain order is stopped",
            "an edit that breaks only the gift is stopped",
            "an edit that breaks only the declined order is stopped",
            "an edit that raises for old orders is stopped",
        ),
        "write `await` in front of the replay",
        REPLAY.by("""
            try:
                replayer.replay_workflow(history)
            except Exception:
                return False
        """),
    ),
    "hides_its_own_mistake": Wrong(
        (
            "a longer timeout is let through",
            "a new step behind a patch is let through",
            "a new signal handler is let through",
        ),
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
        (
            "a new step without a patch is stopped",
            "an edit that breaks only the plain order is stopped",
            "an edit that breaks only the gift is stopped",
        ),
        "replay *all* histories",
        LOOK.by("safe = replayed.replay_failure is None"),
        replace("return True").by("return safe"),
    ),
    "looks_at_the_end": Wrong(
        (
            "a longer timeout is let through",
            "a new step behind a patch is let through",
            "a new signal handler is let through",
        ),
        "do not look at how the run ended",
        ALL.by("""
            return all(h.events[-1].HasField("workflow_execution_completed_event_attributes") for h in histories)
        """),
    ),
    "never_safe": Wrong(
        (
            "a longer timeout is let through",
            "a new step behind a patch is let through",
            "a new signal handler is let through",
        ),
        "say no only when a replay failed",
        replace("True").by("False"),
    ),
    "nondeterminism_only": Wrong(
        "an edit that raises for old orders is stopped",
        "count every failure of a replay",
        replace("import Replayer").by("import Replayer\nfrom temporalio.workflow import NondeterminismError"),
        REPLAY.by("""
            try:
                await replayer.replay_workflow(history)
            except NondeterminismError:
                return False
        """),
    ),
    "only_the_first": Wrong(
        ("an edit that breaks only the gift is stopped", "an edit that breaks only the declined order is stopped"),
        "replay *all* histories",
        replace("in histories:").by("in histories[:1]:"),
    ),
    "raises": Wrong(
        (
            "a new step without a patch is stopped",
            "two steps that change places are stopped",
            "an edit that breaks only the plain order is stopped",
            "an edit that breaks only the gift is stopped",
            "an edit that breaks only the declined order is stopped",
            "an edit that raises for old orders is stopped",
        ),
        "answer instead of raising",
        replace(", raise_on_replay_failure=False").by(""),
    ),
    "returns_the_failure": Wrong(
        (
            "a new step without a patch is stopped",
            "two steps that change places are stopped",
            "an edit that breaks only the plain order is stopped",
            "an edit that breaks only the gift is stopped",
            "an edit that breaks only the declined order is stopped",
            "an edit that raises for old orders is stopped",
        ),
        "return `True` or `False`",
        replace("return False").by("return replayed.replay_failure"),
    ),
    "turned_round": Wrong(
        (
            "a longer timeout is let through",
            "a new step behind a patch is let through",
            "a new signal handler is let through",
            "a new step without a patch is stopped",
            "two steps that change places are stopped",
            "an edit that breaks only the plain order is stopped",
            "an edit that breaks only the gift is stopped",
            "an edit that breaks only the declined order is stopped",
            "an edit that raises for old orders is stopped",
        ),
        "return the opposite: `True`",
        replace("return False").by("return True"),
        replace("return True").by("return False"),
    ),
    "wants_completed_runs": Wrong(
        (
            "a longer timeout is let through",
            "a new step behind a patch is let through",
            "a new signal handler is let through",
        ),
        "do not look at how the run ended",
        replace("if replayed.replay_failure is not None:").by("""
            completed = history.events[-1].HasField("workflow_execution_completed_event_attributes")
            if replayed.replay_failure is not None or not completed:
        """),
    ),
    "yes_inside_the_loop": Wrong(
        ("an edit that breaks only the gift is stopped", "an edit that breaks only the declined order is stopped"),
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
