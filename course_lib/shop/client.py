"""The client of the shop's services, for activities.

It imports nothing of the course and, at module level, only light parts of the standard library. So a module that
holds a workflow may import it at its top: Temporal's sandbox imports that module afresh for every run. An exported
project carries this file alone, as ``shop_client.py``; it needs the package httpx.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Coroutine, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

if TYPE_CHECKING:
    import httpx

__all__ = [
    "BadRequest",
    "BlockingShopClient",
    "CardDeclined",
    "OutOfStock",
    "ShopClient",
    "ShopError",
    "ShopTimeout",
    "ShopUnavailable",
]

P = ParamSpec("P")
T = TypeVar("T")


class ShopError(Exception):
    """Any failure of a call to the shop.

    Args:
        message: What happened, one sentence.
        status: The HTTP status, or None when no answer came.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class CardDeclined(ShopError):
    """The payment service declined the card (402): the same card will be declined again."""


class ShopUnavailable(ShopError):
    """The service is down, failed, or cannot be reached (5xx): it has done nothing, so try again later."""


class ShopTimeout(ShopError):
    """No answer came. The service may have done the work, or not: nobody on this side can know."""


class BadRequest(ShopError):
    """The service does not accept this request (4xx): sending it again will not help."""


class OutOfStock(BadRequest):
    """The warehouse has fewer free pieces than asked for (409)."""


class _Base:
    def __init__(self, base_url: str | None = None, *, timeout: float = 5.0) -> None:
        self._base_url = base_url
        self._timeout = timeout

    def _options(self) -> dict[str, Any]:
        # Read here and not in __init__: a client may be made at the top of a module, before SHOP_URL is set.
        url = self._base_url or os.environ.get("SHOP_URL")
        if not url:
            raise ShopError("Which shop? Pass base_url, or set the environment variable SHOP_URL.")
        # No proxy and no certificates for a service on this machine: loading them would take 60 ms each time.
        return {"base_url": url, "timeout": self._timeout, "trust_env": False, "verify": False}

    async def _request(self, *what: Any, **content: Any) -> httpx.Response:
        raise NotImplementedError

    async def _send(
        self, method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None
    ) -> dict[str, Any]:
        import httpx

        headers = {"Idempotency-Key": key} if key else {}
        try:
            return _read(await self._request(method, path, json=body, headers=headers))
        except httpx.TransportError as error:
            # From None: httpx's own chain of causes, with its traces, is longer than what the server keeps of an
            # activity's failure, which then says neither type nor message.
            raise self._lost(error, path) from None

    def _lost(self, error: httpx.TransportError, path: str) -> ShopError:
        import httpx

        service = path.split("/")[1]
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
            return ShopUnavailable(f"{service} cannot be reached: {error}")
        if isinstance(error, httpx.TimeoutException):
            return ShopTimeout(f"{service} did not answer within {self._timeout:g} s; it may have done the work.")
        return ShopTimeout(f"{service} dropped the connection without an answer; it may have done the work.")


def _count(rows: int | Sequence[object]) -> int:
    return rows if isinstance(rows, int) else len(rows)


def _read(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = {}
    if response.is_success and isinstance(body, dict):
        return body
    status = response.status_code
    message = str(body.get("error") or f"HTTP {status}") if isinstance(body, dict) else f"HTTP {status}"
    kinds: dict[int, type[ShopError]] = {402: CardDeclined, 409: OutOfStock}
    raise kinds.get(status, ShopUnavailable if status >= 500 else BadRequest)(message, status)


class ShopClient(_Base):
    """The shop's services, for ``async def`` activities.

    As a context manager it keeps its connections open between calls; without, each call opens and closes one.
    Every call may raise `ShopUnavailable`, `ShopTimeout` or `BadRequest`. Calls are never repeated: that is the
    workflow's business. With an ``idempotency_key`` a change is made once per key and operation, and repeating the
    call returns the first answer.

    Args:
        base_url: The shop's address; without, the environment variable SHOP_URL.
        timeout: Seconds to wait for an answer.
    """

    _http: httpx.AsyncClient | None = None

    async def __aenter__(self) -> ShopClient:
        import httpx

        self._http = httpx.AsyncClient(**self._options())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def _request(self, *what: Any, **content: Any) -> httpx.Response:
        import httpx

        if self._http is not None:
            return await self._http.request(*what, **content)
        async with httpx.AsyncClient(**self._options()) as http:
            return await http.request(*what, **content)

    async def verify_customer(self, customer_id: str) -> dict[str, Any]:
        """Ask identity who this is: ``{"customer_id": …, "verified": …}``; ids that begin with "blocked" are not."""
        return await self._send("GET", f"/identity/customers/{quote(customer_id, safe='')}")

    async def create_account(self, email: str, name: str = "", *, idempotency_key: str | None = None) -> str:
        """Create an account that waits for its activation, and return its id."""
        body = {"email": email, "name": name}
        return str((await self._send("POST", "/identity/accounts", body, idempotency_key))["id"])

    async def activate_account(self, account_id: str, *, idempotency_key: str | None = None) -> None:
        """Activate an account."""
        await self._send("POST", f"/identity/accounts/{quote(account_id, safe='')}/activate", {}, idempotency_key)

    async def delete_account(self, account_id: str, *, idempotency_key: str | None = None) -> None:
        """Delete an account; its row stays, with the state "deleted"."""
        await self._send("POST", f"/identity/accounts/{quote(account_id, safe='')}/delete", {}, idempotency_key)

    async def request_review(self, order_id: str, task_token_b64: str, *, idempotency_key: str | None = None) -> str:
        """Ask a human to look at an order, and return the review's id.

        Args:
            order_id: The order.
            task_token_b64: The activity's task token in base64; whoever answers completes the activity with it.
            idempotency_key: See the class.
        """
        body = {"order_id": order_id, "task_token": task_token_b64}
        return str((await self._send("POST", "/identity/reviews", body, idempotency_key))["id"])

    async def pending_reviews(self) -> list[dict[str, Any]]:
        """Return the reviews that wait for an answer: ``id``, ``order_id`` and ``task_token`` of each."""
        return list((await self._send("GET", "/identity/reviews"))["reviews"])

    async def answer_review(
        self, review_id: str, approved: bool, *, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Record a human's answer, and return the review with its ``task_token``."""
        path = f"/identity/reviews/{quote(review_id, safe='')}/answer"
        return await self._send("POST", path, {"approved": approved}, idempotency_key)

    async def charge(self, order_id: str, amount_cents: int, *, idempotency_key: str | None = None) -> str:
        """Charge the customer of an order, and return the charge's id.

        Raises:
            CardDeclined: The card was declined.
        """
        body = {"order_id": order_id, "amount_cents": amount_cents}
        return str((await self._send("POST", "/payments/charges", body, idempotency_key))["id"])

    async def refund(
        self, charge_id: str, amount_cents: int | None = None, *, idempotency_key: str | None = None
    ) -> str:
        """Give a charge back, whole or in part, and return the refund's id."""
        body = {"charge_id": charge_id, "amount_cents": amount_cents}
        return str((await self._send("POST", "/payments/refunds", body, idempotency_key))["id"])

    async def refund_order(self, order_id: str) -> int:
        """Give back whatever an order was charged and has not got back yet, and return the cents.

        It needs no charge's id, and where nothing is left it does nothing: safe to repeat, safe to ask too often.
        """
        return int((await self._send("POST", "/payments/orders/refund", {"order_id": order_id}))["amount_cents"])

    async def reserve_stock(
        self, order_id: str, sku: str, quantity: int = 1, *, idempotency_key: str | None = None
    ) -> str:
        """Set pieces of an article aside for an order, and return the reservation's id.

        Raises:
            OutOfStock: There are fewer free pieces.
        """
        body = {"order_id": order_id, "sku": sku, "quantity": quantity}
        return str((await self._send("POST", "/warehouse/reservations", body, idempotency_key))["id"])

    async def release_stock(self, reservation_id: str, *, idempotency_key: str | None = None) -> None:
        """Put reserved pieces back; doing it again changes nothing."""
        path = f"/warehouse/reservations/{quote(reservation_id, safe='')}/release"
        await self._send("POST", path, {}, idempotency_key)

    async def release_order(self, order_id: str) -> int:
        """Put back all pieces that are reserved for an order, and return how many; with none it does nothing.

        Raises:
            BadRequest: An article whose name begins with "engraved" cannot go back on the shelf.
        """
        return int((await self._send("POST", "/warehouse/orders/release", {"order_id": order_id}))["quantity"])

    async def ship(self, order_id: str, address: str = "", *, idempotency_key: str | None = None) -> str:
        """Send an order's parcel and return its id. An order has one parcel, however often this is called."""
        body = {"order_id": order_id, "address": address}
        return str((await self._send("POST", "/warehouse/shipments", body, idempotency_key))["id"])

    async def recall_parcel(self, order_id: str) -> int:
        """Call an order's parcel back, and return how many were under way: 1, or 0 when there is none."""
        return int((await self._send("POST", "/warehouse/orders/recall", {"order_id": order_id}))["recalled"])

    async def catalogue_page(self, offset: int, limit: int = 100) -> list[dict[str, Any]]:
        """Return rows of the supplier's catalogue (10,000 in all); an empty list past its end."""
        return list((await self._send("GET", f"/warehouse/catalogue?offset={offset}&limit={limit}"))["rows"])

    async def record_import(
        self, offset: int, rows: int | Sequence[object], *, job: str = "", idempotency_key: str | None = None
    ) -> str:
        """Note that these rows (or that many) from ``offset`` on were imported, and return the note's id."""
        body = {"offset": offset, "rows": _count(rows), "job": job}
        return str((await self._send("POST", "/warehouse/imports", body, idempotency_key))["id"])

    async def supplier_changes(self, after: int, limit: int = 100) -> list[dict[str, Any]]:
        """Return the supplier's rows that changed after a version, oldest change first; an empty list at the end.

        Args:
            after: The ``version`` of the last row that you have; 0 for all rows.
            limit: How many rows at most; the supplier sends no more than 1,000.
        """
        return list((await self._send("GET", f"/warehouse/changes/{after}/{limit}"))["rows"])

    async def save_articles(self, rows: Sequence[dict[str, Any]], *, job: str = "") -> int:
        """Write rows into the shop's articles, and return how many. Again changes nothing: an article has one row.

        Raises:
            BadRequest: A row is no article; then none of them is written.
        """
        return int((await self._send("POST", "/warehouse/articles", {"rows": list(rows), "job": job}))["rows"])

    async def set_aside(self, row: dict[str, Any], reason: str, *, job: str = "") -> str:
        """Keep a row that cannot be saved, for a human to look at; again changes nothing."""
        body = {"row": row, "reason": reason, "job": job}
        return str((await self._send("POST", "/warehouse/aside", body))["id"])

    async def send_mail(
        self, to: str, subject: str, *, order_id: str | None = None, idempotency_key: str | None = None
    ) -> str:
        """Send a mail and return its id."""
        body = {"to": to, "subject": subject, "order_id": order_id}
        return str((await self._send("POST", "/mailer/mails", body, idempotency_key))["id"])


def _blocking(
    method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[BlockingShopClient, P], T]:
    """Return a method that runs to its end at once: nothing in a blocking client waits for an event loop."""

    @functools.wraps(method)
    def call(client: BlockingShopClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            method(client, *args, **kwargs).send(None)
        except StopIteration as ended:
            result: T = ended.value
            return result
        raise AssertionError("a blocking client waited for an event loop")

    return call


class BlockingShopClient(_Base):
    """The same as `ShopClient`, for threaded (``def``) activities and plain scripts; threads may share one.

    Args:
        base_url: The shop's address; without, the environment variable SHOP_URL.
        timeout: Seconds to wait for an answer.
    """

    _http: httpx.Client | None = None

    def __enter__(self) -> BlockingShopClient:
        import httpx

        self._http = httpx.Client(**self._options())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        http, self._http = self._http, None
        if http is not None:
            http.close()

    async def _request(self, *what: Any, **content: Any) -> httpx.Response:
        import httpx

        if self._http is not None:
            return self._http.request(*what, **content)
        with httpx.Client(**self._options()) as http:
            return http.request(*what, **content)  # noqa: ASYNC212 - see `_blocking`

    verify_customer = _blocking(ShopClient.verify_customer)
    create_account = _blocking(ShopClient.create_account)
    activate_account = _blocking(ShopClient.activate_account)
    delete_account = _blocking(ShopClient.delete_account)
    request_review = _blocking(ShopClient.request_review)
    pending_reviews = _blocking(ShopClient.pending_reviews)
    answer_review = _blocking(ShopClient.answer_review)
    charge = _blocking(ShopClient.charge)
    refund = _blocking(ShopClient.refund)
    refund_order = _blocking(ShopClient.refund_order)
    reserve_stock = _blocking(ShopClient.reserve_stock)
    release_stock = _blocking(ShopClient.release_stock)
    release_order = _blocking(ShopClient.release_order)
    ship = _blocking(ShopClient.ship)
    recall_parcel = _blocking(ShopClient.recall_parcel)
    catalogue_page = _blocking(ShopClient.catalogue_page)
    record_import = _blocking(ShopClient.record_import)
    supplier_changes = _blocking(ShopClient.supplier_changes)
    save_articles = _blocking(ShopClient.save_articles)
    set_aside = _blocking(ShopClient.set_aside)
    send_mail = _blocking(ShopClient.send_mail)
