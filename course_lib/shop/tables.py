"""The shop's tables as DataFrames, read straight from its file: in WAL mode a reader never blocks the service."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.shop.store import TABLES

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = ("amount_cents", "quantity", "on_hand", "reserved", "offset", "rows", "call", "status", "took_ms", "version")
_WHOLE_HERE = (("requests", "id"), ("articles", "price_cents"))  # elsewhere a text, too


@contextmanager
def reading(path: Path, timeout: float = 1.0) -> Iterator[sqlite3.Connection]:
    """Open a shop's file for reading, all as of one moment, and close it again.

    Args:
        path: The shop's SQLite file.
        timeout: Seconds to wait while it is locked.

    Raises:
        sqlite3.Error: The file cannot be read.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=timeout)) as db:
        db.execute("BEGIN")
        yield db


def read(path: Path, names: Sequence[str] = TABLES) -> "dict[str, pd.DataFrame]":
    """Return tables of a shop, all as of one moment, each in the order in which its rows were written.

    Args:
        path: The shop's SQLite file.
        names: Which tables.

    Raises:
        sqlite3.Error: The file cannot be read.
    """
    with reading(path, timeout=2.0) as db:
        return {name: _frame(db, name) for name in names}


def _frame(db: sqlite3.Connection, name: str) -> "pd.DataFrame":
    import pandas as pd

    cursor = db.execute(f"SELECT * FROM {name} ORDER BY rowid")
    columns = [column[0] for column in cursor.description]
    frame = pd.DataFrame(cursor.fetchall(), columns=columns, dtype=object)
    for column in columns:
        if column == "created_at":
            frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
        elif column in _WHOLE or (name, column) in _WHOLE_HERE:
            # Nullable only where a value can be missing: plain integers read and compare as a learner expects.
            frame[column] = frame[column].astype("Int64" if column == "status" else "int64")
        elif column == "done":
            frame[column] = frame[column].astype("bool")
    return frame
