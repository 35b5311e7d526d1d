"""What a rule yields."""

import ast
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Hit:
    """A pitfall at a node; see ``Pitfall`` for the rest.

    Args:
        node: Where.
        name: Its kind.
        message: What is wrong.
        replacement: What to write instead.
        effect: What comes of it.
    """

    node: ast.stmt | ast.expr | ast.excepthandler
    name: str
    message: str
    replacement: str
    effect: Literal["stopped", "breaks", "lies"]
