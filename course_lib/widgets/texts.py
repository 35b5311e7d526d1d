"""Texts that many things on a page share: each is sent once, and then named by its number."""

from course_lib.widgets.look import plain


class Texts:
    """Numbers texts, each once; what is new since the last look goes with the next message."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.all: list[str] = []
        self._sent = 0

    def number(self, text: str) -> int:
        """Return a text's number."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.all)
            # A terminal's control characters have no place in a picture; everything else is only ever text there.
            self.all.append(plain(text))
        return found

    def fresh(self) -> list[str]:
        """Return the texts that were added since this was called last."""
        begin, self._sent = self._sent, len(self.all)
        return self.all[begin:]
