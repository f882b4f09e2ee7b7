# Linli: `make demo` to try it, `make test` to check it. Needs Python 3.11+, make and a package registry.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.ready
UV := $(VENV)/bin/uv

.PHONY: setup demo run test check bench format docs migration lock clean

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Linli needs Python 3.11 or newer; set PYTHON=python3.x" if sys.version_info < (3, 11) else 0)'
	@test -x $(UV) || { $(PYTHON) -m venv $(VENV) && $(VENV)/bin/python -m pip install --quiet "uv>=0.9,<1"; }
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install --quiet --no-deps --editable .
	@touch $@

demo: setup
	@$(VENV)/bin/linli demo $(ARGS)

run: setup
	@$(VENV)/bin/linli run $(ARGS)

# No test cuts the power: where memory offers 2 GB for files, tests keep theirs there and take half the time.
IN_MEMORY := $(shell test -w /dev/shm && df -Pk /dev/shm | awk 'NR == 2 && $$4 > 2000000 { print "/dev/shm" }')

test: setup
	@TMPDIR=$(or $(TMPDIR),$(IN_MEMORY),/tmp) $(VENV)/bin/python -m pytest -n auto --dist worksteal $(ARGS)

check: setup
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache

bench: setup
	@$(VENV)/bin/python -m tests.benchmarks $(ARGS)

format: setup
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

# What docs/architecture.md says of each module is what the module says of itself.
docs: setup
	@$(VENV)/bin/python -m tests.architecture

# After a change of models: make migration m="What changed", then read what it wrote.
migration: setup
	@$(VENV)/bin/python -m bot.migrations "$(m)"
	@$(VENV)/bin/ruff check --quiet --fix bot/migrations
	@$(VENV)/bin/ruff format --quiet bot/migrations

# The lock names versions and hashes but no registry, so that it works behind any mirror.
lock: setup
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--upgrade pyproject.toml --group dev -o requirements.lock

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
