"""The tables as DataFrames: typed, a snapshot, and in nobody's way."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from course_lib.errors import CourseError
from course_lib.shop import Shop
from course_lib.shop.store import TABLES


def test_columns_and_types_hold_also_when_empty(shop: Shop):
    for moment in ("empty", "full"):
        if moment == "full":
            with shop.blocking_client() as client:
                client.charge("o1", 500)
                client.reserve_stock("o1", "mug", 1)
        payments, requests, stock = shop.payments, shop.requests, shop.stock
        assert payments.amount_cents.dtype == "int64"
        assert isinstance(payments.created_at.dtype, pd.DatetimeTZDtype)
        assert str(payments.created_at.dt.tz) == "UTC"
        assert requests.status.dtype == "Int64"
        assert requests.done.dtype == "bool"
        assert stock.on_hand.dtype == "int64"
    assert abs(payments.created_at[0] - datetime.now(UTC)) < timedelta(minutes=1)
    assert {"id", "order_id", "kind", "amount_cents", "idempotency_key", "created_at"} <= set(payments.columns)


def test_tables_are_all_there_in_the_order_of_writing(shop: Shop):
    assert tuple(shop.tables()) == TABLES
    with shop.blocking_client() as client:
        for number in range(12):
            client.charge(f"o{number}", 5)
    assert shop.payments.order_id.tolist() == [f"o{number}" for number in range(12)]
    assert "payments 12" in repr(shop)


def test_a_reader_never_blocks_the_service(shop: Shop):
    with shop.blocking_client() as client, closing(sqlite3.connect(shop.path)) as reader:
        client.charge("o1", 5)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM payments").fetchone() == (1,)
        client.charge("o2", 5)
        assert reader.execute("SELECT count(*) FROM payments").fetchone() == (1,), "a snapshot must not move"
        assert len(shop.payments) == 2


def test_a_table_that_is_not_there(shop: Shop):
    with pytest.raises(CourseError, match="no table 'refunds'") as caught:
        shop.table("refunds")
    assert "payments" in caught.value.fix


def test_a_reset_empties_everything_but_never_gives_an_id_twice(shop: Shop):
    with shop.blocking_client() as client:
        first = client.charge("o1", 5, idempotency_key="k")
        client.ship("o1")
        shop.faults.outage("mailer")
        shop.reset()
        assert all(frame.empty for frame in shop.tables().values())
        assert shop.faults.current().empty
        assert client.charge("o1", 5, idempotency_key="k") != first
    assert shop.requests.call.tolist() == [1]
