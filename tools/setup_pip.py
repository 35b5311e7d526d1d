"""Runs pip for tools/setup_venv.py: its many lines as one moving line, its failures as one sentence.

Standard library alone, and parses on every Python, like its caller.
"""

from __future__ import print_function

import os
import re
import subprocess
import sys
import time

NO_WHEELS = 3  # exit code: a locked package has no wheel for this interpreter; another one may do better

# Settings of the user's pip that would send packages elsewhere or turn the lock's rules off. Index, proxy and
# certificate settings stay: the hashes make every mirror safe.
# fmt: off
PIP_SETTINGS_TO_DROP = (
    "USER", "TARGET", "PREFIX", "ROOT", "NO_BINARY", "ONLY_BINARY", "PREFER_BINARY", "CONSTRAINT", "REQUIREMENT",
    "EDITABLE", "UPGRADE", "PRE", "NO_DEPS", "DRY_RUN", "LOG", "PROGRESS_BAR", "QUIET", "VERBOSE", "PYTHON", "REPORT",
)
# fmt: on

NETWORK_SIGNS = re.compile(
    r"NewConnectionError|Failed to establish a new connection|[Nn]ame resolution|Name or service not known|"
    r"getaddrinfo failed|nodename nor servname|Network is unreachable|Connection refused|ConnectTimeout|"
    r"ReadTimeout|Read timed out|Max retries exceeded|ProxyError|Connection reset|RemoteDisconnected|"
    r"connection broken by|Connection aborted|HTTP error (?:403|407|429|5\d\d)|"
    r"(?:403|407|429|5\d\d) (?:Client|Server) Error"
)
CERTIFICATE_SIGNS = re.compile(r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError")
# pip's verdict that no file of this version suits this interpreter; versions other than "none" prove that it did
# reach an index, so a retry that it reported earlier is not the reason.
NO_MATCH = re.compile(r"No matching distribution found for (\S+)")
NONE_SEEN = re.compile(r"\(from versions: none\)")


class Failed(Exception):
    """Ends the set-up with one sentence and an exit code."""

    def __init__(self, sentence, code=1):
        Exception.__init__(self, sentence)
        self.code = code


def say(text):
    """Print one line of progress."""
    print(text)
    sys.stdout.flush()


class Progress(object):
    """Turns pip's many lines into one moving line on a terminal, and into a few lines elsewhere."""

    def __init__(self, on_unpacking):
        self.on_unpacking = on_unpacking  # called once: until then pip has changed nothing
        self.packages = 0
        self.terminal = sys.stdout.isatty()
        self.spoke = time.time()

    def line(self, text):
        """Look at one line of pip's output."""
        note = ""
        if text.startswith("Collecting "):
            self.packages += 1
            note = "fetching package %d: %s" % (self.packages, text.split()[1].split("==")[0])
        elif text.startswith("Installing collected packages"):
            self.on_unpacking()
            note = "unpacking %d packages" % self.packages
        if note and self.terminal:
            sys.stdout.write("\r\033[K  %s" % note)
            sys.stdout.flush()
        elif note and (time.time() - self.spoke > 5 or note.startswith("unpacking")):
            self.spoke = time.time()
            say("  " + note)

    def end(self):
        """Leave the terminal on a fresh line."""
        if self.terminal:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()


def pip(python, arguments, folder, log_file, progress=None):
    """Run `pip install` and return (exit code, all that it printed).

    Args:
        python: The interpreter whose pip it is.
        arguments: What follows `pip install`.
        folder: Where to run it.
        log_file: A file to which its output is added.
        progress: The Progress that looks at each line; None for none.
    """
    environment = dict(
        os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PYTHONUNBUFFERED="1", LC_ALL="C"
    )
    for name in PIP_SETTINGS_TO_DROP:
        environment.pop("PIP_" + name, None)
    if environment.get("PIP_RETRIES") == "0":
        environment["PIP_RETRIES"] = "1"  # without a retry, pip does not say that it found no network
    command = [python, "-m", "pip", "install", "--no-deps", "--no-warn-script-location"] + arguments
    lines = []
    with open(log_file, "ab") as log:
        log.write(("$ " + " ".join(command) + "\n").encode("utf-8"))
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            for raw in process.stdout:
                log.write(raw)
                line = raw.decode("utf-8", "replace").rstrip()
                lines.append(line)
                if progress:
                    progress.line(line)
            return process.wait(), "\n".join(lines)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            if progress:
                progress.end()


def explain(output, folder, log_file):
    """Return the Failed that says in one sentence why pip could not install the lock.

    Args:
        output: All that pip printed.
        folder: The checkout, for the reader.
        log_file: Where the reader finds the rest.
    """
    here = "Python %d.%d" % sys.version_info[:2]
    match = NO_MATCH.search(output)
    unreachable = NETWORK_SIGNS.search(output)
    if "DO NOT MATCH THE HASHES" in output:
        return Failed(
            "A downloaded package is not the one that the lock names (a proxy or mirror changed it): set PIP_INDEX_URL "
            "to an honest index, or run from another network, then run this command again."
        )
    if match and not (NONE_SEEN.search(output) and (unreachable or CERTIFICATE_SIGNS.search(output))):
        return Failed(
            "%s (%s) has no ready-made package for %s: use another interpreter, make lab PYTHON=/path/to/python3.12."
            % (here, sys.executable, match.group(1)),
            NO_WHEELS,
        )
    if CERTIFICATE_SIGNS.search(output):
        return Failed(
            "The package index could not be trusted (TLS certificate): set PIP_CERT to your network's certificate "
            "file, then run this command again."
        )
    if unreachable:
        return Failed(
            "No network: pip could not reach the package index (%s); connect, or set HTTPS_PROXY or PIP_INDEX_URL to "
            "what your network needs, then run this command again." % unreachable.group(0)
        )
    if "No space left on device" in output:
        return Failed(
            "The disk is full: the course needs about 700 MB in %s; make room, then run this command again." % folder
        )
    last = [line for line in output.split("\n") if "ERROR" in line][-1:] or output.split("\n")[-1:]
    return Failed(
        "pip could not install the course's packages (%s); see %s, and run `make clean` before another try."
        % (last[0], log_file)
    )
