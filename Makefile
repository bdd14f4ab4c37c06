# Set-up and the daily commands. Only Python 3.11 or newer and pip are assumed.

SHELL := /bin/sh
CANDIDATES := python3.11 python3.12 python3.13 python3.14 python3
PYTHON ?= $(shell for candidate in $(CANDIDATES); do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$candidate; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-annotate
# Every process of the tests would compile the station again, which is half of what starting costs.
unexport PYTHONDONTWRITEBYTECODE
# One process more than the two cores that are assumed: the stories wait for the disk and for sockets.
WORKERS ?= 3
KILLS ?= 100
STORE ?= both
# For how many seconds the platform answers nothing.
SILENCE ?= 600

.PHONY: help setup run test test-all lint chaos year texts pictures understanding bench bench-check migration freeze release site dist sbom lock clean
.DEFAULT_GOAL := help

help:  ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: $(VENV)/.run  ## Set up what the station needs, and start nothing.

run: $(VENV)/.run  ## Set up, and start the demo station on http://127.0.0.1:8080/chat.
	@exec $(BIN)/yizhan demo

test: lint  ## Set up, and run every check; each story on both stores and on some of the channels.
	@$(BIN)/pytest -n $(WORKERS) $(PYTEST)

test-all: lint  ## The same with each story on every channel and both stores, for a release.
	@$(BIN)/pytest -n $(WORKERS) --everywhere $(PYTEST)

lint: $(VENV)/.test  ## Style, types and the direction of imports.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

chaos: $(VENV)/.test  ## Kill the station a hundred times at work: make chaos KILLS=20 STORE=sqlite SEED=7 OF=disk
	@$(BIN)/python -m tests.chaos --kills $(KILLS) --store $(STORE) --silence $(SILENCE) \
		$(if $(SEED),--seed $(SEED)) $(if $(OF),--of $(OF))

year: $(VENV)/.test  ## Let a year of a district pass, and check what must hold: make year STORE=sqlite SEED=7 ONE_IN=5
	@$(BIN)/python -m tests.year --store $(STORE) $(if $(SEED),--seed $(SEED)) $(if $(ONE_IN),--one-in $(ONE_IN))

pictures: $(VENV)/.test  ## Take the pictures of the organizers' guides anew: make pictures OF=zh
	@$(BIN)/python -m tests.browser.guides $(OF)

texts: $(VENV)/.test  ## Bring the catalogues of translations up to date; lists what is not translated.
	@$(BIN)/python -m locales

understanding: $(VENV)/.test build/understanding/.done  ## Learn from the table of phrases, and print how well people are understood.
	@build/understanding/bin/python -m tests.understanding.learn
	@build/understanding/bin/python -m tests.understanding.learn_pasted
	@$(BIN)/python -m tests.understanding.measure --missed

# OF is one of signup (where nothing is said), announcement, fanout, reminders, processes, rush, draw, outgoing, gala, console,
# busy_desk, search, loading, copying and papers.

bench: build/bench/.done  ## Measure, next to other bots: make bench OF=announcement BENCH="--store postgresql"
	@build/bench/bin/python -m benchmarks.$(or $(OF),signup) $(BENCH)

bench-check: build/bench/.done  ## Run every benchmark small, with its peers, and check that it prints figures.
	@build/bench/bin/python -m benchmarks.check

migration: $(VENV)/.test  ## Write the migration from the last revision to the models: make migration NAME="seats".
	@$(BIN)/python -m migrations "$(NAME)"

freeze: $(VENV)/.test  ## Store this version's databases and record its revisions, to be committed before its release.
	@$(BIN)/python -m tests.migrations.releases

release: $(VENV)/.test  ## Check, test, build and tag this version; says what to push, and pushes nothing.
	@$(BIN)/python -m tests.releasing check
	@$(MAKE) --no-print-directory test-all
	@$(BIN)/python -m tests.releasing build
	@$(MAKE) --no-print-directory sbom
	@cp build/sbom.cdx.json dist/
	@$(BIN)/python -m tests.releasing tag

site: build/site/.done  ## Build the documentation as a site, in both languages, into build/pages/html.
	@build/site/bin/python docs/site/build.py

dist: $(VENV)/.test  ## Build the wheel into dist/.
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps -w dist .

sbom: $(VENV)/.test  ## Write a bill of materials (CycloneDX) of what the station runs with to build/sbom.cdx.json.
	@rm -rf build/sbom && $(PYTHON) -m venv --without-pip build/sbom
	@$(BIN)/python -m pip --python build/sbom/bin/python install --quiet --disable-pip-version-check \
		--require-hashes -r requirements.lock
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON \
		-o build/sbom.cdx.json build/sbom/bin/python

lock: $(BIN)/uv  ## Choose the newest versions of every dependency.
	@$(COMPILE) --upgrade pyproject.toml -o requirements.lock
	@$(COMPILE) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@$(COMPILE) --extra dev --extra bench pyproject.toml -o requirements-bench.lock
	@$(COMPILE) --extra understanding -c requirements.lock pyproject.toml -o requirements-understanding.lock
	@$(COMPILE) docs/site/requirements.in -o requirements-site.lock

clean:  ## Remove what the tools have left; data and config.toml stay.
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made again only when a lock file has changed.

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "Yizhan needs Python 3.11 or newer, and none of these is: $(CANDIDATES)." >&2; \
		echo "Install one, or name yours: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)."
	@$(PYTHON) -m venv $(VENV)

$(BIN)/yizhan: $(BIN)/python
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/yizhan.pth"
	@printf '#!/bin/sh\nexec "%s" -P -m bot "$$@"\n' "$(CURDIR)/$(BIN)/python" > $@
	@chmod +x $@

# Only the choosing of versions needs uv, so no lock file holds it.
$(BIN)/uv: | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.run: requirements.lock | $(BIN)/yizhan
	@echo "Installing what the station needs (a minute, once)."
	@$(INSTALL) -r requirements.lock
	@touch $@

$(VENV)/.test: requirements-dev.lock | $(BIN)/yizhan
	@echo "Installing what the checks need (a minute, once)."
	@$(INSTALL) -r requirements-dev.lock
	@touch $@ $(VENV)/.run

# Only learning needs it: what was learnt is a file.
build/understanding/.done: requirements-understanding.lock
	@echo "Installing what learning needs (a minute, once)."
	@$(PYTHON) -m venv build/understanding
	@build/understanding/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-understanding.lock
	@touch $@

build/site/.done: requirements-site.lock
	@echo "Installing what the site needs (half a minute, once)."
	@$(PYTHON) -m venv build/site
	@build/site/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-site.lock
	@touch $@

# The peers ask for other versions of shared libraries, so all bots are measured in one environment apart.
build/bench/.done: requirements-bench.lock
	@test -n "$(PYTHON)" || { echo "Yizhan needs Python 3.11 or newer." >&2; exit 1; }
	@echo "Installing the bots to measure (a minute, once)."
	@$(PYTHON) -m venv build/bench
	@build/bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@
