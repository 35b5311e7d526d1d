"""What the four services do: each operation checks its input and writes its rows, nothing else.

Faults, idempotency keys and the log of requests are the business of `course_lib.shop.app`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from course_lib.shop import syncing, undoing
from course_lib.shop.call import Answer, Call, Refused
from course_lib.shop.catalogue import page
from course_lib.shop.rows import insert, row
from course_lib.shop.store import FIRST_STOCK, Store

Run = Callable[[Store, Call], Answer]
OrderOf = Callable[[Store, Call], str | None]


def _order_in_body(store: Store, call: Call) -> str | None:
    value = call.body.get("order_id")
    return value if isinstance(value, str) else None


def _order_behind(table: str, field: str = "") -> OrderOf:
    def find(store: Store, call: Call) -> str | None:
        found = row(store, table, call.body.get(field) if field else call.subject)
        return None if found is None else str(found["order_id"])

    return find


def _address(store: Store, call: Call) -> str | None:
    """Find the address that an account is for: it stands for an order, in the log and in the aim of a fault."""
    if not call.subject:
        return call.body["email"] if isinstance(call.body.get("email"), str) else None
    found = row(store, "accounts", call.subject)
    return None if found is None else str(found["email"])


@dataclass(frozen=True)
class Operation:
    """One thing that a service does.

    Attributes:
        service: One of `course_lib.shop.faults.SERVICES`.
        name: The name that the client's method, a fault switch and the log use.
        method: The HTTP method.
        path: A pattern for the path below the service; its one group is the subject.
        run: Does it, inside a transaction.
        order_of: Finds the order that a request is about.
    """

    service: str
    name: str
    method: str
    path: str
    run: Run
    order_of: OrderOf = _order_in_body


def _charge(store: Store, call: Call) -> Answer:
    order, amount = call.text("order_id"), call.number("amount_cents", least=1)
    row_id = insert(
        store, "payments", "ch", order_id=order, kind="charge", amount_cents=amount, idempotency_key=call.key
    )
    return {"id": row_id, "amount_cents": amount}


def _refund(store: Store, call: Call) -> Answer:
    charge = row(store, "payments", call.text("charge_id"))
    if charge is None or charge["kind"] != "charge":
        raise Refused(404, f"There is no charge {call.body['charge_id']!r}.")
    whole = int(charge["amount_cents"])
    amount = whole if call.body.get("amount_cents") is None else call.number("amount_cents", least=1)
    if amount > whole:
        raise Refused(400, f"The refund of {amount} is more than the charge of {whole}.")
    # A second refund of one charge is a second row, not an error: the shop must show that mistake, not prevent it.
    row_id = insert(
        store,
        "payments",
        "re",
        order_id=charge["order_id"],
        kind="refund",
        amount_cents=-amount,
        idempotency_key=call.key,
        refund_of=charge["id"],
    )
    return {"id": row_id, "amount_cents": -amount}


def _reserve(store: Store, call: Call) -> Answer:
    order, sku, quantity = call.text("order_id"), call.text("sku"), call.number("quantity", least=1)
    store.db.execute("INSERT OR IGNORE INTO stock VALUES (?, ?, 0)", (sku, FIRST_STOCK))
    free = int(store.db.execute("SELECT on_hand - reserved FROM stock WHERE sku = ?", (sku,)).fetchone()[0])
    if quantity > free:
        raise Refused(409, f"Only {free} of {sku!r} are free, not {quantity}.")
    store.db.execute("UPDATE stock SET reserved = reserved + ? WHERE sku = ?", (quantity, sku))
    values = {"order_id": order, "sku": sku, "quantity": quantity, "state": "reserved", "idempotency_key": call.key}
    return {"id": insert(store, "reservations", "rsv", **values)}


def _release(store: Store, call: Call) -> Answer:
    found = row(store, "reservations", call.subject)
    if found is None:
        raise Refused(404, f"There is no reservation {call.subject!r}.")
    if found["state"] == "reserved":
        undoing.put_back(store, call.subject, found["sku"], found["quantity"])
    return {"id": call.subject}


def _ship(store: Store, call: Call) -> Answer:
    order, address = call.text("order_id"), call.text("address", "")
    found = store.db.execute("SELECT id FROM shipments WHERE order_id = ?", (order,)).fetchone()
    if found:
        return {"id": str(found[0])}
    return {"id": insert(store, "shipments", "parcel", order_id=order, address=address, state="sent")}


def _catalogue(store: Store, call: Call) -> Answer:
    return page(call.number("offset", least=0, default=0), call.number("limit", least=1, default=100))


def _import(store: Store, call: Call) -> Answer:
    offset, rows, job = call.number("offset", least=0), call.number("rows", least=0), call.text("job", "")
    return {"id": insert(store, "imports", "imp", job=job, offset=offset, rows=rows, idempotency_key=call.key)}


def _mail(store: Store, call: Call) -> Answer:
    order = None if call.body.get("order_id") is None else call.text("order_id")
    values = {"to": call.text("to"), "subject": call.text("subject"), "order_id": order, "idempotency_key": call.key}
    return {"id": insert(store, "mails", "mail", **values)}


def _verify(store: Store, call: Call) -> Answer:
    # A rule on the name, not a table: every customer that a chapter invents exists, and a lesson can pick a bad one.
    return {"customer_id": call.subject, "verified": not call.subject.startswith("blocked")}


def _create_account(store: Store, call: Call) -> Answer:
    values = {"email": call.text("email"), "name": call.text("name", ""), "state": "pending"}
    return {"id": insert(store, "accounts", "acc", **values, idempotency_key=call.key)}


def _account_becomes(state: str) -> Run:
    def run(store: Store, call: Call) -> Answer:
        if row(store, "accounts", call.subject) is None:
            raise Refused(404, f"There is no account {call.subject!r}.")
        store.db.execute("UPDATE accounts SET state = ? WHERE id = ?", (state, call.subject))
        return {"id": call.subject, "state": state}

    return run


def _request_review(store: Store, call: Call) -> Answer:
    values = {"order_id": call.text("order_id"), "token": call.text("task_token"), "state": "pending"}
    return {"id": insert(store, "reviews", "rev", **values, idempotency_key=call.key)}


def _pending_reviews(store: Store, call: Call) -> Answer:
    rows = store.db.execute("SELECT id, order_id, token FROM reviews WHERE state = 'pending' ORDER BY created_at, id")
    return {"reviews": [{"id": i, "order_id": order, "task_token": token} for i, order, token in rows.fetchall()]}


def _answer_review(store: Store, call: Call) -> Answer:
    found = row(store, "reviews", call.subject)
    if found is None:
        raise Refused(404, f"There is no review {call.subject!r}.")
    approved = call.body.get("approved")
    if not isinstance(approved, bool):
        raise Refused(400, f"'approved' must be true or false, not {approved!r}.")
    state = "approved" if approved else "rejected"
    store.db.execute("UPDATE reviews SET state = ? WHERE id = ?", (state, call.subject))
    return {"id": call.subject, "state": state, "order_id": found["order_id"], "task_token": found["token"]}


_ID = r"([^/]+)"
OPERATIONS = (
    Operation("payments", "charge", "POST", "charges", _charge),
    Operation("payments", "refund", "POST", "refunds", _refund, _order_behind("payments", "charge_id")),
    Operation("payments", "refund_order", "POST", "orders/refund", undoing.refund_order),
    Operation("warehouse", "reserve_stock", "POST", "reservations", _reserve),
    Operation(
        "warehouse", "release_stock", "POST", f"reservations/{_ID}/release", _release, _order_behind("reservations")
    ),
    Operation("warehouse", "release_order", "POST", "orders/release", undoing.release_order),
    Operation("warehouse", "ship", "POST", "shipments", _ship),
    Operation("warehouse", "recall_parcel", "POST", "orders/recall", undoing.recall_parcel),
    Operation("warehouse", "catalogue_page", "GET", "catalogue", _catalogue),
    Operation("warehouse", "record_import", "POST", "imports", _import),
    Operation("warehouse", "supplier_changes", "GET", "changes/([0-9]+/[0-9]+)", syncing.changes),
    Operation("warehouse", "save_articles", "POST", "articles", syncing.save),
    Operation("warehouse", "set_aside", "POST", "aside", syncing.set_aside),
    Operation("mailer", "send_mail", "POST", "mails", _mail),
    Operation("identity", "verify_customer", "GET", "customers/(.+)", _verify),
    Operation("identity", "create_account", "POST", "accounts", _create_account, _address),
    Operation("identity", "activate_account", "POST", f"accounts/{_ID}/activate", _account_becomes("active"), _address),
    Operation("identity", "delete_account", "POST", f"accounts/{_ID}/delete", _account_becomes("deleted"), _address),
    Operation("identity", "request_review", "POST", "reviews", _request_review),
    Operation("identity", "pending_reviews", "GET", "reviews", _pending_reviews),
    Operation("identity", "answer_review", "POST", f"reviews/{_ID}/answer", _answer_review, _order_behind("reviews")),
)
_ROUTES = [(operation, re.compile(operation.path)) for operation in OPERATIONS]


def find(method: str, service: str, path: str) -> tuple[Operation, str] | None:
    """Return the operation behind a request, and the id in its path."""
    for operation, pattern in _ROUTES:
        if operation.method == method and operation.service == service and (match := pattern.fullmatch(path)):
            return operation, (match.group(1) if pattern.groups else "")
    return None
