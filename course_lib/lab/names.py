"""Names that keep learners, notebooks and runs apart on one server."""

import getpass
import hashlib
import os
import re


def learner() -> str:
    """Return the learner's name as a short word: ``COURSE_LEARNER``, JupyterHub's user, or the login name."""
    for variable in ("COURSE_LEARNER", "JUPYTERHUB_USER"):
        if named := os.environ.get(variable):
            return _word(named)
    try:
        return _word(getpass.getuser())
    except (OSError, KeyError):  # a container's user may have no entry in the password file
        return "learner"


def notebook_key() -> str:
    """Return four hex digits that stay the same for one notebook, also after its kernel restarts.

    Jupyter Server gives the notebook's path in ``JPY_SESSION_NAME``; other front ends (nbval, nbclient) start a
    kernel of their own for each notebook, whose connection file then stands for it.
    """
    key = os.environ.get("JPY_SESSION_NAME") or _connection_file() or str(os.getpid())
    return hashlib.sha256(key.encode()).hexdigest()[:4]


def _connection_file() -> str:
    try:
        from ipykernel.kernelapp import IPKernelApp

        return str(IPKernelApp.instance().connection_file) if IPKernelApp.initialized() else ""
    except ImportError:
        return ""


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:20] or "learner"
