"""The shops that one service process serves, by id; each is a file, opened when first asked for."""

import re
from collections import OrderedDict
from pathlib import Path

from course_lib.shop.store import Store

MOST_OPEN = 32
"""Files kept open, those in which a request waits aside: a grader makes a shop per run, and open files have a limit."""
SHOP_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")


class Pool:
    """Opens, keeps and forgets shops.

    Args:
        folder: Where their SQLite files lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: OrderedDict[str, Store] = OrderedDict()

    def path(self, shop_id: str) -> Path:
        """Return the file of one shop."""
        return self.folder / f"{shop_id}.sqlite"

    def get(self, shop_id: str, *, create: bool = False) -> Store | None:
        """Return a shop, or None when there is none of that id.

        Args:
            shop_id: Its id, which `SHOP_ID` must match.
            create: Make it when missing.
        """
        if not SHOP_ID.fullmatch(shop_id):
            return None
        path = self.path(shop_id)
        store = self._open.pop(shop_id, None)
        if store is not None and not path.exists():
            store.close()  # its file was deleted by hand: writing on would be writing to nowhere
            store = None
        if store is None:
            if not create and not path.exists():
                return None
            store = Store(path)
        self._open[shop_id] = store
        idle = [name for name, other in self._open.items() if other is not store and not other.waits]
        for name in idle[: max(0, len(self._open) - MOST_OPEN)]:
            self._open.pop(name).close()
        return store

    def remove(self, shop_id: str) -> None:
        """Close a shop and delete its file."""
        store = self._open.pop(shop_id, None)
        if store is not None:
            store.close()
        if SHOP_ID.fullmatch(shop_id):
            path = self.path(shop_id)
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)

    def close(self) -> None:
        """Close every file."""
        while self._open:
            self._open.popitem()[1].close()
