# Two doors for everyone: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= out/demo
OUT_YEAR ?= out/year
READY := .venv/.ready
APT := -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=60
CODE := bot digests reminders surveys storage tests benchmarks

.DEFAULT_GOAL := help
.PHONY: help demo year try test browser check format bench example lock clean

help: ## what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which one with: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -d .venv || $(PYTHON) -m venv .venv || \
	  { echo "Python could not make its environment; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up (once; a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY) ## the whole loop on the Rochdale plan: no accounts, no network, under a minute
	@$(BIN)/listening-loop demo --out $(OUT)

year: $(READY) ## a whole year of the five example partnerships: every digest and report; some minutes
	@$(BIN)/listening-loop year --out $(OUT_YEAR)

try: $(READY) ## a survey in your own browser: no accounts, no settings; Ctrl-C ends it
	@$(BIN)/listening-loop survey try

test: $(READY) browser ## all tests, on SQLite and PostgreSQL, with pages in a real browser
	@$(BIN)/python -m pytest -n auto

# Where there is no Chromium and we may not get it, its tests are left out; with CI=true they fail.
browser:
	@for name in chromium chromium-browser google-chrome-stable google-chrome; do \
	  command -v $$name > /dev/null && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ]; then may=env; else may="sudo -n"; fi; \
	if command -v apt-get > /dev/null && $$may true 2> /dev/null; then \
	  echo "Getting Chromium for the browser tests (once; a minute or two) ..."; \
	  $$may apt-get $(APT) update > /dev/null 2>&1; \
	  $$may apt-get $(APT) install -y --no-install-recommends chromium > /dev/null 2>&1 && exit 0; \
	fi; \
	echo "Chromium is missing for the browser tests; on Debian: sudo apt-get install chromium"

check: $(READY) ## format, lint, types, import contracts, docs in step
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_docs.py tests/test_house.py

format: $(READY) ## put the code into its form
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

bench: $(READY) ## the benchmarks: ratios against peers and floors of the same run
	@$(BIN)/python -m benchmarks

example: $(READY) ## renew examples/output, the demo for those who cannot install anything
	@$(BIN)/listening-loop demo --out out/example > /dev/null
	@mkdir -p examples/output && rm -rf examples/output/*
	@cp out/example/*.html out/example/*.md out/example/*.json out/example/transcript.txt examples/output/
	@$(BIN)/listening-loop year rochdale salford bristol --out out/example-year --chosen examples/output/year-2023

lock: $(READY) ## pin the dependencies anew (needs uv)
	@uv lock --upgrade --quiet
	@uv export --quiet --format requirements.txt --no-emit-project --no-emit-index-url --all-groups --no-header -o requirements.lock
	@rm -f uv.lock

clean: ## remove what was made
	@rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
