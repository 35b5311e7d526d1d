"""One shop's database: an SQLite file in WAL mode, so that reading its tables never blocks the service."""

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from course_lib.shop.faults import FaultBook, Place

SCHEMA_VERSION = 5
FIRST_STOCK = 1000
"""Pieces of every article that a new shop has: large enough that a lesson runs out of stock only on purpose."""

_SCHEMA = """
CREATE TABLE payments (
    id TEXT PRIMARY KEY, order_id TEXT NOT NULL, kind TEXT NOT NULL, amount_cents INTEGER NOT NULL,
    idempotency_key TEXT, refund_of TEXT, created_at TEXT NOT NULL);
CREATE TABLE stock (sku TEXT PRIMARY KEY, on_hand INTEGER NOT NULL, reserved INTEGER NOT NULL);
CREATE TABLE reservations (
    id TEXT PRIMARY KEY, order_id TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL, state TEXT NOT NULL,
    idempotency_key TEXT, created_at TEXT NOT NULL);
CREATE TABLE shipments (
    id TEXT PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, address TEXT NOT NULL, state TEXT NOT NULL,
    created_at TEXT NOT NULL);
CREATE TABLE mails (
    id TEXT PRIMARY KEY, "to" TEXT NOT NULL, subject TEXT NOT NULL, order_id TEXT, idempotency_key TEXT,
    created_at TEXT NOT NULL);
CREATE TABLE accounts (
    id TEXT PRIMARY KEY, email TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, idempotency_key TEXT,
    created_at TEXT NOT NULL);
CREATE TABLE reviews (
    id TEXT PRIMARY KEY, order_id TEXT NOT NULL, token TEXT NOT NULL, state TEXT NOT NULL, idempotency_key TEXT,
    created_at TEXT NOT NULL);
CREATE TABLE imports (
    id TEXT PRIMARY KEY, job TEXT NOT NULL, "offset" INTEGER NOT NULL, rows INTEGER NOT NULL, idempotency_key TEXT,
    created_at TEXT NOT NULL);
CREATE TABLE articles (
    sku TEXT PRIMARY KEY, name TEXT NOT NULL, price_cents INTEGER NOT NULL, version INTEGER NOT NULL, job TEXT NOT NULL,
    created_at TEXT NOT NULL);
CREATE TABLE set_aside (
    id TEXT PRIMARY KEY, sku TEXT NOT NULL, version INTEGER NOT NULL, reason TEXT NOT NULL, job TEXT NOT NULL,
    created_at TEXT NOT NULL, UNIQUE (sku, version));
CREATE TABLE changes (sku TEXT PRIMARY KEY, version INTEGER NOT NULL, price_cents NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, call INTEGER NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, operation TEXT, order_id TEXT, idempotency_key TEXT, status INTEGER, fault TEXT,
    done INTEGER NOT NULL, took_ms INTEGER NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE waiting (
    id INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, operation TEXT, order_id TEXT, idempotency_key TEXT,
    fault TEXT NOT NULL, seconds REAL NOT NULL, request INTEGER, created_at TEXT NOT NULL);
CREATE TABLE answers (
    operation TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (operation, key));
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

TABLES = (
    "payments",
    "stock",
    "reservations",
    "shipments",
    "mails",
    "accounts",
    "reviews",
    "imports",
    "articles",
    "set_aside",
    "changes",
    "requests",
)
"""What a learner may look at, in the order in which an order meets it."""


def now() -> str:
    """Return the time in UTC as the tables keep it: ISO 8601 to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


HELD = 0.02
"""Seconds between two looks of a request that is held at the switch that holds it."""


@contextlib.contextmanager
def counted(counts: "Counter[Place]", what: Place) -> Iterator[None]:
    """Count something while the block runs.

    Args:
        counts: Where.
        what: What.
    """
    counts[what] += 1
    try:
        yield
    finally:
        counts[what] -= 1


class Store:
    """The open database of one shop and its fault switches.

    Only the service's own process opens one. A file that is no database any more (a full disk can leave one) is put
    aside with the ending ``.broken`` and a new one begun: a lesson's data is worth less than a shop that opens.

    Args:
        path: The SQLite file; made when missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.db = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise  # locked, full or read-only: the file itself may be sound
            path.replace(path.with_suffix(".broken"))
            for rest in ("-wal", "-shm"):
                path.with_name(path.name + rest).unlink(missing_ok=True)
            self.db = self._open()
        found = self.db.execute("SELECT value FROM settings WHERE name = 'faults'").fetchone()
        self.book = FaultBook.from_json(json.loads(found[0])) if found else FaultBook()
        self.epoch = self._counter("epoch")
        # How many requests each switch holds at this moment.
        self.held: Counter[Place] = Counter()
        # How many requests wait, which the pool must not close.
        self.waits = 0
        # What a service that was killed left behind waits no more.
        self.db.execute("DELETE FROM waiting")
        self.calls: dict[str, int] = dict(
            self.db.execute("SELECT service, max(call) FROM requests GROUP BY service").fetchall()
        )

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None, timeout=2.0)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            # Safe against kill -9 in WAL mode; only a power cut could lose the last rows.
            db.execute("PRAGMA synchronous = NORMAL")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version != SCHEMA_VERSION:
                names = db.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'")
                drops = "".join(f'DROP TABLE "{name}";' for (name,) in names.fetchall())
                db.executescript(f"BEGIN;{drops}{_SCHEMA}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;")
        except BaseException:
            db.close()
            raise
        return db

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing: the work of a request and its line in the log are written together."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def _counter(self, name: str) -> int:
        found = self.db.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
        return int(found[0]) if found else 0

    def next_number(self, name: str) -> int:
        """Return the next number of a sequence. It goes on after a reset, so an old id never names a new row."""
        value = self._counter(name) + 1
        self.db.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", (name, value))
        return value

    def next_call(self, service: str) -> int:
        """Return the number of this call of a service, counted from the last reset."""
        self.calls[service] = self.calls.get(service, 0) + 1
        return self.calls[service]

    def save_faults(self) -> None:
        """Keep the switches and their counters, so that a restart of the service goes on where it was."""
        self.db.execute("INSERT OR REPLACE INTO settings VALUES ('faults', ?)", (json.dumps(self.book.to_json()),))

    def reset(self) -> None:
        """Empty every table and turn every fault off; the seed stays."""
        with self.transaction() as db:
            for table in (*TABLES, "answers"):
                db.execute(f"DELETE FROM {table}")
            self.book.clear()
            self.save_faults()
            # A request that waits out its latency belongs to the shop before the reset: see app.py.
            self.epoch = self.next_number("epoch")
        self.calls.clear()
