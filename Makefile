# Everything a newcomer needs is `make demo` and `make test`. `make` alone lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PORT ?= 8000
# Named by what the lock says, so that a new date on the same lock fetches nothing.
LOCKED := $(VENV)/.holds-$(shell cksum < requirements-dev.lock | tr -d ' ')
MADE := $(VENV)/.holds-this-package
COMPARED := .venv-openfisca
COMPARED_MADE := $(COMPARED)/.holds-$(shell cksum < requirements-openfisca.lock | tr -d ' ')
QUIETLY := --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help demo test bench chaos lint format openapi lock audit clean
.DELETE_ON_ERROR:

help: ## this list
	@echo "Usage: make TARGET"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(MADE) ## serve sample firms, a prefecture and a bank on this machine (PORT=8000); ctrl-c ends it
	$(BIN)/rbc-assess demo --port $(PORT)

test: $(MADE) ## every test, on SQLite and PostgreSQL (WORKERS=2); ARGS="tests/core -k tier" narrows it
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

bench: $(MADE) $(COMPARED_MADE) ## speed against floors measured in the same run; writes benchmarks/results.md
	$(BIN)/python -m benchmarks

chaos: $(MADE) ## kill, flood and tamper, then count what was lost (minutes, seeded)
	$(BIN)/python -m benchmarks.chaos

lint: $(MADE) ## ruff, its formatter and mypy, as the build wants them
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(MADE) ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(MADE) ## write openapi.json from the code; commit it with the change
	$(BIN)/python -m rbc_assess.api.openapi > openapi.json.new && mv openapi.json.new openapi.json

audit: $(MADE) ## known faults in what we depend on (asks a public database)
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.lock

# The names of indexes and of this machine's paths stay out of the locks: hashes say what a file is, not where from.
UV_COMPILE = $(BIN)/uv pip compile --quiet --no-config --universal --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --no-annotate --python-version 3.11 $(LOCK_ARGS)

lock: $(MADE) ## write the lock files anew from pyproject.toml (LOCK_ARGS=--upgrade takes newer versions)
	$(UV_COMPILE) pyproject.toml -o requirements.lock
	$(UV_COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(UV_COMPILE) --group build -c requirements-dev.lock -o requirements-build.lock
	$(UV_COMPILE) --group openfisca -o requirements-openfisca.lock

clean: ## take away what make made, but not your databases
	rm -rf $(VENV) $(COMPARED) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests migrations -name __pycache__ -type d -prune -exec rm -rf {} +

# Two steps, so that a change of pyproject.toml alone does not fetch everything again.
$(MADE): $(LOCKED) pyproject.toml
	$(BIN)/python -m pip install $(QUIETLY) --no-index --no-deps --no-build-isolation -e .
	@touch $@

$(LOCKED):
	@command -v $(PYTHON) >/dev/null || { \
		echo "make: there is no $(PYTHON); on Debian: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "make: $(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "make: $(PYTHON) cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(QUIETLY) --require-hashes -r requirements-dev.lock
	@touch $@

# What speed is compared with has its own environment: its pins are not the service's, nor is its licence.
$(COMPARED_MADE): $(MADE)
	rm -rf $(COMPARED)
	$(PYTHON) -m venv $(COMPARED)
	$(COMPARED)/bin/python -m pip install $(QUIETLY) --require-hashes -r requirements-openfisca.lock
	@touch $@
