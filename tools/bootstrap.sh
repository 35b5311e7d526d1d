#!/bin/sh
# Makes .venv, or finds in a blink that it is ready. `make lab` and `make test` call this; plain POSIX sh, because the
# machine may have no Python that the rest of the course could start with.
#
#   tools/bootstrap.sh [--dev]      --dev: with the tools of `make test`
#   PYTHON=/path/to/python          the interpreter to use; else the newest of python3.14 ... 3.11 that really runs
#
# Exit code 0: .venv is ready. Else one sentence on standard error has said what to do.
set -u
cd "$(dirname "$0")/.." || exit 1
OLDEST=11 # also in pyproject.toml: requires-python
NEWEST=14
NO_WHEELS=3 # what tools/setup_venv.py answers when another interpreter may do better
NO_VENV=4
PYTHON=${PYTHON:-}
tab=$(printf '\t')
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP # someone else's modules must not leak into this environment

# Python that every version since 2.6 can parse. A version manager's shim may exist, be executable, and fail:
# only the marker word proves that an interpreter ran.
PROBE='
import sys
print("course-python\t%d\t%d\t%s" % (sys.version_info[0], sys.version_info[1], getattr(sys, "base_prefix", sys.prefix)))
'

fail() {
    echo "$1" >&2
    exit 1
}

# probe EXE   prints "major<TAB>minor<TAB>home" of an interpreter that runs, else nothing
probe() {
    "$1" -c "$PROBE" </dev/null 2>/dev/null | sed -n "s/^course-python$tab//p"
}

# every NAME...   prints each executable of these names on PATH, not only the first: behind a shim that fails there is
# often a Python that works
every() {
    old_ifs=$IFS
    IFS=:
    for folder in $PATH; do
        for name in "$@"; do
            [ -f "$folder/$name" ] && [ -x "$folder/$name" ] && printf '%s\n' "$folder/$name"
        done
    done
    IFS=$old_ifs
}

# candidates   prints "major<TAB>minor<TAB>home<TAB>exe" for each interpreter that runs, each installation once
candidates() {
    names=
    minor=$NEWEST
    while [ "$minor" -ge "$OLDEST" ]; do
        names="$names python3.$minor"
        minor=$((minor - 1))
    done
    # shellcheck disable=SC2086 # the names are words
    every $names python3 python | while IFS= read -r exe; do
        found=$(probe "$exe")
        [ -n "$found" ] && printf '%s\t%s\n' "$found" "$exe"
    done | awk -F '\t' '!seen[$1 FS $2 FS $3]++'
}

# --- ready already? -------------------------------------------------------------------------------------------------
wanted=
if [ -n "$PYTHON" ]; then
    exe=$(command -v "$PYTHON") || fail "PYTHON=$PYTHON names no program: give the path of a Python 3.$OLDEST or newer."
    found=$(probe "$exe")
    [ -n "$found" ] || fail "PYTHON=$PYTHON does not run (a version manager's shim?): give the path of the interpreter itself, for example what \`pyenv which python3\` prints."
    wanted=$(printf '%s\n' "$found" | awk -F '\t' '{ print $1 "." $2 " " $3 }')
fi
if [ -x .venv/bin/python ] && .venv/bin/python -I -S tools/setup_venv.py --ready --home "$wanted" "$@" 2>/dev/null; then
    exit 0
fi

# --- choose an interpreter and build --------------------------------------------------------------------------------
if [ -n "$PYTHON" ]; then
    all=$(printf '%s\t%s' "$found" "$exe")
else
    all=$(candidates)
fi
# Newest first; of the same version, the first on PATH first.
good=$(printf '%s\n' "$all" |
    awk -F '\t' -v low="$OLDEST" -v high="$NEWEST" '$1 == 3 && $2 >= low && $2 <= high { print $2 FS NR FS $4 }' |
    sort -t "$tab" -k 1,1nr -k 2,2n | cut -f 3)

if [ -z "$good" ]; then
    other=$(printf '%s\n' "$all" | sort -t "$tab" -k 1,1nr -k 2,2nr | head -n 1)
    if [ -n "$other" ]; then
        here="the one here is Python $(printf '%s\n' "$other" | cut -f 1,2 | tr '\t' .) ($(printf '%s\n' "$other" | cut -f 4))"
    else
        here="none that runs is on PATH"
    fi
    fail "This course needs Python 3.$OLDEST to 3.$NEWEST and $here: install one (\`sudo apt-get install python3 python3-venv\`, \`brew install python@3.13\`, or python.org/downloads) or name it with PYTHON=/path/to/python3.13, then run this command again."
fi

# After an update of the lock, the interpreter that .venv has comes first: a newer one that had no wheels then would
# only throw .venv away to learn that it still has none.
if [ -z "$PYTHON" ] && [ -x .venv/bin/python ]; then
    base=$(.venv/bin/python -I -S tools/setup_venv.py --base 2>/dev/null)
    [ -n "$base" ] && [ -x "$base" ] && good=$(printf '%s\n%s\n' "$base" "$good" | awk '!seen[$0]++')
fi

code=1
while IFS= read -r exe; do
    case $code in "$NO_WHEELS" | "$NO_VENV") echo "Trying $exe." >&2 ;; esac
    "$exe" -I tools/setup_venv.py "$@" </dev/null
    code=$?
    case $code in
        "$NO_WHEELS" | "$NO_VENV") continue ;;
        *) exit "$code" ;;
    esac
done <<EOF
$good
EOF
# The last interpreter has said its sentence; there is no older one to try.
exit "$code"
