"""Payloads: what they decode to, and how a picture shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter, PayloadConverter

_json = json.JSONDecoder().decode

# Beyond this a picture cuts; the DataFrame never does.
SHOWN = 160


@dataclass(frozen=True)
class Undecoded:
    """A payload that the converter at hand cannot read, for example an encrypted one.

    Args:
        encoding: What the payload says about itself, for example ``"binary/encrypted"``.
        payload: The payload as it is.
    """

    encoding: str
    payload: Payload = field(repr=False)

    def __str__(self) -> str:
        return f"<{self.encoding or 'no encoding'}, {len(self.payload.data):,} bytes>"

    __repr__ = __str__


class Decoder:
    """Turns payloads into values.

    Args:
        converter: A ``DataConverter`` (its payload converter is used, a codec is not: histories are decoded where
            they are fetched) or a ``PayloadConverter``; by default Temporal's own.
    """

    def __init__(self, converter: DataConverter | PayloadConverter | None = None) -> None:
        if isinstance(converter, DataConverter):
            converter = converter.payload_converter
        self._converter = converter or PayloadConverter.default
        # Plain JSON is nearly everything; reading it directly is several times faster than asking the converter.
        self._direct = type(self._converter) is type(PayloadConverter.default)

    def one(self, payload: Payload) -> Any:
        """Return one payload's value, or `Undecoded`."""
        if self._direct and payload.metadata.get("encoding") == b"json/plain":
            try:
                return _json(payload.data.decode())
            except ValueError:
                return Undecoded("json/plain, broken", payload)
        try:
            return self._converter.from_payload(payload)
        except Exception:  # whatever a converter raises, the row is shown
            return Undecoded(payload.metadata.get("encoding", b"").decode("utf-8", "replace"), payload)

    def all(self, payloads: Iterable[Payload]) -> Any:
        """Return the value of one payload, a list of several, None of none."""
        values = list(map(self.one, payloads))
        return None if not values else values[0] if len(values) == 1 else values

    def mapping(self, fields: Mapping[str, Payload]) -> dict[str, Any]:
        """Return named payloads (memo, search attributes) as a dictionary."""
        return {name: self.one(payload) for name, payload in fields.items()}


def preview(payloads: Iterable[Payload], limit: int = SHOWN) -> str:
    """Return payloads as a short text, without reading more than is shown.

    Args:
        payloads: Any.
        limit: Bytes per payload; the cut is marked with its size.
    """
    shown = []
    for payload in payloads:
        encoding = payload.metadata.get("encoding", b"")
        data = payload.data
        if encoding == b"json/plain" and len(data) <= limit:  # nearly always
            text = data.decode("utf-8", "replace")
        elif encoding == b"binary/null":
            text = "null"
        elif not encoding.startswith(b"json/"):
            text = f"<{encoding.decode('utf-8', 'replace') or 'no encoding'}, {len(data):,} bytes>"
        elif len(data) <= limit:
            text = data.decode("utf-8", "replace")
        else:
            text = f"{data[:limit].decode('utf-8', 'replace')}… ({len(data):,} bytes)"
        shown.append(text)
    return shown[0] if len(shown) == 1 else ", ".join(shown)


def labelled(word: str, payloads: Iterable[Payload]) -> str:
    """Return payloads as a part of a span's detail, ``"input 3"``; empty when there are none.

    Args:
        word: What they are.
        payloads: Any.
    """
    shown = preview(payloads)
    return f"{word} {shown}" if shown else ""


def joined(*parts: str) -> str:
    """Return the parts of a span's detail as one text, without the empty ones."""
    return "; ".join(filter(None, parts))
