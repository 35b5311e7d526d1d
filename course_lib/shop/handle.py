"""What a notebook and a grader hold: one shop, its tables and its switches."""

import re
import sqlite3
from collections.abc import Collection
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.shop import catalogue, process, tables, words
from course_lib.shop.client import BlockingShopClient, ShopClient
from course_lib.shop.control import Unreachable, ask
from course_lib.shop.faults import FaultBook, Place
from course_lib.shop.looking import Watcher
from course_lib.shop.store import TABLES
from course_lib.shop.switches import Faults

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_NAME = 60
_PLACE = ("kind", "service", "operation", "order_id")


class Shop:
    """One shop: tables and fault switches of its own, in a process that outlives the kernel.

    When the process was killed, the next call to any of these methods starts it again, on the same port: Workers have
    it in SHOP_URL. Its files are there, so nothing is lost. `calm`, `running` and `answers` start nothing.

    Args:
        name: The shop's name.
        port: The port of the service that serves it.
    """

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self._port = port
        self.faults = Faults(self._ask, self)
        """The switches for what goes wrong."""

    @property
    def url(self) -> str:
        """The base URL, for ``ShopClient`` and the environment variable SHOP_URL."""
        return f"http://127.0.0.1:{self._port}/shops/{self.name}"

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return process.folder() / f"{self.name}.sqlite"

    def client(self, timeout: float = 5.0) -> ShopClient:
        """Return a client of this shop for ``async`` code.

        Args:
            timeout: Seconds to wait for an answer.
        """
        self._revive()
        return ShopClient(self.url, timeout=timeout)

    def blocking_client(self, timeout: float = 5.0) -> BlockingShopClient:
        """Return a client of this shop for plain code and threads.

        Args:
            timeout: Seconds to wait for an answer.
        """
        self._revive()
        return BlockingShopClient(self.url, timeout=timeout)

    def table(self, name: str, /, **where: object) -> "pd.DataFrame":
        """Return one table, or the rows of it that have the given values.

        Args:
            name: The table.
            **where: Values by column, for example ``order_id="order-1"``.

        Raises:
            CourseError: There is no such table or column, or the shop's file cannot be read.
        """
        if name not in TABLES:
            raise CourseError(f"The shop has no table {name!r}.", fix=f"choose one of: {', '.join(TABLES)}.")
        frame = self._read((name,))[name]
        for column, value in where.items():
            if column not in frame.columns:
                known = ", ".join(frame.columns)
                raise CourseError(f"The table {name} has no column {column!r}.", fix=f"choose one of: {known}.")
            frame = frame[frame[column] == value]
        return frame

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Return all tables by name, as of one moment."""
        return self._read(TABLES)

    @property
    def payments(self) -> "pd.DataFrame":
        """Money movements: charges above zero, refunds below, so that the sum is what the shop holds."""
        return self.table("payments")

    @property
    def stock(self) -> "pd.DataFrame":
        """Pieces on hand and reserved of every article that was asked for."""
        return self.table("stock")

    @property
    def reservations(self) -> "pd.DataFrame":
        """Reservations, with the state "reserved" or "released"."""
        return self.table("reservations")

    @property
    def shipments(self) -> "pd.DataFrame":
        """Parcels, at most one per order, with the state "sent" or "recalled"."""
        return self.table("shipments")

    @property
    def mails(self) -> "pd.DataFrame":
        """Mails sent."""
        return self.table("mails")

    @property
    def accounts(self) -> "pd.DataFrame":
        """Accounts, with the state "pending", "active" or "deleted"."""
        return self.table("accounts")

    @property
    def reviews(self) -> "pd.DataFrame":
        """Human reviews, with the state "pending", "approved" or "rejected"."""
        return self.table("reviews")

    @property
    def imports(self) -> "pd.DataFrame":
        """Imported batches of the catalogue."""
        return self.table("imports")

    @property
    def articles(self) -> "pd.DataFrame":
        """The shop's own articles, one row each: the target of a sync."""
        return self.table("articles")

    @property
    def supplier(self) -> "pd.DataFrame":
        """The supplier's rows as they are now, in the order of their last change: the source of a sync."""
        import pandas as pd

        changes = self.table("changes")
        made = zip(changes["sku"], zip(changes["version"], changes["price_cents"], strict=True), strict=True)
        return pd.DataFrame(catalogue.after(dict(made), 0))

    @property
    def requests(self) -> "pd.DataFrame":
        """Every request: status (missing when no answer was sent), fault, and whether the work was done."""
        return self.table("requests")

    def waiting(self, order_id: str | None) -> list[str]:
        """Return the operations of an order's requests that wait at this moment: for a latency, an answer, a release.

        Args:
            order_id: The order; None for the requests that are about no order, such as those of an import.
        """
        look = Watcher(self.path).look()
        return [str(row["operation"]) for row in reversed(look.waiting) if row["order_id"] == order_id]

    def running(self) -> bool:
        """Return whether the shop's process lives; one that lives may still hang."""
        return process.alive()

    def answers(self) -> bool:
        """Return whether the shop's process answers, within two seconds, and is of this version of the course."""
        return process.running() is not None

    def start(self) -> None:
        """Start the shop's process again when it does not run or hangs. Its files are there, so nothing is lost.

        Raises:
            CourseError: It does not start, or not on the port that it had.
        """
        self._find_service()
        self._ask("PUT", "", None)

    def calm(self, timeout: float = 1.0, keep: Collection[Place] = ()) -> list[str]:
        """Turn every fault off, and return the names of those that were on, such as "payments outage".

        For ends: it never starts a shop that is not there, and never takes long.

        Args:
            timeout: Seconds that the shop gets for each of two requests.
            keep: The places of switches that stay as they are.
        """
        whole = f"/shops/{self.name}/admin/faults"
        try:
            status, answer = ask(self._port, "GET", whole, timeout=timeout)
            rules = (
                [rule for rule in FaultBook.from_json(answer).rules if rule.place not in keep] if status == 200 else []
            )
            if not rules:
                return []
            off = [dict(zip(_PLACE, rule.place, strict=True), times=0) for rule in rules]
            status, _ = ask(self._port, "POST", whole, {"rules": off} if keep else {"clear": [None]}, timeout=timeout)
        except Unreachable:
            return []
        return words.names(rules) if status == 200 else []

    def set_stock(self, sku: str, on_hand: int) -> None:
        """Set how many pieces of an article there are.

        Args:
            sku: The article.
            on_hand: Pieces, reserved ones included.
        """
        self._ask("PUT", "/admin/stock", {"sku": sku, "on_hand": on_hand})

    def change_article(self, sku: str, price_cents: int | str) -> None:
        """Let the supplier change a price; the row moves to the end of the feed.

        Args:
            sku: The article.
            price_cents: Its new price; text makes it a row that cannot be saved.
        """
        self._ask("PUT", "/admin/supplier", {"sku": sku, "price_cents": price_cents})

    def reset(self) -> None:
        """Empty every table and turn every fault off. Ids go on, so an old id never names a new row."""
        self._ask("POST", "/admin/reset", None)

    def delete(self) -> None:
        """Delete this shop and its file, after a grading run."""
        self._ask("DELETE", "", None)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} {len(frame)}" for name, frame in self.tables().items() if len(frame))
        return f"Shop {self.name!r} at {self.url}: {sizes or 'all tables are empty'}"

    def _revive(self) -> None:
        """Start the process again when it has ended: whoever looks at a shop expects that it works."""
        if not self.running():
            self._find_service()

    def _find_service(self) -> None:
        before, self._port = self._port, process.service()
        if self._port != before:
            raise CourseError(
                f"The shop's process has come back on port {self._port}: another program has its port {before} now.",
                fix="run the chapter's first cell again, then the cells that start worker processes.",
            )

    def _read(self, names: tuple[str, ...]) -> "dict[str, pd.DataFrame]":
        self._revive()
        try:
            return tables.read(self.path, names)
        except sqlite3.Error as error:
            raise CourseError(
                f"The shop's tables cannot be read: {error}.",
                tried=[f"to read {self.path}"],
                fix="run the chapter's first cell again: it opens the shop.",
            ) from error

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        whole = f"/shops/{self.name}{path}"
        try:
            status, answer = ask(self._port, method, whole, body)
        except Unreachable:
            # It was stopped or killed; its files are there, so starting it again loses nothing.
            self._find_service()
            try:
                status, answer = ask(self._port, method, whole, body)
            except Unreachable as error:
                fix = f"read {process.daemon().log_file}."
                raise CourseError("The shop does not answer.", tried=[str(error)], fix=fix) from error
        if status != 200:
            raise CourseError(
                str(answer.get("error", f"The shop answered {status}.")),
                fix="run the chapter's first cell again: it opens the shop." if status in (404, 500) else "",
            )
        return answer


def open_shop(name: str) -> Shop:
    """Open a shop, and make it when there is none of this name; start the service when it does not run.

    Args:
        name: Any text, such as the learner's name and the chapter; two names never share a shop.

    Raises:
        CourseError: The service does not start or does not answer.
    """
    shop = Shop(_file_name(name), process.service())
    shop._ask("PUT", "", None)
    return shop


def _file_name(name: str) -> str:
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")[:_LONGEST_NAME] or "shop"
    if plain == name:
        return plain
    # Different names may look the same now, or differ in case alone, which some file systems ignore.
    return f"{plain}-{blake2b(name.encode(), digest_size=4).hexdigest()}"
