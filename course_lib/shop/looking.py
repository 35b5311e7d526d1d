"""One look at a shop for a live view: its switches, its last requests, what waits, and how many ended how.

All of it is read from the shop's file. A look opens the file and closes it again: it costs less than a millisecond,
and an open file could not be deleted on Windows. Counts go on from the look before, so a long log costs nothing.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.shop import words
from course_lib.shop.faults import FaultBook, Place
from course_lib.shop.tables import reading

MOST = 60
"""Requests that a look holds."""

_COLUMNS = "id, service, operation, path, order_id, idempotency_key, status, fault, done, took_ms, created_at"
_TIMED = 200  # requests, of all services, whose times are looked at
_WAITING = "id, service, operation, order_id, idempotency_key, fault, seconds, request, created_at"
# Whatever can change: a line of the log is written once, and again only when its wait ends.
_NOW = """SELECT (SELECT value FROM settings WHERE name = 'faults'), (SELECT value FROM counters WHERE name = 'epoch'),
(SELECT max(id) FROM requests), (SELECT group_concat(id) FROM waiting)"""
# Whatever `words.outcome` looks at.
_KINDS = "SELECT service, status, fault, done, count(*), max(id) FROM requests WHERE id > ? GROUP BY 1, 2, 3, 4"


_STIR = """SELECT (SELECT max(id) FROM requests), (SELECT group_concat(id) FROM waiting),
(SELECT max(seconds) FROM waiting WHERE fault != 'hold')"""


@dataclass(frozen=True)
class Look:
    """A shop at one moment.

    Attributes:
        book: The switches that are on, and the seed.
        rows: The last requests, the newest first, as the table ``requests`` holds them.
        waiting: Requests that wait for latency or whose client waits for an answer, the newest first.
        counts: How many requests ended how, by service and outcome, since the last reset.
        took: Milliseconds that the last requests took, by service, the newest first.
    """

    book: FaultBook = field(default_factory=FaultBook)
    rows: tuple[Mapping[str, Any], ...] = ()
    waiting: tuple[Mapping[str, Any], ...] = ()
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    took: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


class Watcher:
    """Looks at one shop again and again.

    Args:
        path: The shop's file.
        most: Requests that a look holds.
    """

    def __init__(self, path: Path, most: int = MOST) -> None:
        self.path = path
        self.most = most
        self._seen: tuple[Any, ...] = ()
        self._look = Look()
        self._last = 0
        self._counted: tuple[int, int | None] = (0, None)
        self._counts: Counter[tuple[str, str]] = Counter()

    def look(self, service: str | None = None) -> Look:
        """Return the shop as it is now; the same object as before when nothing has changed.

        Args:
            service: Hold only requests to this service; counts are always of all.

        Raises:
            sqlite3.Error: The file cannot be read; FileNotFoundError when there is none.
        """
        file = self.path.stat().st_ino
        with reading(self.path) as db:
            now = db.execute(_NOW).fetchone()
            if (file, service, *now) == self._seen:
                return self._look
            faults, epoch, *_ = now
            db.row_factory = sqlite3.Row
            self._count(db, (file, epoch))
            where, values = ("WHERE service = ?", (service,)) if service else ("", ())
            query = f"SELECT {_COLUMNS} FROM requests {where} ORDER BY id DESC LIMIT ?"
            self._look = Look(
                FaultBook.from_json(json.loads(faults)) if faults else FaultBook(),
                tuple(dict(row) for row in db.execute(query, (*values, self.most))),
                tuple(dict(row) for row in db.execute(f"SELECT {_WAITING} FROM waiting ORDER BY id DESC")),
                dict(self._counts),
                _took(db),
            )
            self._seen = (file, service, *now)
            return self._look

    def _count(self, db: sqlite3.Connection, what: tuple[int, int | None]) -> None:
        if what != self._counted:  # emptied, or another file: count from the start
            self._counted, self._last = what, 0
            self._counts.clear()
        for service, status, fault, done, count, last in db.execute(_KINDS, (self._last,)).fetchall():
            self._counts[service, words.outcome({"status": status, "fault": fault, "done": done})] += count
            self._last = max(self._last, last)


def _took(db: sqlite3.Connection) -> dict[str, tuple[int, ...]]:
    took: dict[str, list[int]] = {}
    for name, ms in db.execute(f"SELECT service, took_ms FROM requests ORDER BY id DESC LIMIT {_TIMED}"):
        took.setdefault(name, []).append(ms)
    return {name: tuple(times) for name, times in took.items()}


def switches(path: Path) -> frozenset[Place]:
    """Return the places of the switches that are on; of a shop that cannot be read, none.

    Args:
        path: The shop's file.
    """
    try:
        with reading(path) as db:
            found = db.execute("SELECT value FROM settings WHERE name = 'faults'").fetchone()
    except sqlite3.Error:
        return frozenset()
    return frozenset(rule.place for rule in FaultBook.from_json(json.loads(found[0])).rules) if found else frozenset()


def stir(path: Path) -> tuple[object, float]:
    """Return what changes with every request that begins or ends, and after how many seconds one will end by itself.

    A request that a switch holds ends when somebody releases it, so it counts for nothing.

    Args:
        path: The shop's file.
    """
    try:
        with reading(path) as db:
            *state, seconds = db.execute(_STIR).fetchone()
    except sqlite3.Error:  # busy, or deleted: the next look tells
        return None, 0.0
    return tuple(state), seconds or 0.0
