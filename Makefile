# Everything a developer or an operator of one machine needs.  `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check
LEVEL ?= thcs
STUDENTS ?= 160
CLASSES ?=
MINUTES ?= 5
SEED ?=

.PHONY: help setup demo test check soak serve bench format lint migrations schema constraints clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(READY)  ## a virtual environment with the four packages and the tools

$(READY): pyproject.toml requirements-dev.txt constraints.txt $(wildcard plugins/*/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (set PYTHON=…)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "the venv module is missing: apt-get install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@{ $(PIP) -c constraints.txt uv && $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python -r requirements-dev.txt; } \
	  || $(PIP) -r requirements-dev.txt  # slower, but knows the indexes that only pip is configured with
	@touch $@

demo: $(READY)  ## the whole main job, from a workbook to sealed transcripts, in var/demo (LEVEL=th|thcs|thpt|all STUDENTS=N CLASSES=N)
	@$(BIN)/hocba demo --level $(LEVEL) --students $(STUDENTS) $(if $(CLASSES),--classes $(CLASSES))

serve: $(READY)  ## the service on http://127.0.0.1:8000/graphql
	@$(BIN)/hocba serve

test: $(READY)  ## the tests, on SQLite; names what this machine made it leave out
	@$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

check: $(READY)  ## all that CI runs
	@./.ci/check

soak: $(READY)  ## a process dies at every moment of signing; then minutes of all faults at once (MINUTES=5 SEED=N)
	@HOCBA_SWEEP=whole $(BIN)/python -m pytest -q tests/faults/test_sweep.py
	@if $(BIN)/python -m tests.postgres "$${HOCBA_TEST_POSTGRES_URL:-postgres://postgres@127.0.0.1/test}"; \
	  then HOCBA_TEST_DATABASE=postgres HOCBA_SWEEP=whole $(BIN)/python -m pytest -q tests/faults/test_sweep.py; \
	  else echo "left out: the deaths on PostgreSQL (it does not answer)"; fi
	@$(BIN)/python -m tests.faults.soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

bench: $(READY)  ## what things cost, beside their peers
	@$(PIP) -r requirements-bench.txt
	@$(BIN)/python -m benchmarks

format: $(READY)  ## let ruff write
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: $(READY)  ## format, ruff, mypy, import-linter, deptry
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/deptry .

migrations: $(READY)  ## write the migration that a change of the tables needs
	@$(BIN)/python -m hocba.store.migrations

schema: $(READY)  ## write schema.graphql anew
	@$(BIN)/hocba schema > schema.graphql

constraints: $(READY)  ## pin what is installed now
	@(echo "# Every version that is installed, in one place.  Made by \`make constraints\`."; \
	  $(BIN)/python -m pip freeze --exclude-editable | grep -viE '^(hocba|pip|setuptools|wheel)') > constraints.txt

clean:  ## remove what was made
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
