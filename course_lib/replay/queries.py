"""Asks a workflow's queries after each step, and guards the replay against those that change the workflow.

The SDK runs a query handler as read-only: a command in it fails. But it cannot keep a handler from changing a variable,
and a replay that goes on with a changed variable may take another way than the run did. So the variables are compared
before and after; a query that changed one spoils this replay, which is done again without it.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.history.failures import one_failure
from course_lib.history.payloads import Decoder
from course_lib.private import sdk
from course_lib.replay.rendering import show
from course_lib.replay.variables import State

_SLOW = 1.0  # seconds; the whole activation has two
TOO_SLOW = f"it did not answer within {_SLOW:g} s"
_LARGE = 100_000  # bytes of an answer beyond which it is not decoded


@dataclass(frozen=True)
class Spoilt:
    """A query changed the workflow, or never ended: this replay is of no use.

    Args:
        queries: One of them did it.
        how: What it did, in words.
    """

    queries: tuple[str, ...]
    how: str


class Asking:
    """Asks the queries of one replay.

    Args:
        decoder: Reads the answers.
        refused: Queries that are not asked, and why.
        singly: Ask one at a time, to find out which one spoils.
    """

    def __init__(self, decoder: Decoder, refused: Mapping[str, str], singly: bool) -> None:
        self._decoder = decoder
        self._refused = refused
        self._singly = singly
        self._count = -1
        self._names: tuple[str, ...] = ()
        self.spoilt: Spoilt | None = None
        self.busy: tuple[str, ...] = ()  # being asked now

    def answers(self, outer: Any, impl: Any, act: sdk.WorkflowActivation, state: State) -> Mapping[str, str]:
        """Return each query's answer as text.

        Args:
            outer: The instance to activate.
            impl: The SDK's instance inside the sandbox.
            act: The activation after which they are asked.
            state: The workflow's variables.
        """
        if self.spoilt is not None:
            return {}
        if len(sdk.queries(impl)) != self._count:  # handlers can be added while the workflow runs
            self._count = len(sdk.queries(impl))
            self._names = tuple(name for name, query in sdk.queries(impl).items() if _askable(name, query))
        names = tuple(name for name in self._names if name not in self._refused)
        found = {name: f"failed: {why}" for name, why in self._refused.items() if name in self._names}
        if not names:
            return found
        for group in [(name,) for name in names] if self._singly else [names]:
            before, began = state.fingerprint(), time.monotonic()
            self.busy = group
            found |= self._ask(outer, act, group)
            self.busy = ()
            if time.monotonic() - began > _SLOW:
                # The SDK interrupts the thread after two seconds, but asyncio keeps the interruption to itself, as the
                # outcome of the query's task; here it looks as if the query had merely not answered.
                self.spoilt = Spoilt(group, TOO_SLOW)
                break
            if state.fingerprint() != before:
                self.spoilt = Spoilt(group, "it changes the workflow's variables, which a query must not do")
                break
        return {name: found[name] for name in self._names if name in found}

    def _ask(self, outer: Any, act: sdk.WorkflowActivation, names: tuple[str, ...]) -> dict[str, str]:
        ask = sdk.WorkflowActivation(
            run_id=act.run_id,
            is_replaying=True,
            history_length=act.history_length,
            history_size_bytes=act.history_size_bytes,
            continue_as_new_suggested=act.continue_as_new_suggested,
            available_internal_flags=act.available_internal_flags,
            timestamp=act.timestamp,
        )
        for name in names:
            query = ask.jobs.add().query_workflow
            query.query_id = query.query_type = name
        done = outer.activate(ask)
        found = dict.fromkeys(names, "failed: it did not answer at once; a query must not wait")
        if done.HasField("failed"):
            return dict.fromkeys(names, f"failed: {one_failure(done.failed.failure)}")
        for command in done.successful.commands:
            answer = command.respond_to_query
            if answer.HasField("succeeded"):
                payload = answer.succeeded.response
                large = len(payload.data) > _LARGE
                found[answer.query_id] = f"<{len(payload.data):,} bytes>" if large else show(self._decoder.one(payload))
            else:
                found[answer.query_id] = f"failed: {one_failure(answer.failed)}"
        return found


def _askable(name: str | None, query: Any) -> bool:
    """Return whether a query can be asked without arguments."""
    if name is None or name.startswith("__") or query.name is None:
        return False
    try:
        parameters = list(inspect.signature(query.fn).parameters.values())
    except (TypeError, ValueError):
        return False
    if query.is_method:
        parameters = parameters[1:]
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return all(each.default is not each.empty or each.kind in optional for each in parameters)
