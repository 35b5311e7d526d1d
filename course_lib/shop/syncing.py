"""The supplier's feed and the shop's own articles: what a sync reads, and where it writes."""

from collections.abc import Mapping
from typing import Any

from course_lib.shop import catalogue
from course_lib.shop.call import Answer, Call, Refused
from course_lib.shop.rows import insert
from course_lib.shop.store import Store, now


def changes(store: Store, call: Call) -> Answer:
    """Return a page of the supplier's feed: the rows that changed after a version, both in the path, for the log."""
    version, limit = (int(part) for part in call.subject.split("/"))
    found = catalogue.after(changed(store), version, min(limit, catalogue.MOST_PER_PAGE))
    return {"rows": found}


def changed(store: Store) -> catalogue.Changes:
    """Return what was changed at the supplier since the beginning."""
    rows = store.db.execute("SELECT sku, version, price_cents FROM changes").fetchall()
    return {sku: (version, price) for sku, version, price in rows}


def change(store: Store, call: Call) -> Answer:
    """Let the supplier change a price: the row gets the next version."""
    sku, price = call.text("sku"), call.body.get("price_cents")
    if not sku.removeprefix("SKU-").isdecimal() or int(sku.removeprefix("SKU-")) >= catalogue.TOTAL:
        raise Refused(404, f"The supplier has no {sku!r}.")
    version = catalogue.TOTAL + store.next_number("change")
    store.db.execute("INSERT OR REPLACE INTO changes VALUES (?, ?, ?, ?)", (sku, version, price, now()))
    return {"sku": sku, "version": version}


def save(store: Store, call: Call) -> Answer:
    """Write rows into the shop's articles, all or none; an older version never replaces a newer one."""
    rows, job = call.body.get("rows"), call.text("job", "")
    if not isinstance(rows, list):
        raise Refused(400, f"'rows' must be a list, not {rows!r}.")
    for row in rows:
        _check(row)
    store.db.executemany(
        "INSERT INTO articles VALUES (:sku, :name, :price_cents, :version, :job, :at) ON CONFLICT (sku) DO UPDATE SET"
        " name = excluded.name, price_cents = excluded.price_cents, version = excluded.version, job = excluded.job,"
        " created_at = excluded.created_at WHERE excluded.version > articles.version",
        [{**row, "job": job, "at": now()} for row in rows],
    )
    return {"rows": len(rows)}


def set_aside(store: Store, call: Call) -> Answer:
    """Keep a row that cannot be saved, for a human; the same row of the same version once."""
    row, reason, job = call.body.get("row"), call.text("reason"), call.text("job", "")
    if not isinstance(row, Mapping) or not isinstance(row.get("sku"), str) or not isinstance(row.get("version"), int):
        raise Refused(400, f"'row' must have a sku and a version: {row!r}.")
    key = (row["sku"], row["version"])
    found = store.db.execute("SELECT id FROM set_aside WHERE sku = ? AND version = ?", key).fetchone()
    if found:
        return {"id": str(found[0])}
    return {"id": insert(store, "set_aside", "aside", sku=key[0], version=key[1], reason=reason, job=job)}


def _check(row: Any) -> None:
    if not isinstance(row, Mapping) or not all(isinstance(row.get(name), str) for name in ("sku", "name")):
        raise Refused(400, f"A row must have a sku and a name: {row!r}.")
    for name in ("price_cents", "version"):
        value = row.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused(400, f"Row {row['sku']}: {name} must be a whole number, not {value!r}.")
