# Each target works from nothing on a machine with Python 3.11+, pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help brief serve test check bench docs data lock wheel clean

help: ## What there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("oresight needs Python 3.11 or newer: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	@echo "compiling the market once: one to three minutes"
	@$(BIN)/oresight stress gallium-germanium-2023 --draws 2 >/dev/null 2>&1
	@$(BIN)/oresight backtest --draws 8 >/dev/null 2>&1
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

brief: $(VENV)/ready ## The brief on real data: brief/index.html and its tables
	$(BIN)/oresight brief --out brief

serve: $(VENV)/ready ## The workbench in the browser, on this machine only
	$(BIN)/oresight serve

test: $(VENV)/ready-dev ## All tests
	$(BIN)/python -m pytest -n $(JOBS)

check: $(VENV)/ready-dev ## Format, lint, types
	$(BIN)/ruff format --check src tests benchmarks tools
	$(BIN)/ruff check src tests benchmarks tools
	$(BIN)/mypy

bench: $(VENV)/ready-dev ## Benchmarks beside the peers, in one run
	$(BIN)/python -m benchmarks

data: $(VENV)/ready ## Compile the curated rows of data/curated into the package's tables
	$(BIN)/python -m oresight.catalog.compile

docs: $(VENV)/ready ## Write the generated pages of docs/
	$(BIN)/python -m tools.reference

wheel: $(VENV)/ready-dev ## The wheel, with its size held to 25 MB
	rm -rf dist && $(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	$(BIN)/python -c 'import glob, os, sys; s = os.path.getsize(glob.glob("dist/*.whl")[0]) / 1e6; print(f"wheel {s:.1f} MB"); sys.exit(s > 25)'

lock: ## Pin every dependency anew
	$(PYTHON) -m pip install --quiet uv
	uv pip compile pyproject.toml -o requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
	uv pip compile pyproject.toml --group dev --extra cluster -o requirements-dev.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -c requirements.lock

clean: ## Remove what the targets made
	rm -rf $(VENV) dist brief
