#!/bin/sh
# Deletes what `make lab` and `make test` can make again. What a learner made stays: workspace/, exported/ and the
# progress and server data in .course/ (delete those by hand, or with `course reset`).
set -eu
cd "$(dirname "$0")/.."

# The server and the shop run from .venv: end them before their files go.
if [ -x .venv/bin/course ]; then
    .venv/bin/course server stop >/dev/null 2>&1 || true
fi
rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .coverage build dist ./*.egg-info
find . -name .git -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -prune -exec rm -rf {} +
echo "Clean. Kept: workspace/, exported/ and .course/ (your progress and the server's data)."
