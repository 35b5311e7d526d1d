#!/bin/sh
# Writes requirements.txt and requirements-dev.txt from pyproject.toml: every version and every hash, for all platforms.
#   make lock                  keeps the pins that still fit
#   make lock ARGS=--upgrade   takes the newest versions that fit
#   make lock ARGS=--check     writes nothing, only asks for the wheels of every platform
set -eu
cd "$(dirname "$0")/.."
UV=${UV:-.venv/bin/uv}
if [ ! -x "$UV" ]; then
    UV=$(command -v uv) || {
        echo "make lock needs uv: run 'make test' once, which puts it into .venv." >&2
        exit 1
    }
fi

# The lock must not depend on the machine that writes it: no config file, no extra index, no local wheel folder.
for name in $(env | sed -n 's/^\(\(UV\|PIP\)_[A-Z_]*\)=.*/\1/p'); do
    case $name in UV_CACHE_DIR | UV_CONCURRENT_*) ;; *) unset "$name" ;; esac
done

# compile OUT ARG...   --only-binary is written into the file too, so that pip never builds anything from source.
compile() {
    out=$1
    shift
    echo "Writing $out ..." >&2
    "$UV" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
        --only-binary :all: --emit-build-options --custom-compile-command "make lock" \
        --constraint tools/constraints.txt --output-file "$out" "$@" pyproject.toml
}

if [ "${1:-}" != --check ]; then
    compile requirements.txt --extra build "$@"
    compile requirements-dev.txt --extra build --extra dev --constraint requirements.txt "$@"
fi

# A lock that only this machine can install is no lock: ask for every wheel of every platform that the course names.
# The dev lock holds all of the other one, so it is the one to ask about.
missing=0
for platform in x86_64-manylinux_2_28 aarch64-manylinux_2_28 x86_64-apple-darwin aarch64-apple-darwin \
    x86_64-pc-windows-msvc; do
    for version in 3.11 3.12 3.13 3.14; do
        printf 'Wheels for %s, Python %s: ' "$platform" "$version" >&2
        if said=$("$UV" pip compile --quiet --no-config --python-version "$version" --python-platform "$platform" \
            --only-binary :all: --no-deps --no-header requirements-dev.txt 2>&1 >/dev/null); then
            echo all there >&2
        else
            missing=1
            printf 'MISSING\n%s\n' "$said" >&2
        fi
    done
done
exit "$missing"
