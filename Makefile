# Six words: demo test check bench format docs. Each builds .venv from the lock when it must.

PYTHON ?= python3
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
LOCKED := .venv/locked-$(VERSION)
READY := .venv/ready-$(VERSION)

.PHONY: demo test check bench format docs
.DELETE_ON_ERROR:

demo: $(READY)
	@$(BIN)/tallywire demo

test: $(READY)
	@$(BIN)/python -m pytest

check: $(READY)
	@$(BIN)/ruff format --check --quiet . || { echo "run: make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m pytest --no-skips

bench: $(READY)
	@$(BIN)/python -m benchmarks

format: $(READY)
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

docs: $(READY)
	@$(BIN)/python -m docs.generate

# A changed lock, or another PYTHON, means a new environment: what left the lock is gone from it.
$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Tallywire needs Python 3.11 or later; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "building .venv from requirements.lock (once)"
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install --require-hashes --requirement requirements.lock
	@touch $@

# The lock holds the build backend too, so that nothing is fetched here.
$(READY): $(LOCKED) pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
