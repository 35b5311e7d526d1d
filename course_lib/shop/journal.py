"""The log of requests, as the service writes it: one line per request, and what waits at this moment."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from course_lib.shop.store import Store


@dataclass
class Arrival:
    """What is known about a request when it comes in; one line of the log."""

    service: str
    number: int
    method: str
    path: str
    key: str | None
    at: str
    operation: str | None = None
    order_id: str | None = None
    row: int | None = None
    started: float = field(default_factory=time.perf_counter)

    @property
    def took_ms(self) -> int:
        """Milliseconds since it came in."""
        return round((time.perf_counter() - self.started) * 1000)


def log(store: Store, arrival: Arrival, status: int | None, fault: str | None, *, done: bool) -> None:
    """Write a request's line, in the transaction that is open.

    Args:
        store: The shop.
        arrival: The request.
        status: What the client was answered; None when no answer was sent.
        fault: What it met, or None.
        done: Whether this request did any work.
    """
    cursor = store.db.execute(
        "INSERT INTO requests (service, call, method, path, operation, order_id, idempotency_key, status, fault, done,"
        " took_ms, created_at) VALUES (:service, :number, :method, :path, :operation, :order_id, :key, :status, :fault,"
        " :done, :took_ms, :at)",
        {**vars(arrival), "status": status, "fault": fault, "done": done, "took_ms": arrival.took_ms},
    )
    arrival.row = cursor.lastrowid


@contextlib.contextmanager
def waiting(store: Store, arrival: Arrival, fault: str, seconds: float) -> Iterator[None]:
    """Show a request as waiting while the block runs: it is in nobody's log yet, or its client still hopes.

    The store stays open meanwhile, unless the shop is deleted.

    Args:
        store: The shop.
        arrival: The request.
        fault: What it waits for: "latency", or "accept_then_time_out" when its work is done already.
        seconds: How long at most.
    """
    cursor = store.db.execute(
        "INSERT INTO waiting (service, operation, order_id, idempotency_key, fault, seconds, request, created_at)"
        " VALUES (:service, :operation, :order_id, :key, :fault, :seconds, :row, :at)",
        {**vars(arrival), "fault": fault, "seconds": seconds},
    )
    store.waits += 1
    try:
        yield
    finally:
        store.waits -= 1
        with contextlib.suppress(sqlite3.Error):  # closed
            store.db.execute("DELETE FROM waiting WHERE id = ?", (cursor.lastrowid,))
            if arrival.row is not None:
                store.db.execute("UPDATE requests SET took_ms = ? WHERE id = ?", (arrival.took_ms, arrival.row))
