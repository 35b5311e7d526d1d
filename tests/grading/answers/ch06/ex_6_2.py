"""Answers to exercise 6.2, A test that catches the bad edit."""

from tests.grading.edits import Wrong, replace, whole

WRONG = {
    "a_list_for_the_iterator": Wrong(
        "an asynchronous iterator, not a list",
        whole("ex-6-2").by("""
            from temporalio.client import WorkflowHistory
            from temporalio.worker import Replayer


            async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
                r = await Replayer(workflows=[workflow]).replay_workflows(histories, raise_on_replay_failure=False)
                return not r.replay_failures
        """),
    ),
    "always_safe": Wrong(
        "replay: `await Replayer",
        replace("""
            replayer = Replayer(workflows=[workflow])
            for history in histories:
                replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
                if replayed.replay_failure is not None:
                    return False
            return True
        """).by("return Replayer(workflows=[workflow]) is not None and len(histories) > 0"),
    ),
    "compared_with_none": Wrong(
        "a dict, and empty when none did",
        whole("ex-6-2").by("""
            from temporalio.client import WorkflowHistory
            from temporalio.worker import Replayer


            async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
                async def each():
                    for h in histories:
                        yield h

                results = await Replayer(workflows=[workflow]).replay_workflows(each(), raise_on_replay_failure=False)
                return results.replay_failures is None
        """),
    ),
    "exception_swallowed": Wrong(
        "do not swallow what the Replayer raises",
        replace("replayer = Replayer(workflows=[workflow])").by(""),
        replace("""
            replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            if replayed.replay_failure is not None:
                return False
        """).by("""
            try:
                await Replayer(workflows=[workflow]).replay_workflow(history)
            except Exception as error:
                print("could not replay", error)
        """),
    ),
    "failure_not_looked_at": Wrong(
        "look at `replay_failure` of what",
        replace("replayer = Replayer(workflows=[workflow])").by(""),
        replace("""
            replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            if replayed.replay_failure is not None:
                return False
        """).by("await Replayer(workflows=[workflow]).replay_workflow(history, raise_on_replay_failure=False)"),
    ),
    "forgotten_await": Wrong(
        "write `await` in front of the replay",
        replace("""
            replayer = Replayer(workflows=[workflow])
            for history in histories:
                replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
                if replayed.replay_failure is not None:
        """).by("""
            for h in histories:
                try:
                    Replayer(workflows=[workflow]).replay_workflow(h)
                except Exception:
        """),
    ),
    "hides_its_own_mistake": Wrong(
        "print what your `except` catches",
        whole("ex-6-2").by("""
            from temporalio.client import WorkflowHistory
            from temporalio.worker import Replayer


            async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
                try:
                    await Replayer(workflows=[workflow]).replay_workflows(histories)
                    return True
                except Exception:
                    return False
        """),
    ),
    "last_answer_counts": Wrong(
        "replay *all* histories",
        replace("replayer = Replayer(workflows=[workflow])").by("safe = True"),
        replace("""
                replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
                if replayed.replay_failure is not None:
                    return False
            return True
        """).by("""
                replayed = await Replayer(workflows=[workflow]).replay_workflow(history, raise_on_replay_failure=False)
                safe = replayed.replay_failure is None
            return safe
        """),
    ),
    "looks_at_the_end": Wrong(
        "do not look at how the run ended",
        replace("""
            replayer = Replayer(workflows=[workflow])
            for history in histories:
                replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
                if replayed.replay_failure is not None:
                    return False
            return True
        """).by(
            'return all(h.events[-1].HasField("workflow_execution_completed_event_attributes") for h in histories)'
        ),
    ),
    "never_safe": Wrong(
        "say no only when a replay failed",
        replace("replayer = Replayer(workflows=[workflow])").by(""),
        replace("replayer.").by("Replayer(workflows=[workflow])."),
        replace("not None").by("None"),
        replace("True").by("False"),
    ),
    "nondeterminism_only": Wrong(
        "count every failure of a replay",
        replace("from temporalio.worker import Replayer").by("""
            from temporalio.worker import Replayer
            from temporalio.workflow import NondeterminismError
        """),
        replace("replayer = Replayer(workflows=[workflow])").by(""),
        replace("""
            replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            if replayed.replay_failure is not None:
        """).by("""
            try:
                await Replayer(workflows=[workflow]).replay_workflow(history)
            except NondeterminismError:
        """),
    ),
    "only_the_first": Wrong(
        "replay *all* histories",
        whole("ex-6-2").by("""
            from temporalio.client import WorkflowHistory
            from temporalio.worker import Replayer


            async def is_safe(workflow: type, histories: list[WorkflowHistory]) -> bool:
                replayed = await Replayer(workflows=[workflow]).replay_workflow(histories[0], raise_on_replay_failure=False)
                return replayed.replay_failure is None
        """),
    ),
    "raises": Wrong(
        "answer instead of raising",
        replace("replayer = Replayer(workflows=[workflow])").by(""),
        replace("""
            replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            if replayed.replay_failure is not None:
                return False
        """).by("await Replayer(workflows=[workflow]).replay_workflow(history)"),
    ),
    "returns_the_failure": Wrong(
        "return `True` or `False`",
        replace("replayer = Replayer(workflows=[workflow])").by(""),
        replace("replayer.").by("Replayer(workflows=[workflow])."),
        replace("return False").by("return replayed.replay_failure"),
    ),
    "turned_round": Wrong(
        "turn it round",
        replace("replayer = Replayer(workflows=[workflow])").by(""),
        replace("replayer.").by("Replayer(workflows=[workflow])."),
        replace("return False").by("return True"),
        replace("True").by("False"),
    ),
    "wants_completed_runs": Wrong(
        "do not look at how the run ended",
        replace("replayer = Replayer(workflows=[workflow])").by(""),
        replace("""
            replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            if replayed.replay_failure is not None:
        """).by("""
            replayed = await Replayer(workflows=[workflow]).replay_workflow(history, raise_on_replay_failure=False)
            completed = history.events[-1].HasField("workflow_execution_completed_event_attributes")
            if replayed.replay_failure is not None or not completed:
        """),
    ),
    "yes_inside_the_loop": Wrong(
        "replay *all* histories",
        replace("replayer = Replayer(workflows=[workflow])").by(""),
        replace("replayer.").by("Replayer(workflows=[workflow])."),
        replace("return True").by("""
                return True
            return True
        """),
    ),
}
