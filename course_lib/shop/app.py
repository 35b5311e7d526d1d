"""The four services over HTTP: faults, idempotency keys and the log of requests around `operations`.

The service is one thread. Whatever happens between two ``await`` s is atomic, so two requests with the same idempotency
key can never both do the work.
"""

import asyncio
import contextlib
import json
import socket
import sqlite3
from typing import Any

from tornado.web import Application

from course_lib.shop.admin import FaultsHandler, HealthHandler, ResetHandler, ShopHandler, StockHandler, SupplierHandler
from course_lib.shop.call import Answer, Call, Refused
from course_lib.shop.faults import SERVICES, Verdict
from course_lib.shop.journal import Arrival, log, waiting
from course_lib.shop.operations import Operation, find
from course_lib.shop.pool import Pool
from course_lib.shop.store import HELD, Store, counted, now
from course_lib.shop.web import JsonHandler

_FAILURES = {
    "outage": (503, "{service} is down."),
    "error_rate": (500, "{service} had an internal error."),
    "decline": (402, "The card was declined."),
}


class ServiceHandler(JsonHandler):
    """Every operation of every service of every shop."""

    def prepare(self) -> None:
        """Begin to watch the connection."""
        self.gone = asyncio.Event()
        super().prepare()

    def on_connection_close(self) -> None:
        """Remember that nobody waits for the answer any more."""
        self.gone.set()

    async def serve(self, shop_id: str, service: str, path: str) -> None:
        """Judge the request, wait out its latency, do the work if the client is still there, answer."""
        store = self.store(shop_id)
        if service not in SERVICES:
            raise Refused(404, f"There is no service {service!r}.")
        method = str(self.request.method)
        key = self.request.headers.get("Idempotency-Key") or None
        arrival = Arrival(service, store.next_call(service), method, f"/{service}/{path}", key, now())
        try:
            operation, call = self.parse(method, service, path, key)
        except Refused as refusal:
            log(store, arrival, refusal.status, None, done=False)
            raise
        arrival.operation, arrival.order_id = operation.name, operation.order_of(store, call)
        verdict, counted = store.book.judge(service, operation.name, arrival.order_id)
        if counted:
            store.save_faults()
        await self.pause(shop_id, store, arrival, verdict)
        if self.client_gone():
            log(store, arrival, None, verdict.label, done=False)
            return
        await self.act(store, operation, call, arrival, verdict)

    get = post = serve

    def parse(self, method: str, service: str, path: str, key: str | None) -> tuple[Operation, Call]:
        """Return what the request wants."""
        found = find(method, service, path)
        if found is None:
            raise Refused(404, f"{service} has no {method} /{path}.")
        operation, subject = found
        if method == "GET":
            body = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        else:
            body = self.json_body()
        return operation, Call(body, key, subject)

    async def pause(self, shop_id: str, store: Store, arrival: Arrival, verdict: Verdict) -> None:
        """Wait before the work, so that a client that gives up meanwhile has caused nothing.

        First until the switch that holds the request is off, then for its latency.

        Raises:
            Refused: The shop was reset or deleted meanwhile.
        """
        epoch = store.epoch
        if verdict.held is not None:
            place = verdict.held.place
            with waiting(store, arrival, "hold", 0.0), counted(store.held, place):
                while not self.gone.is_set() and store.book.on(place) and self.store(shop_id) is store:
                    await self.left(HELD)
        if verdict.latency > 0 and store.epoch == epoch:
            with waiting(store, arrival, "latency", verdict.latency):
                await self.left(verdict.latency)
        if self.store(shop_id) is not store or store.epoch != epoch:
            raise Refused(503, "The shop was reset while this request waited.")

    async def left(self, seconds: float) -> None:
        """Wait until the client has closed the connection, for some seconds at most."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.gone.wait(), seconds)

    def client_gone(self) -> bool:
        """Return whether the client has closed the connection, also when the event loop has not noticed yet."""
        if self.gone.is_set():
            return True
        stream: Any = getattr(self.request.connection, "stream", None)
        if stream is None or stream.closed():
            return True
        try:
            # Non-blocking (tornado made it so): an empty answer is the end of the stream, none yet is BlockingIOError.
            return bool(stream.socket.recv(1, socket.MSG_PEEK) == b"")
        except BlockingIOError:
            return False
        except OSError:
            return True

    async def act(self, store: Store, operation: Operation, call: Call, arrival: Arrival, verdict: Verdict) -> None:
        """Do the work and answer, or fail as the verdict says."""
        fault = verdict.fault
        if fault in _FAILURES:
            status, message = _FAILURES[fault]
            log(store, arrival, status, verdict.label, done=False)
            raise Refused(status, message.format(service=operation.service))
        silent = fault == "accept_then_time_out"
        answer, replayed = work(store, operation, call, arrival, verdict.label, silent=silent)
        if fault == "duplicate_delivery":
            # The network delivered the request twice; the client hears the first answer.
            arrival.number = store.next_call(arrival.service)
            with contextlib.suppress(Refused):
                work(store, operation, call, arrival, verdict.label, silent=False)
        if silent:
            with waiting(store, arrival, str(fault), verdict.seconds):
                await self.left(verdict.seconds)
            with contextlib.suppress(Exception):  # closing what is closed
                self.detach().close()
            return
        if replayed:
            self.set_header("Idempotent-Replayed", "true")
        self.send(200, answer)


def work(
    store: Store, operation: Operation, call: Call, arrival: Arrival, label: str | None, *, silent: bool
) -> tuple[Answer, bool]:
    """Do an operation once per idempotency key, and log it, in one transaction.

    Returns:
        The answer, and whether it is the answer to an earlier request with this key.

    Raises:
        Refused: The service says no; that is logged too, and nothing is done.
    """
    try:
        with store.transaction() as db:
            answer, replayed = _once(db, store, operation, call)
            log(store, arrival, None if silent else 200, label, done=not replayed)
    except Refused as refusal:
        log(store, arrival, None if silent else refusal.status, label, done=False)
        if silent:
            return {}, False
        raise
    return answer, replayed


def _once(db: sqlite3.Connection, store: Store, operation: Operation, call: Call) -> tuple[Answer, bool]:
    if call.key is None or operation.method == "GET":
        return operation.run(store, call), False
    fingerprint = json.dumps([call.subject, call.body], sort_keys=True)
    row = db.execute(
        "SELECT fingerprint, answer FROM answers WHERE operation = ? AND key = ?", (operation.name, call.key)
    ).fetchone()
    if row is not None:
        if row[0] != fingerprint:
            raise Refused(400, f"The idempotency key {call.key!r} was used for another {operation.name} request.")
        return json.loads(row[1]), True
    answer = operation.run(store, call)
    db.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (operation.name, call.key, fingerprint, json.dumps(answer)))
    return answer, False


def make_app(pool: Pool, identity: dict[str, str]) -> Application:
    """Return the service.

    Args:
        pool: The shops that it serves.
        identity: What its health check says, so that a caller can tell it from another program on this port.
    """
    shop = r"/shops/([^/]+)"
    return Application(
        [
            (r"/health", HealthHandler),
            (shop, ShopHandler),
            (rf"{shop}/admin/reset", ResetHandler),
            (rf"{shop}/admin/faults", FaultsHandler),
            (rf"{shop}/admin/stock", StockHandler),
            (rf"{shop}/admin/supplier", SupplierHandler),
            (rf"{shop}/([^/]+)/(.+)", ServiceHandler),
        ],
        log_function=lambda handler: None,
        pool=pool,
        identity=identity,
    )
