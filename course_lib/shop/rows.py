"""Reading and writing single rows of a shop's tables."""

from collections.abc import Mapping
from typing import Any

from course_lib.shop.store import Store, now


def row(store: Store, table: str, row_id: object) -> Mapping[str, Any] | None:
    """Return the row of this id, or None.

    Args:
        store: The shop.
        table: The table.
        row_id: An id; what is no text is no id of any row.
    """
    cursor = store.db.execute(f"SELECT * FROM {table} WHERE id = ?", (row_id if isinstance(row_id, str) else "",))
    found = cursor.fetchone()
    return None if found is None else dict(zip((column[0] for column in cursor.description), found, strict=True))


def insert(store: Store, table: str, prefix: str, **values: Any) -> str:
    """Write a new row, with an id and the time, and return the id.

    Args:
        store: The shop.
        table: The table.
        prefix: How the id begins, for example ``"ch"``.
        **values: The other columns.
    """
    whole = {"id": f"{prefix}_{store.next_number(prefix)}", **values, "created_at": now()}
    columns = ", ".join(f'"{name}"' for name in whole)
    store.db.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(whole))})", tuple(whole.values()))
    return str(whole["id"])
