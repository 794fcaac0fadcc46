# Every way to work on 签批, each one word. DATABASE_URL, PORT and DEMO_PASSWORD pass through from the environment.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install run test engine soak seeded check words bench lock clean

BIN := .venv/bin
# Each worker of the suite starts on its own database. Three keep two cores busy while a browser waits.
WORKERS ?= 3
# The next run finds the tests of this one compiled, wherever else this is switched off.
unexport PYTHONDONTWRITEBYTECODE

help:  ## say what can be made
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 16

install: .venv/.project  ## make .venv from the lock (nothing happens when it is up to date)

.venv/.packages: requirements-dev.txt .ci/python
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  python="$$(.ci/python)" && rm -rf .venv && "$$python" -m venv .venv; \
	fi
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.venv/.project: .venv/.packages pyproject.toml
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: install  ## serve the product with its demonstration hospital
	@$(BIN)/qianpi serve --demo

test: install  ## run the whole suite; pytest's own summary is the last line
	@.ci/browser
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

engine: install  ## run the tests of the rules alone, in seconds
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal tests/engine $(ARGS)  # nothing waits in them

# Walks that nobody has walked: a failure names what walks them again.
STEPS ?= 60000

soak: install  ## long random walks, new ones each time (STEPS=60000 each)
	@RANDOM_STEPS=$(STEPS) ANYTHING_STEPS=$(STEPS) $(BIN)/python -m pytest -q -n $(WORKERS) tests/sweeps $(ARGS)

seeded: install  ## plant deliberate faults and show which test finds each
	@$(BIN)/python -m tests.seeded $(ARGS)

check: install  ## style, types, who may import whom, the definitions, and what became of each clause
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/qianpi check
	$(BIN)/qianpi clauses --open

words: install  ## collect the sentences of the templates into web/translations/en.po
	@mkdir -p var
	@$(BIN)/pybabel -q extract -F web/translations/babel.cfg --no-location --sort-output --no-wrap -o var/words.pot web/templates
	@$(BIN)/pybabel -q update -i var/words.pot -o web/translations/en.po -l en --no-fuzzy-matching --no-wrap --ignore-obsolete
	@sed -i -E '/^"(POT-Creation-Date|PO-Revision-Date|Project-Id-Version|Report-Msgid-Bugs-To|Last-Translator|Language-Team|Generated-By):/d' web/translations/en.po
	@grep -B1 '^msgstr ""$$' web/translations/en.po | sed -n 's/^msgid "\(..*\)"$$/no English yet: \1/p'

bench: install  ## measure, and print the figures
	@$(BIN)/python -m benchmarks $(ARGS)

# uv writes the lock; plain pip installs it. The lock names hashes and no address of a package source.
LOCK := UV_PYTHON_DOWNLOADS=never .venv-lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
  --generate-hashes --no-header --no-annotate --quiet

lock:  ## write requirements.txt and requirements-dev.txt anew (ARGS=--upgrade for newer releases)
	@python="$$(.ci/python)" && "$$python" -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	$(LOCK) $(ARGS) --output-file requirements.txt
	$(LOCK) $(ARGS) --group dev --constraint requirements.txt --output-file requirements-dev.txt
	@rm -rf .venv-lock

clean:  ## remove the environment and every cache; databases in var/ stay
	rm -rf .venv .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
