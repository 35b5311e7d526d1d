"""Several small JavaScript modules as the one that anywidget takes; no build step, no tool."""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.{1,2}/[\w./-]+)";\n', re.MULTILINE)
_NAME = re.compile(r"^(?:export )?(?:const|let|async function|function|class) (\w+)", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|function|async function|class)", re.MULTILINE)


def bundle(entry: Path) -> str:
    """Return a module with the modules that it imports, from its own folder or a neighbour's, in one text.

    anywidget gives the browser one text, from which a relative import leads nowhere. The modules share one scope
    here: a name at the top of one of them must be in no other one.

    Args:
        entry: The module that is the widget; it alone may have an ``export default``.

    Raises:
        ValueError: Two modules have the same name at their top.
    """
    texts: dict[Path, str] = {}
    seen: set[Path] = set()
    owners: dict[str, Path] = {}

    def add(path: Path) -> None:
        if path in seen:
            return
        seen.add(path)
        text = path.read_text(encoding="utf-8")
        for name in _IMPORT.findall(text):
            add((path.parent / name).resolve())
        for name in _NAME.findall(text):
            if (other := owners.setdefault(name, path)) != path:
                raise ValueError(f"{path.name} and {other.name} both have {name} at their top: rename one of them.")
        texts[path] = _EXPORT.sub("", _IMPORT.sub("", text))

    add(entry.resolve())
    return "\n".join(texts.values())
