# Every target sets up what it needs first. `make help` lists them.

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
# Another Python, more arguments: make demo PYTHON=python3.12 ARGS=--town
PYTHON ?=
ARGS ?=
PYTHONS := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python

.DEFAULT_GOAL := help
.PHONY: help setup demo test simulate check format bench screenshots icon lock upgrade clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## Make .venv and install what requirements.lock names
	@for python in $(PYTHONS); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then exec "$$python" tools/set_up.py; fi; \
	done; \
	echo "Doorstep: needs Python 3.11 or newer, and found none; install it, or name one with: make PYTHON=/path/to/python3" >&2; \
	exit 1

demo: setup ## Start a small town: server, console and two devices
	@exec $(VENV)/bin/doorstep demo $(ARGS)

# Playwright leaves an event loop running, so what drives a browser gets a process of its own.
test: setup ## Run every test
	@status=0; \
	$(PY) -m pytest -m "not browser" -n auto --maxprocesses 4 --dist loadscope $(ARGS) || status=$$?; \
	$(PY) -m pytest -m browser $(ARGS) || status=$$?; \
	exit $$status

simulate: setup ## Run 2,000 seeds of the sync simulator
	@exec $(PY) -m tests.simulator --seeds 2000 $(ARGS)

check: setup ## Check format, lint, types and import contracts
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: setup ## Put the source in its format
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: setup ## Measure speed
	@exec $(PY) -m benchmarks $(ARGS)

screenshots: setup ## Make the pictures of the README again
	@exec $(PY) -m tools.screenshots $(ARGS)

icon: setup ## Draw the app's icons again
	@exec $(PY) -m tools.draw_icons

lock: setup ## Write requirements.lock again, keeping versions where they still fit
	$(PY) -m tools.lock $(ARGS)

upgrade: setup ## Write requirements.lock again with the newest versions
	$(PY) -m tools.lock --upgrade

clean: ## Remove what was made: .venv, build and caches (never your data)
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache .grimp_cache
	find mobile rehearsal server shared tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
