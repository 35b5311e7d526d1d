"""Makes .venv from the lock: the one step behind `make lab`, `make test` and the Windows instructions.

Run it with the interpreter that .venv shall have: ``python tools/setup_venv.py [--dev]``. It needs the standard library
alone and parses on every Python that someone may still have, so that an old one gets a sentence and not a SyntaxError.
On Linux and macOS ``tools/bootstrap.sh`` chooses the interpreter and calls it.

Exit codes: 0 ready; 1 failed, said why; 3 a locked package has no wheel for this interpreter; 4 this interpreter
cannot make virtual environments (after 3 and 4 another interpreter may do better); 130 interrupted.
"""

from __future__ import print_function

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
NO_WHEELS = 3
NO_VENV = 4
LOCK_LIMIT = 900.0  # seconds to wait for another set-up in the same folder

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "course-setup.json")
LOG = os.path.join(VENV, "setup.log")
LOCKS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}  # the second holds all of the first

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


def digest(name):
    """Return the SHA-256 of a file of this checkout."""
    with open(os.path.join(ROOT, name), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_stamp():
    """Return what the last set-up wrote into .venv, or None: missing, unreadable, or not made by the course."""
    try:
        with open(STAMP) as file:
            stamp = json.load(file)
        return stamp if isinstance(stamp, dict) else None
    except (OSError, IOError, ValueError):
        return None


def write_stamp(stamp):
    """Write the stamp in one step, so that an interrupted set-up leaves the old one or the new one."""
    with open(STAMP + ".new", "w") as file:
        json.dump(stamp, file, indent=1, sort_keys=True)
    os.replace(STAMP + ".new", STAMP)


def venv_python():
    """Return the path of .venv's interpreter."""
    return os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")


def home_of_this_python():
    """Return what tells this installation from every other, a virtual environment's being that of its base."""
    return "%d.%d %s" % (sys.version_info[:2] + (sys.base_prefix,))


def wanted(dev):
    """Return what a finished set-up of this checkout with this interpreter would have written."""
    stamp = {
        "sound": True,  # False while packages are being unpacked: after a crash there, .venv is made anew
        "root": ROOT,  # a moved checkout has scripts that point to its old place
        "home": home_of_this_python(),
        "run": digest(LOCKS["run"]),
        "project": digest("pyproject.toml"),
    }
    if dev:
        stamp["dev"] = digest(LOCKS["dev"])
    return stamp


def ready(dev, home=""):
    """Say whether .venv is what this checkout needs.

    Args:
        dev: Whether the tools of `make test` are needed too.
        home: The installation that the user asked for, as home_of_this_python() names it; empty for any.
    """
    stamp = read_stamp() or {}
    if home and stamp.get("home") != home:
        return False
    return all(stamp.get(key) == value for key, value in wanted(dev).items())


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


def pip(arguments, progress=None):
    """Run .venv's pip, keep its output in the log, and return (exit code, output)."""
    environment = dict(
        os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PYTHONUNBUFFERED="1", LC_ALL="C"
    )
    for name in PIP_SETTINGS_TO_DROP:
        environment.pop("PIP_" + name, None)
    if environment.get("PIP_RETRIES") == "0":
        environment["PIP_RETRIES"] = "1"  # without a retry, pip does not say that it found no network
    command = [venv_python(), "-m", "pip", "install", "--no-deps", "--no-warn-script-location"] + arguments
    lines = []
    with open(LOG, "ab") as log:
        log.write(("$ " + " ".join(command) + "\n").encode("utf-8"))
        process = subprocess.Popen(
            command,
            cwd=ROOT,
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


def explain(output):
    """Return the Failed that says in one sentence why pip could not install the lock.

    Args:
        output: All that pip printed.
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
            "The disk is full: the course needs about 700 MB in %s; make room, then run this command again." % ROOT
        )
    last = [line for line in output.split("\n") if "ERROR" in line][-1:] or output.split("\n")[-1:]
    return Failed(
        "pip could not install the course's packages (%s); see %s, and run `make clean` before another try."
        % (last[0], LOG)
    )


def make_venv():
    """Make an empty .venv with pip in it, in place of one that the course made before."""
    if os.path.lexists(VENV):
        if read_stamp() is None and os.path.isdir(VENV) and os.listdir(VENV):
            raise Failed(
                "%s exists and was not made by this course: delete it or move it away, then run this command again."
                % VENV
            )
        shutil.rmtree(VENV) if os.path.isdir(VENV) and not os.path.islink(VENV) else os.remove(VENV)
    say("Making .venv with Python %s (%s)" % (sys.version.split()[0], sys.executable))
    os.mkdir(VENV)
    write_stamp({"sound": False})
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "venv", VENV],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = process.communicate()[0].decode("utf-8", "replace")
    if process.returncode:
        with open(LOG, "w") as log:
            log.write(output)
        if "No space left on device" in output:
            raise explain(output)
        raise Failed(no_venv_sentence(), NO_VENV)


def no_venv_sentence():
    """Return the sentence for an interpreter without a working venv module."""
    return (
        "Python %d.%d (%s) cannot make virtual environments: install its venv module (`sudo apt-get install "
        "python%d.%d-venv` on Debian and Ubuntu), then run this command again."
        % (sys.version_info[:2] + (sys.executable,) + sys.version_info[:2])
    )


def check_interpreter():
    """Raise Failed when this interpreter cannot carry the course."""
    if sys.version_info[:2] < OLDEST:
        raise Failed(
            "This course needs Python 3.11 or newer and this is Python %d.%d (%s): install a newer one from "
            "python.org/downloads, then run this command with it." % (sys.version_info[:2] + (sys.executable,))
        )
    for module in ("ensurepip", "venv"):
        try:
            __import__(module)
        except ImportError:
            raise Failed(no_venv_sentence(), NO_VENV)
    for module in ("ssl", "sqlite3", "ctypes", "zlib"):
        try:
            __import__(module)
        except ImportError:
            raise Failed(
                "Python %d.%d (%s) was built without %s: reinstall it with that library present, or name another "
                "interpreter with PYTHON=." % (sys.version_info[:2] + (sys.executable, module)),
                NO_VENV,
            )


class OneAtATime(object):
    """Lets one set-up at a time work on .venv; the kernel gives the lock back when a process dies."""

    def __enter__(self):
        folder = os.path.join(ROOT, ".course")
        if not os.path.isdir(folder):
            os.mkdir(folder)
        self.file = open(os.path.join(folder, "setup.lock"), "w")
        end = time.time() + LOCK_LIMIT
        told = False
        while not self._try():
            if not told:
                say("Another set-up is at work in this folder; waiting for it.")
                told = True
            if time.time() > end:
                raise Failed("Another set-up in this folder does not end: stop it, then run this command again.")
            time.sleep(0.5)
        return self

    def _try(self):
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(self.file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(self.file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except (OSError, IOError) as error:
            # Some network folders know no locks: go on without one.
            return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK)

    def __exit__(self, *unused):
        self.file.close()


def compile_packages():
    """Compile what was unpacked, on all cores: pip does it on one, which takes twice as long.

    A failure here is none: Python compiles on first import what is not compiled yet.
    """
    say("  compiling")
    skip = r"[\\/](?:tests?|testing)[\\/]"  # never imported by a learner, and a third of all files
    command = [
        venv_python(),
        "-I",
        "-W",
        "ignore",
        "-m",
        "compileall",
        "-q",
        "-q",
        "-j",
        "0",
        "-x",
        skip,
        os.path.join(VENV, "lib" if os.name != "nt" else "Lib"),
    ]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    process.communicate()


def install(dev):
    """Bring .venv to the lock, from nothing or from an earlier lock."""
    began = time.time()
    need = wanted(dev)
    stamp = read_stamp() or {}
    reusable = all(stamp.get(key) == need[key] for key in ("sound", "root", "home"))
    if not reusable or not os.path.exists(venv_python()):
        make_venv()
        stamp = {"sound": True, "root": need["root"], "home": need["home"]}
        write_stamp(stamp)
    changed = [key for key in ("run", "dev") if key in need and stamp.get(key) != need[key]]
    if changed:
        lock = LOCKS["dev" if dev else "run"]
        say("Installing the packages that %s names (once; about a minute after the download)" % lock)
        arguments = ["--require-hashes", "--only-binary", ":all:", "--no-compile", "--progress-bar", "off", "-r", lock]
        code, output = pip(arguments, Progress(lambda: write_stamp(dict(stamp, sound=False))))
        if code:
            raise explain(output)
        compile_packages()
    # --no-index: whatever this project's own build asks for is in the lock already, so nothing unpinned is fetched.
    code, output = pip(["--no-build-isolation", "--no-index", "--quiet", "--editable", "."])
    if code:
        raise explain(output)
    if "dev" not in need and not changed and "dev" in stamp:
        need["dev"] = stamp["dev"]
    write_stamp(need)
    say("Ready: Python %s in .venv, %d s." % (sys.version.split()[0], round(time.time() - began)))


def main(arguments):
    """Run the command; see the module's docstring."""
    dev = "--dev" in arguments
    home = arguments[arguments.index("--home") + 1] if "--home" in arguments else ""
    try:
        if "--base" in arguments:
            if (read_stamp() or {}).get("sound"):
                print(sys._base_executable)
            return 0
        if "--ready" in arguments:
            return 0 if ready(dev, home) else 1
        check_interpreter()
        if "PYTHONHOME" in os.environ:
            del os.environ["PYTHONHOME"]
        with OneAtATime():
            if not ready(dev, home_of_this_python()):
                install(dev)
        return 0
    except Failed as failure:
        print(failure, file=sys.stderr)
        return failure.code
    except KeyboardInterrupt:
        print("\nStopped before .venv was ready: run this command again.", file=sys.stderr)
        return 130
    except (OSError, IOError) as error:
        print(
            "%s: make %s writable and leave about 700 MB free, then run this command again." % (error, ROOT),
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
