"""What only the course may ask of a shop: open it, empty it, delete it, set its fault switches."""

import asyncio
from typing import Any

from course_lib.shop import syncing
from course_lib.shop.call import Call, Refused
from course_lib.shop.faults import BadRule, rule_from
from course_lib.shop.pool import SHOP_ID
from course_lib.shop.store import HELD
from course_lib.shop.web import JsonHandler


class HealthHandler(JsonHandler):
    """Says who this is."""

    def get(self) -> None:
        """Answer the health check."""
        self.send(200, self.settings["identity"])


class ShopHandler(JsonHandler):
    """One shop as a whole."""

    def put(self, shop_id: str) -> None:
        """Open a shop, and make it when there is none of this id."""
        if not SHOP_ID.fullmatch(shop_id):
            raise Refused(400, f"A shop cannot be called {shop_id!r}.")
        store = self.pool.get(shop_id, create=True)
        assert store is not None
        self.send(200, {"id": shop_id, "seed": store.book.seed})

    def delete(self, shop_id: str) -> None:
        """Delete a shop."""
        self.pool.remove(shop_id)
        self.send(200, {})


class ResetHandler(JsonHandler):
    """Back to an empty shop without faults."""

    def post(self, shop_id: str) -> None:
        """Empty the tables."""
        self.store(shop_id).reset()
        self.send(200, {})


class StockHandler(JsonHandler):
    """How much of an article there is."""

    def put(self, shop_id: str) -> None:
        """Set the pieces on hand."""
        call = Call(self.json_body())
        store = self.store(shop_id)
        sku, on_hand = call.text("sku"), call.number("on_hand", least=0)
        with store.transaction() as db:
            db.execute("INSERT OR IGNORE INTO stock VALUES (?, 0, 0)", (sku,))
            db.execute("UPDATE stock SET on_hand = ? WHERE sku = ?", (on_hand, sku))
        self.send(200, {})


class SupplierHandler(JsonHandler):
    """The supplier's own rows."""

    def put(self, shop_id: str) -> None:
        """Change a price."""
        store, call = self.store(shop_id), Call(self.json_body())
        with store.transaction():
            answer = syncing.change(store, call)
        self.send(200, answer)


class FaultsHandler(JsonHandler):
    """The fault switches of one shop."""

    def get(self, shop_id: str) -> None:
        """Tell the seed and the switches that are on."""
        self.send(200, self.store(shop_id).book.to_json())

    async def post(self, shop_id: str) -> None:
        """Change the switches in one step: ``clear`` first, then ``seed``, then ``rules``.

        The answer comes when no request is held any more by a switch that is off: else one who turns it on again at
        once would hold them on, and one who looks would take them for others.
        """
        store, body = self.store(shop_id), self.json_body()
        try:
            rules = [rule_from(data) for data in body.get("rules", [])]
            seed = int(body["seed"]) if "seed" in body else None
        except (BadRule, TypeError, ValueError, AttributeError) as error:
            raise Refused(400, str(error)) from None
        with store.transaction():
            for service in _listed(body.get("clear", [])):
                store.book.clear(service)
            if seed is not None:
                store.book.reseed(seed)
            for rule in rules:
                store.book.put(rule)
            store.save_faults()
        said = store.book.to_json()
        while any(not store.book.on(place) for place in +store.held):  # noqa: ASYNC110 - it may be turned on again
            await asyncio.sleep(HELD / 2)
        self.send(200, said)


def _listed(value: Any) -> list[str | None]:
    if not isinstance(value, list):
        raise Refused(400, "'clear' is a list of services; null in it stands for all.")
    return value
