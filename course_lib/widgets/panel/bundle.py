"""Several small JavaScript modules as the one that anywidget takes; no build step, no tool."""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.-]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|function|async function|class)", re.MULTILINE)


def bundle(entry: Path) -> str:
    """Return a module with the modules that it imports from its own folder, in one text.

    anywidget gives the browser one text, from which a relative import leads nowhere. The modules share one scope
    here: a name at the top of one of them must be in no other one (the browser says so at once).

    Args:
        entry: The module that is the widget; it alone may have an ``export default``.
    """
    texts: dict[Path, str] = {}

    def add(path: Path) -> None:
        if path in texts:
            return
        text = path.read_text(encoding="utf-8")
        for name in _IMPORT.findall(text):
            add(path.with_name(name))
        texts[path] = _EXPORT.sub("", _IMPORT.sub("", text))

    add(entry)
    return "\n".join(texts.values())
