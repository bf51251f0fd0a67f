# Two commands matter: `make run` and `make test`. All the rest is there to make them work.
PORT ?= 8000
BENCH ?= race checkout quote listing product home search import cold-start
SYSTEM_PYTHON := $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3 || echo missing)
PY := .venv/bin/python

.PHONY: run setup develop test check audit bench

run: setup
	@exec .venv/bin/entrepot run --port $(PORT)

setup: python
	@$(SYSTEM_PYTHON) tools/setup.py

develop: python
	@$(SYSTEM_PYTHON) tools/setup.py --develop

test: develop
	@$(PY) -m pytest -n 2 --dist loadscope $(ARGS)

check: develop
	@$(PY) -m tools.check

audit: develop
	@$(PY) -m tools.audit

bench: setup
	@for name in $(BENCH); do echo; echo "bench $$name"; .venv/bin/entrepot bench $$name $(ARGS) || exit 1; done

.PHONY: python
python:
	@test "$(SYSTEM_PYTHON)" != missing || { echo "Python 3.11 or newer is needed: install it, then run make again." >&2; exit 1; }
