"""The model behind the message panel: handlers, what was sent and what came of it. It knows no widget."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from temporalio.client import WorkflowHandle

from course_lib import loops
from course_lib.errors import CourseError
from course_lib.widgets.messages.error_words import excuse
from course_lib.widgets.messages.handlers import REQUIRED, Handler, Kind
from course_lib.widgets.messages.outcome import Outcome
from course_lib.widgets.messages.sending import Sender, Tell
from course_lib.widgets.messages.sent import Sent
from course_lib.widgets.messages.state import RunState, look
from course_lib.widgets.messages.values import Fault, Faulty

_KEPT = {"signal": 3, "query": 1, "update": 3}  # outcomes that a card shows; an older answer is only misleading
Call = Callable[[Tell], Coroutine[Any, Any, Outcome]]
_AT_ONCE = 50  # messages of one handler that may be under way: more than anybody clicks


class Desk:
    """Sends messages to one workflow and remembers what came of them.

    Buttons and code use the same method, `deliver`.

    Args:
        handle: The workflow's handle; its client and data converter are used.
        handlers: What the workflow handles.
        state: How the run stood when somebody looked last.
        patience: Seconds for which nothing may move until an update is waited for no longer.
    """

    def __init__(
        self,
        handle: WorkflowHandle[Any, Any],
        handlers: Iterable[Handler],
        state: RunState | None = None,
        patience: float | None = None,
    ) -> None:
        self.handle = handle
        self.handlers = list(handlers)
        self.state = state or RunState()
        self._sender = Sender(handle, patience)
        self._outcomes: dict[tuple[str, str | None], deque[list[Outcome]]] = {}
        self._under_way: dict[tuple[str, str | None], int] = {}
        self._listeners: list[Callable[[], None]] = []

    # ------------------------------------------------------------ what is there

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Have something called, on the background thread, after each change."""
        self._listeners.append(listener)

    def handler(self, kind: Kind, name: str) -> Handler:
        """Return the handler of a name, the dynamic one when no other has it.

        Raises:
            CourseError: There is none.
        """
        mine = [handler for handler in self.handlers if handler.kind == kind]
        found = next((h for h in mine if h.name == name), None) or next((h for h in mine if h.name is None), None)
        if found is None:
            there = ", ".join(handler.label for handler in mine)
            raise CourseError(
                f"{self.state.type or 'The workflow'} has no {kind} “{name}”.",
                fix=f"use one of: {there}." if there else f"add a method with @workflow.{kind} to its class.",
            )
        return found

    def outcomes(self, handler: Handler) -> list[Outcome]:
        """Return what came of a handler's last messages, the newest first."""
        return [told[-1] for told in self._outcomes.get((handler.kind, handler.name), ())]

    def busy(self, handler: Handler) -> bool:
        """Whether no further message of this handler can be sent before one comes back."""
        most = 1 if handler.kind == "query" else _AT_ONCE
        return self._under_way.get((handler.kind, handler.name), 0) >= most

    # ------------------------------------------------------------ arguments

    def arguments(self, handler: Handler, args: Sequence[Any], named: Mapping[str, Any]) -> list[Any]:
        """Return the arguments of a call from code, checked and converted like those of a form.

        Args:
            handler: What is called.
            args: By position.
            named: By the names of parameters.

        Raises:
            Faulty: One is missing, too many, or no value of its type.
        """
        if handler.loose:
            if named:
                raise Faulty([Fault((), "its parameters are not known: pass the arguments by position")])
            return list(args)
        names = [parameter.name for parameter in handler.parameters]
        if unknown := [name for name in named if name not in names[len(args) :]]:
            raise Faulty([Fault((unknown[0],), f"there is no such parameter in {handler.signature()}")])
        if len(args) > len(names):
            raise Faulty([Fault((), f"{handler.signature()} takes {len(names)}, not {len(args)} arguments")])
        given = {**dict(zip(names, args, strict=False)), **named}
        raw = [given.get(parameter.name, parameter.default) for parameter in handler.parameters]
        return self.converted(handler, raw)

    def converted(self, handler: Handler, raw: Sequence[Any]) -> list[Any]:
        """Return raw arguments as values of their types.

        Args:
            handler: What is called.
            raw: One for each parameter; ``REQUIRED`` for one that is not there.

        Raises:
            Faulty: With all faults; each path begins with the name of its parameter.
        """
        values: list[Any] = []
        faults: list[Fault] = []
        for parameter, item in zip(handler.parameters, raw, strict=True):
            try:
                if item is REQUIRED:
                    raise Faulty([Fault((), "this is needed")])
                values.append(parameter.converter.value(item))
            except Faulty as error:
                faults += [Fault((parameter.name, *fault.path), fault.words) for fault in error.faults]
        if faults:
            raise Faulty(faults)
        return values

    # ------------------------------------------------------------ sending

    def deliver(self, handler: Handler, name: str, args: Sequence[Any]) -> Sent[Outcome]:
        """Send a message now, on the background loop, and note what comes of it.

        Args:
            handler: What takes it.
            name: The message's name; another than the handler's for a dynamic one.
            args: Values of the parameters' types.

        Returns:
            Its outcome, to be awaited. Errors are the SDK's own; the card says them in words.
        """
        who = name if handler.name is None else ""
        if handler.kind == "signal":
            return self._begin(handler, lambda tell: self._sender.signal(name, args, tell), who)
        if handler.kind == "query":
            return self._begin(handler, lambda tell: self._sender.query(name, args, handler.result), who)
        return self._begin(handler, lambda tell: self._sender.update(name, args, handler.result, tell), who)

    def cancel(self) -> Sent[Outcome]:
        """Request the run's cancellation."""
        return self._begin(_THE_RUN, lambda tell: self._sender.cancel())

    def terminate(self, reason: str) -> Sent[Outcome]:
        """Terminate the run.

        Args:
            reason: Stands in the history.
        """
        return self._begin(_THE_RUN, lambda tell: self._sender.terminate(reason))

    @property
    def run_outcomes(self) -> list[Outcome]:
        """What came of cancelling and terminating, the newest first."""
        return self.outcomes(_THE_RUN)

    async def look(self) -> None:
        """Ask the server how the run stands."""
        state = await look(self.handle)
        if state != self.state:
            self.state = state
            self._changed()

    def _begin(self, handler: Handler, call: Call, who: str = "") -> Sent[Outcome]:
        return Sent(loops.background().submit(self._carry_out(handler, call, who)), lambda outcome: outcome)

    async def _carry_out(self, handler: Handler, call: Call, who: str) -> Outcome:
        key = (handler.kind, handler.name)
        told: list[Outcome] = []

        def tell(outcome: Outcome) -> None:
            if not told:
                self._outcomes.setdefault(key, deque(maxlen=_KEPT[handler.kind])).appendleft(told)
            told.append(replace(outcome, words=f"“{who}” {outcome.words}") if who else outcome)
            self._changed()

        self._under_way[key] = self._under_way.get(key, 0) + 1
        try:
            outcome = await call(tell)
        except BaseException as error:
            tell(excuse(error, handler, self.state))
            raise
        else:
            tell(outcome)
            return outcome
        finally:
            self._under_way[key] -= 1
            self._changed()

    def _changed(self) -> None:
        for listener in list(self._listeners):
            listener()


# No signal of a learner is called so.
_THE_RUN = Handler("signal", " the run itself ")
