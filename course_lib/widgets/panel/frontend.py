"""Whether somebody looks: a live widget is worth its threads only in front of a person."""

import os


def interactive() -> bool:
    """Return whether this kernel serves a front end that draws widgets, not nbval, nbclient or a plain script.

    Jupyter Server names the notebook of each of its kernels in ``JPY_SESSION_NAME``; VS Code sets
    ``VSCODE_PID`` for the kernels that it starts. nbclient and nbval set neither. ``COURSE_WIDGETS=live`` or
    ``static`` decides otherwise.
    """
    chosen = os.environ.get("COURSE_WIDGETS", "")
    if chosen in ("live", "static"):
        return chosen == "live"
    if os.environ.get("CI") or os.environ.get("COURSE_STRICT"):
        return False
    return bool(os.environ.get("JPY_SESSION_NAME") or os.environ.get("VSCODE_PID"))
