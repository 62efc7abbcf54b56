# Everything a newcomer types. Each target sets up what it needs; nothing is installed outside .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run ui test test-slow check format lock clean help

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: $(VENV)/.run  ## catalogs -> training set, with the embedded model and without a key
	@$(BIN)/toolmind run

ui: $(VENV)/.run  ## the Dagster UI on loopback
	@$(BIN)/toolmind ui

test: $(VENV)/.dev  ## all tests but the slow ones: minutes
	@$(PYTEST) -m "not slow"

test-slow: $(VENV)/.dev  ## the rest: whole runs in processes, a Dagster daemon, the UI in a browser where there is one
	@$(PYTEST) -m slow

check: $(VENV)/.dev  ## format, lint, types, direction of imports, generated docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/basedpyright --level error
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python docs/generate.py --check

format: $(VENV)/.dev  ## format, sort imports, write generated docs
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .
	@$(BIN)/python docs/generate.py

lock: $(VENV)/.dev  ## pin all dependencies with hashes (needs uv)
	@uv pip compile --quiet $(LOCK_FLAGS) --extra dev pyproject.toml -o requirements-dev.txt
	@uv pip compile --quiet $(LOCK_FLAGS) --extra build -c requirements-dev.txt pyproject.toml -o requirements.txt

LOCK_FLAGS := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-annotate --no-header --no-strip-extras

clean:  ## remove the virtual environment and everything that runs have made
	rm -rf $(VENV) .toolmind

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else \
		"Python 3.11, 3.12 or 3.13 is needed, this is %d.%d: call make PYTHON=python3.12 ..." % v)'
	@echo "setting up .venv ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(BIN)/python
	@echo "installing what it needs (pinned, with hashes) ..."
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "installing what tests and checks need (pinned, with hashes) ..."
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@
