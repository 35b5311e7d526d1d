"""Everything that one event says, field by field, for a reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter, PayloadConverter

from course_lib.history.failures import chain, one_failure
from course_lib.history.moments import moment, seconds
from course_lib.history.payloads import Decoder, Undecoded
from course_lib.history.reading import attributes, attributes_field, type_name, words

# Characters of one field: a payload may have two megabytes, and nobody reads them in a notebook.
SHOWN = 4000
_SHORT = 72  # what fits on one line

# The server's own book-keeping, which explains nothing.
_LEFT_OUT = frozenset({
    "version", "task_id", "event_id", "event_time", "event_type", "worker_may_ignore", "namespace_id", "request_id",
    "accepted_request_message_id", "rejected_request_message_id", "sdk_metadata", "event_group_markers",
})  # fmt: skip


def event_detail(
    event: HistoryEvent, converter: DataConverter | PayloadConverter | None = None
) -> list[tuple[str, str]]:
    """Return everything that an event says as fields and texts, the most telling first.

    Payloads are decoded and shown as JSON, durations and times in words, failures with their causes and stack traces.
    A field that names another event reads ``event 5``. What is not set is left out, and what is longer than 4,000
    characters is cut, with a note.

    Args:
        event: Any event.
        converter: What decodes the payloads; by default Temporal's own converter.
    """
    reader = _Reader(Decoder(converter))
    found = [("event", f"{event.event_id} {type_name(event.event_type)}"), ("time", _time(event.event_time))]
    field, body = attributes_field(event.event_type), attributes(event)
    own = list(reader.fields(body)) if body is not None else []
    # What a learner wrote stands first, the settings after it, the links last: 0, 1 and 2.
    found += [(name, text) for _, name, text in sorted(own, key=lambda one: one[0])]
    for descriptor, value in event.ListFields():
        if descriptor.name != field and descriptor.name not in _LEFT_OUT:
            found += [(name, text) for _, name, text in reader.field(descriptor, value)]
    return found


_Field = tuple[int, str, str]


class _Reader:
    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def fields(self, message: Message) -> Iterator[_Field]:
        for descriptor, value in message.ListFields():
            if descriptor.name not in _LEFT_OUT:
                yield from self.field(descriptor, value)

    def field(self, descriptor: FieldDescriptor, value: Any) -> Iterator[_Field]:
        name = descriptor.name.replace("_", " ")
        if descriptor.name.endswith("event_id"):
            yield 2, name, f"event {value}"
        elif text := self._text(descriptor, value):
            yield 0 if _is_told(descriptor, value) else 1, name, cut(text)

    def _text(self, descriptor: FieldDescriptor, value: Any) -> str:
        kind = descriptor.message_type
        if kind is not None and kind.GetOptions().map_entry:
            each = kind.fields_by_name["value"]
            return "\n".join(f"{key}: {self._one(each, value[key])}" for key in sorted(value))
        if isinstance(value, (str, bytes, Message, int, float)):
            return self._one(descriptor, value)
        return "\n".join(self._one(descriptor, item) for item in value)

    def _one(self, descriptor: FieldDescriptor, value: Any) -> str:
        if descriptor.enum_type is not None:
            return words(descriptor.enum_type, value) or str(value)
        if isinstance(value, bytes):
            return f"<{len(value):,} bytes>"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return self._message(value) if isinstance(value, Message) else str(value)

    def _message(self, value: Message) -> str:
        if isinstance(value, Payloads):
            return "\n".join(self._payload(one) for one in value.payloads)
        if known := _KNOWN.get(value.DESCRIPTOR.full_name):
            return known(self, value)
        inner = [
            (descriptor.name.replace("_", " "), text)
            for descriptor, one in value.ListFields()
            if descriptor.name not in _LEFT_OUT and (text := self._text(descriptor, one))
        ]
        if len(inner) == 1:  # an activity type has nothing but a name
            return inner[0][1]
        long = any("\n" in text for _, text in inner)
        return ("\n" if long else "; ").join(f"{name} {text}" for name, text in inner)

    def _payload(self, payload: Payload) -> str:
        return pretty(self._decoder.one(payload))

    def failure(self, failure: Failure) -> str:
        """Return a failure with its causes, the values that it carries, and where it was raised."""
        told: list[str] = []
        for link in chain(failure):
            info = link.application_failure_info
            told.append(f"{'caused by ' if told else ''}{one_failure(link)}")
            if info.non_retryable:
                told.append("  not retryable")
            told += [f"  detail: {self._payload(one)}" for one in info.details.payloads]
            told += [f"  {line}" for line in _own_lines(link.stack_trace)]
        return "\n".join(told)


def pretty(value: Any) -> str:
    """Return a decoded payload as text: JSON, on one line when it fits.

    Args:
        value: What a decoder made of it.
    """
    if isinstance(value, Undecoded):
        return str(value)
    try:
        line = json.dumps(value, ensure_ascii=False, default=repr)
        return line if len(line) <= _SHORT or len(line) > 50 * SHOWN else json.dumps(
            value, ensure_ascii=False, default=repr, indent=2
        )  # fmt: skip
    except (TypeError, ValueError):  # a converter may make anything
        return repr(value)


def cut(text: str) -> str:
    """Return a text with a note in place of what is beyond the limit."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…\n({len(text):,} characters; {SHOWN:,} are shown)"


def _time(stamp: Any) -> str:
    return f"{moment(stamp):%Y-%m-%d %H:%M:%S.%f} UTC"


def _own_lines(trace: str) -> list[str]:
    """Return a stack trace without the SDK's frames, unless it has no others."""
    frames: list[list[str]] = []
    for line in trace.rstrip().splitlines():
        if line.lstrip().startswith('File "') or not frames:
            frames.append([])
        if line.strip():
            frames[-1].append(line)
    own = [frame for frame in frames if frame and "/temporalio/" not in frame[0].replace("\\", "/")]
    return [line for frame in own or frames for line in frame]


def _is_told(descriptor: FieldDescriptor, value: Any) -> bool:
    """Return whether a field is about the learner's own program: its names, values and failures."""
    if isinstance(value, (Payload, Payloads, Failure)):
        return True
    name = descriptor.name
    return name.endswith(("_name", "_type", "reason", "cause")) or name in (
        "attempt", "outcome", "accepted_request", "details", "timer_id", "start_to_fire_timeout",
    )  # fmt: skip


_KNOWN: dict[str, Callable[[_Reader, Any], str]] = {
    "temporal.api.common.v1.Payload": lambda reader, value: reader._payload(value),
    "temporal.api.failure.v1.Failure": _Reader.failure,
    "google.protobuf.Timestamp": lambda _, value: _time(value),
    # Without a limit the server writes 0.
    "google.protobuf.Duration": lambda _, value: seconds(value) if value.seconds or value.nanos else "",
}
