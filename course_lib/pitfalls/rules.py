"""The list of rules, as ``rules.toml`` has it, and what a rule says of code."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Effect = Literal["stopped", "breaks", "lies", "wrong", "doubtful", "refused"]
"""``stopped``: the sandbox refuses it. ``breaks``: it slips through, and a replay may go another way. ``lies``: nothing
breaks, and what it says is not so. Which is which was run on temporalio 1.35. ``wrong``: a check turns it down.
``doubtful``: a module cell says so, and a check that fails. ``refused``: a module cell with it does not run."""

EFFECTS: dict[Effect, str] = {
    "stopped": "the sandbox stops it",
    "breaks": "the sandbox lets it through, and a replay may go another way",
    "lies": "nothing breaks, but it does not do what it seems to",
}
"""What a determinism pitfall leads to, in words."""


@dataclass(frozen=True)
class Finding:
    """One thing that a rule found at one place.

    Args:
        line: Line of the source, from 1.
        message: What is wrong, a short clause; of a rule that only checks tell, what should be so.
        fix: What to write instead, a short clause; may be empty.
        effect: What comes of it.
        code: That line, without its indentation.
        name: The rule's name, for example ``"clock"``; of a cell's import or name, which one it is.
    """

    line: int
    message: str
    fix: str = ""
    effect: Effect = "refused"
    code: str = ""
    name: str = ""

    def text(self, where: str = "line ") -> str:
        """Return it in one to three lines: where and what, the code, the fix.

        Args:
            where: What stands before the line's number.
        """
        effect = f" ({EFFECTS[self.effect]})" if self.effect in EFFECTS else ""
        lines = [f"{where}{self.line}: {self.message}{effect}"]
        if self.code.strip():
            lines.append(f"    {self.code.strip()}")
        if self.fix:
            lines.append(f"    → {self.fix}")
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule; ``rules.toml`` says what each field holds."""

    name: str
    effect: Effect
    message: str
    fix: str
    holds: str = ""
    expected: str = ""
    finds: str
    leaves: str


_FILE = Path(__file__).with_name("rules.toml")
RULES = {name: Rule(name=name, **rule) for name, rule in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()}
"""Every rule by its name; those that checks tell come in the order in which a learner is told."""
