"""What the four services write, seen through the client and the tables."""

import asyncio

import httpx
import pytest

from course_lib.errors import CourseError
from course_lib.shop import BadRequest, OutOfStock, Shop, ShopUnavailable, open_shop
from course_lib.shop.client import ShopClient


async def test_without_a_key_two_charges_are_two_rows_with_a_key_one(shop: Shop):
    async with shop.client() as client:
        twice = {await client.charge("o1", 500), await client.charge("o1", 500)}
        once = {await client.charge("o2", 700, idempotency_key="pay-o2") for _ in range(3)}
    assert len(twice) == 2
    assert len(once) == 1
    assert shop.payments.query("order_id == 'o1'").amount_cents.tolist() == [500, 500]
    assert shop.payments.query("order_id == 'o2'").idempotency_key.tolist() == ["pay-o2"]
    assert shop.requests.query("order_id == 'o2'").done.tolist() == [True, False, False]


async def test_concurrent_requests_with_one_key_do_the_work_once(shop: Shop):
    shop.faults.latency("payments", 0.1, jitter=0.1)
    async with shop.client() as client:
        ids = await asyncio.gather(*(client.charge("o1", 500, idempotency_key="k") for _ in range(20)))
    assert len(set(ids)) == 1
    assert len(shop.payments) == 1


async def test_a_key_used_for_another_request_is_refused(shop: Shop):
    async with shop.client() as client:
        await client.charge("o1", 500, idempotency_key="k")
        with pytest.raises(BadRequest, match="was used for another charge request"):
            await client.charge("o1", 501, idempotency_key="k")
    assert len(shop.payments) == 1


async def test_one_key_for_charge_and_refund_does_both(shop: Shop):
    async with shop.client() as client:
        charge = await client.charge("o1", 500, idempotency_key="o1")
        await client.refund(charge, idempotency_key="o1")
    assert shop.payments.kind.tolist() == ["charge", "refund"]


async def test_the_ledger_of_charge_and_refund_sums_to_zero(shop: Shop):
    async with shop.client() as client:
        charge = await client.charge("o1", 500)
        await client.refund(charge, 200)
        await client.refund(charge, 300)
        assert shop.payments.amount_cents.sum() == 0
        await client.refund(charge)
    assert shop.payments.amount_cents.sum() == -500, "a refund made twice must show"
    assert shop.payments.refund_of.tolist()[1:] == [charge] * 3
    assert set(shop.payments.order_id) == {"o1"}


async def test_refund_of_what_was_never_charged_is_refused(shop: Shop):
    async with shop.client() as client:
        with pytest.raises(BadRequest, match="There is no charge 'ch_99'"):
            await client.refund("ch_99")
        charge = await client.charge("o1", 500)
        refund = await client.refund(charge, 100)
        with pytest.raises(BadRequest, match="There is no charge"):
            await client.refund(refund)
        with pytest.raises(BadRequest, match="more than the charge"):
            await client.refund(charge, 501)
    assert len(shop.payments) == 2


async def test_refund_by_order_gives_back_what_is_left_and_nothing_twice(shop: Shop):
    async with shop.client() as client:
        assert await client.refund_order("o1") == 0
        first, second = await client.charge("o1", 500), await client.charge("o1", 700)
        await client.charge("o2", 900)
        await client.refund(first, 200)
        assert [await client.refund_order("o1") for _ in range(2)] == [1000, 0]
    mine = shop.table("payments", order_id="o1")
    assert mine.amount_cents.tolist() == [500, 700, -200, -300, -700]
    assert mine.refund_of.tolist()[2:] == [first, first, second]
    assert shop.payments.amount_cents.sum() == 900
    # Nothing keeps a charge from landing after its refund: the order of the calls is the caller's business.
    async with shop.client() as client:
        await client.charge("o1", 500)
    assert shop.table("payments", order_id="o1").amount_cents.sum() == 500


async def test_a_charge_refunded_too_often_has_nothing_left(shop: Shop):
    async with shop.client() as client:
        charge = await client.charge("o1", 500)
        await client.refund(charge)
        await client.refund(charge)
        assert await client.refund_order("o1") == 0
    assert shop.payments.amount_cents.sum() == -500


async def test_release_by_order_puts_everything_back_once(shop: Shop):
    async with shop.client() as client:
        assert await client.release_order("o1") == 0
        await client.reserve_stock("o1", "mug", 2)
        await client.reserve_stock("o1", "lamp", 3)
        await client.reserve_stock("o2", "mug", 1)
        assert [await client.release_order("o1") for _ in range(2)] == [5, 0]
    assert shop.table("reservations", order_id="o1").state.tolist() == ["released"] * 2
    assert dict(zip(shop.stock.sku, shop.stock.reserved, strict=True)) == {"mug": 1, "lamp": 0}


async def test_an_engraved_article_cannot_be_put_back(shop: Shop):
    async with shop.client() as client:
        await client.reserve_stock("o1", "mug")
        one = await client.reserve_stock("o1", "engraved mug")
        for call in (client.release_order("o1"), client.release_stock(one)):
            with pytest.raises(BadRequest, match="cannot go back on the shelf"):
                await call
    assert set(shop.reservations.state) == {"reserved"}, "a refused request has done nothing"


async def test_a_parcel_is_recalled_once_and_stays_so(shop: Shop):
    async with shop.client() as client:
        assert await client.recall_parcel("o1") == 0
        parcel = await client.ship("o1")
        await client.ship("o2")
        assert [await client.recall_parcel("o1") for _ in range(2)] == [1, 0]
        assert await client.ship("o1") == parcel
    assert dict(zip(shop.shipments.order_id, shop.shipments.state, strict=True)) == {"o1": "recalled", "o2": "sent"}


async def test_a_fault_aims_at_what_undoes_an_order(shop: Shop):
    shop.faults.outage("payments", operation="refund_order", order_id="o1", times=1)
    async with shop.client() as client:
        await client.charge("o1", 500)
        with pytest.raises(ShopUnavailable):
            await client.refund_order("o1")
        assert await client.refund_order("o1") == 500
    with shop.blocking_client() as blocking:
        assert [blocking.refund_order("o1"), blocking.release_order("o1"), blocking.recall_parcel("o1")] == [0, 0, 0]


async def test_reserve_and_release_keep_the_stock_right(shop: Shop):
    shop.set_stock("mug", 3)
    async with shop.client() as client:
        first = await client.reserve_stock("o1", "mug", 2)
        with pytest.raises(OutOfStock, match="Only 1 of 'mug'"):
            await client.reserve_stock("o2", "mug", 2)
        await client.release_stock(first)
        await client.release_stock(first)
        await client.reserve_stock("o2", "mug", 3)
    assert shop.stock.to_dict("records") == [{"sku": "mug", "on_hand": 3, "reserved": 3}]
    assert shop.reservations.state.tolist() == ["released", "reserved"]
    assert shop.requests.status.tolist() == [200, 409, 200, 200, 200]


async def test_an_order_has_one_parcel(shop: Shop):
    async with shop.client() as client:
        parcels = {await client.ship("o1", "1 Lane"), await client.ship("o1", "1 Lane"), await client.ship("o1")}
        other = await client.ship("o2")
    assert len(parcels) == 1
    assert other not in parcels
    assert shop.shipments.address.tolist() == ["1 Lane", ""]


async def test_mail_accounts_and_customers(shop: Shop):
    async with shop.client() as client:
        await client.send_mail("ada@example.org", "Welcome", order_id="o1")
        await client.send_mail("ada@example.org", "Welcome", order_id="o1")
        account = await client.create_account("ada@example.org", "Ada", idempotency_key="reg-ada")
        assert await client.create_account("ada@example.org", "Ada", idempotency_key="reg-ada") == account
        await client.activate_account(account)
        other = await client.create_account("bob@example.org")
        await client.delete_account(other)
        assert await client.verify_customer("ada/1 ?") == {"customer_id": "ada/1 ?", "verified": True}
        assert (await client.verify_customer("blocked-7"))["verified"] is False
    assert shop.mails.to.tolist() == ["ada@example.org"] * 2
    assert shop.accounts.state.tolist() == ["active", "deleted"]
    # A request about an account is told by its address, so that a fault can aim at one of many.
    asked = shop.requests[shop.requests.operation.str.endswith("_account")]
    assert asked.order_id.tolist() == ["ada@example.org"] * 3 + ["bob@example.org"] * 2


async def test_a_review_carries_the_task_token_to_whoever_answers(shop: Shop):
    async with shop.client() as client:
        review = await client.request_review("o1", "dG9rZW4=")
        assert await client.pending_reviews() == [{"id": review, "order_id": "o1", "task_token": "dG9rZW4="}]
        answered = await client.answer_review(review, approved=True)
        assert answered["task_token"] == "dG9rZW4="
        assert await client.pending_reviews() == []
    assert shop.reviews.state.tolist() == ["approved"]


async def test_the_catalogue_has_ten_thousand_rows_and_imports_are_noted(shop: Shop):
    async with shop.client() as client:
        offset, skus = 0, set()
        while rows := await client.catalogue_page(offset, 1000):
            skus |= {row["sku"] for row in rows}
            await client.record_import(offset, rows, job="j1")
            offset += len(rows)
        assert await client.catalogue_page(50, 2) == await client.catalogue_page(50, 2)
        await client.record_import(0, 1000)
    assert len(skus) == 10_000
    assert shop.imports.offset.tolist() == [*range(0, 10_000, 1000), 0]
    assert shop.imports.rows.sum() == 11_000


@pytest.mark.parametrize("amount", [0, -5, 1.5, "5.0", None, True, 2**60])
async def test_an_amount_that_is_no_amount_is_refused(shop: Shop, amount: object):
    async with shop.client() as client:
        with pytest.raises(BadRequest, match="'amount_cents' must be a whole number of at least 1") as caught:
            await client.charge("o1", amount)  # type: ignore[arg-type]
    assert caught.value.status == 400
    assert shop.payments.empty
    assert shop.requests.done.tolist() == [False]


async def test_markup_and_quotes_come_back_as_they_were(shop: Shop):
    nasty = "<b>o'1\"; DROP TABLE payments --</b> é☃"
    async with shop.client() as client:
        await client.charge(nasty, 1, idempotency_key="clé-☃".encode().hex())
        await client.send_mail(nasty, nasty)
    assert shop.payments.order_id.tolist() == [nasty]
    assert shop.mails.subject.tolist() == [nasty]


async def test_every_request_is_logged_also_reads_and_refusals(shop: Shop):
    async with shop.client() as client:
        await client.charge("o1", 5, idempotency_key="k")
        await client.verify_customer("ada")
        with pytest.raises(BadRequest, match="There is no service 'bakery'"):
            await client._send("POST", "/bakery/breads", {})
        with pytest.raises(BadRequest, match="payments has no POST /tips"):
            await client._send("POST", "/payments/tips", {})
    log = shop.requests
    assert log.operation.tolist() == ["charge", "verify_customer", None]
    assert log.path.tolist() == ["/payments/charges", "/identity/customers/ada", "/payments/tips"]
    assert log.status.tolist() == [200, 200, 404]
    assert log.call.tolist() == [1, 1, 2]
    assert log.idempotency_key.tolist() == ["k", None, None]


async def test_a_web_page_cannot_reach_the_shop(shop: Shop):
    async with httpx.AsyncClient(base_url=shop.url, trust_env=False) as web:
        body = {"order_id": "o1", "amount_cents": 5}
        assert (
            await web.post("/payments/charges", json=body, headers={"Origin": "http://evil.org"})
        ).status_code == 403
        assert (await web.post("/payments/charges", json=body, headers={"Host": "evil.org"})).status_code == 403
        assert (await web.post("/payments/charges", content=b"[1]")).status_code == 400
        assert (await web.post("/payments/charges", content=b"{")).status_code == 400
    assert shop.payments.empty


async def test_shops_do_not_see_each_other(shop: Shop):
    other = open_shop("Zoë Müller / 04")
    other.faults.outage("payments")
    async with shop.client() as client:
        await client.charge("o1", 5)
    assert other.payments.empty
    assert shop.faults.current().empty
    other.delete()


async def test_a_call_to_a_shop_that_was_deleted_says_so():
    gone = open_shop("short-lived")
    gone.delete()
    async with ShopClient(gone.url) as client:
        with pytest.raises(BadRequest, match="There is no shop 'short-lived'"):
            await client.charge("o1", 5)
    assert not gone.path.exists()


async def test_a_reader_of_the_feed_misses_nothing_that_changes_meanwhile(shop: Shop):
    async with shop.client() as client:
        first = await client.supplier_changes(0, 300)
        shop.change_article(first[5]["sku"], 7)
        shop.change_article("SKU-00300", 9)
        read, last = first, first[-1]["version"]
        while page := await client.supplier_changes(last, 5000):
            assert len(page) <= 1000
            read, last = [*read, *page], page[-1]["version"]
    assert len(read) == 10_001
    assert [row["version"] for row in read] == sorted(row["version"] for row in read)
    newest = {row["sku"]: row for row in read}
    assert list(shop.supplier.sku)[-2:] == [first[5]["sku"], "SKU-00300"]
    assert {row["sku"]: row for row in shop.supplier.to_dict("records")} == newest
    assert [row["sku"] for row in newest.values() if row["price_cents"] == "on request"] == ["SKU-04711"]


async def test_rows_are_saved_all_or_none_and_an_old_version_replaces_no_new_one(shop: Shop):
    async with shop.client() as client:
        good, bad = await client.supplier_changes(4710, 2)
        with pytest.raises(BadRequest, match="SKU-04711: price_cents must be a whole number"):
            await client.save_articles([good, bad], job="j")
        assert shop.articles.empty
        assert await client.save_articles([{**good, "version": 20_000, "price_cents": 1}], job="j") == 1
        await client.save_articles([good], job="late")
        assert await client.set_aside(bad, "no price") == await client.set_aside(bad, "no price")
    assert shop.articles[["sku", "price_cents", "version", "job"]].values.tolist() == [["SKU-04710", 1, 20_000, "j"]]
    assert shop.table("set_aside")[["sku", "version", "reason"]].values.tolist() == [["SKU-04711", 4712, "no price"]]


def test_the_supplier_has_no_other_articles(shop: Shop):
    with pytest.raises(CourseError, match="no 'SKU-10000'"):
        shop.change_article("SKU-10000", 5)
