"""The table that `make bench` prints."""

import os
import platform
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One ratio.

    Args:
        what: What is compared, the course's side first.
        ours: The course's value.
        plain: The baseline's value, measured in the same run.
        unit: Of both values.
        aim: What the ratio should be, in words.
    """

    what: str
    ours: float
    plain: float
    unit: str
    aim: str

    @property
    def ratio(self) -> float:
        """Ours against plain."""
        return self.ours / self.plain


def show(rows: list[Row]) -> None:
    """Print the table."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}")
    print(f"{'what':<64} {'course':>12} {'plain':>12} {'ratio':>7}  aim")
    for row in rows:
        ours, plain = f"{row.ours:.4g} {row.unit}", f"{row.plain:.4g} {row.unit}"
        print(f"{row.what:<64} {ours:>12} {plain:>12} {row.ratio:>7.2f}  {row.aim}")
