"""What the content lint reports of a chapter; what a rule says of code is a `course_lib.pitfalls.Finding`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One broken rule.

    Args:
        file: The file, relative to the checkout.
        cell: The cell's id, "" for the whole file.
        rule: The rule's short name.
        message: What is wrong and what the rule asks for.
        line: The line within the cell, counted from 1; 0 for the whole cell.
    """

    file: str
    cell: str
    rule: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        where = f" cell {self.cell}" if self.cell else ""
        return f"{self.file}{where}{f' line {self.line}' if self.line else ''}: {self.rule}: {self.message}"
