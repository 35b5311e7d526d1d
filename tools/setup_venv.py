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
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # -I, by which it is called, leaves it out

from setup_pip import Failed, Progress, explain, pip, say

OLDEST = (3, 11)
NO_VENV = 4
LOCK_LIMIT = 900.0  # seconds to wait for another set-up in the same folder

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "course-setup.json")
LOG = os.path.join(VENV, "setup.log")
LOCKS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}  # the second holds all of the first


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
            raise explain(output, ROOT, LOG)
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


def run_pip(arguments, progress=None):
    """Run .venv's pip; raise Failed, with the reason in one sentence, when it fails."""
    code, output = pip(venv_python(), arguments, ROOT, LOG, progress)
    if code:
        raise explain(output, ROOT, LOG)


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
        run_pip(arguments, Progress(lambda: write_stamp(dict(stamp, sound=False))))
        compile_packages()
    # --no-index: whatever this project's own build asks for is in the lock already, so nothing unpinned is fetched.
    run_pip(["--no-build-isolation", "--no-index", "--quiet", "--editable", "."])
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
