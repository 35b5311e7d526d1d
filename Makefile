# The course's few commands. `make help` lists them; CONTRIBUTING.md says when to use which.
#
#   PYTHON=/path/to/python   the interpreter for .venv (else the newest of python3.14 ... 3.11 that works)
#   ARGS="..."               passed on to the command, for example: make lab ARGS="--port 9000"

PYTHON ?=
ARGS ?=
BOOTSTRAP = @PYTHON='$(PYTHON)' sh tools/bootstrap.sh

.DEFAULT_GOAL := help
.PHONY: help lab test prove bench drill lock format clean

help: ## show this list
	@echo "make lab      set up (once) and open chapter 00 in JupyterLab, with a Temporal server"
	@echo "make test     set up (once) and judge a change: every check, and a choice of the exercise proofs"
	@echo "make prove    every proof of the exercises (ARGS=5.4 one, ARGS=05 a chapter); CI runs test and prove"
	@echo "make bench    measure the course against a plain script; prints ratios"
	@echo "make drill    ARGS=class: thirty learners on one server at human pace, for an hour (see CONTRIBUTING.md)"
	@echo "make format   put Python files and notebooks into the project's format"
	@echo "make lock     write requirements*.txt anew from pyproject.toml (ARGS=--upgrade for newest)"
	@echo "make clean    delete .venv and caches; your workspace/ and .course/ stay"
	@echo "Choose an interpreter with PYTHON=/path/to/python3.13; pass options on with ARGS=\"...\"."

lab:
	$(BOOTSTRAP)
	@exec .venv/bin/course lab $(ARGS)

test:
	$(BOOTSTRAP) --dev
	@exec .venv/bin/python tools/run_checks.py $(ARGS)

prove:
	$(BOOTSTRAP) --dev
	@exec .venv/bin/python tools/prove.py $(ARGS)

bench:
	$(BOOTSTRAP) --dev
	@exec .venv/bin/python -m tests.bench $(ARGS)

drill:
	$(BOOTSTRAP) --dev
	@exec .venv/bin/python -m tests.drills $(ARGS)

format:
	$(BOOTSTRAP) --dev
	@.venv/bin/ruff check --fix --quiet course_lib tests tools || true
	@.venv/bin/ruff format --quiet course_lib tests tools
	@.venv/bin/course build --format

lock:
	$(BOOTSTRAP) --dev
	@sh tools/lock.sh $(ARGS)

clean:
	@sh tools/clean.sh
