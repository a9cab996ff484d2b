# `make help` lists the targets. Each makes what it needs: .venv/ is built from requirements.lock by hash.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.ready: requirements.lock pyproject.toml
	@bash tools/setup/venv.sh "$(PYTHON)" "$(VENV)"

setup: $(VENV)/.ready ## Make .venv/ from the lock

demo: $(VENV)/.ready ## Run the whole chain: rack, provisioning, antenna, checks, report
	@$(BIN)/millwright demo

test: test-unit test-tools test-rack ## Run all tests but the long rehearsals

test-unit: $(VENV)/.ready ## Run the tests that need no root, no rack and no network
	@$(BIN)/pytest -q -n auto --dist worksteal -m "not rack and not tools"

test-tools: $(VENV)/.ready ## Run the tests that start Ansible, pyinfra or ReFrame on this machine
	@$(BIN)/pytest -q -n auto --dist worksteal -m tools

test-rack: $(VENV)/.ready ## Run the tests on real hosts; they say so where the rack can't run
	@$(BIN)/pytest -v -rs --durations=15 -m "rack and not rehearsal"

test-rehearsal: $(VENV)/.ready ## Run the long rehearsals on real hosts: faults of Slurm, waves, the gate, drift, monitoring, node health, how-tos, images, the directory, Debian 12, bundles through a change of CA, 13 antennas
	@$(BIN)/pytest -v -rs --durations=15 -m rehearsal

lint: $(VENV)/.ready ## ruff, mypy --strict, ansible-lint, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/ansible-lint --offline
	@$(BIN)/pytest -q tests/test_import_rules.py

mutants: $(VENV)/.ready ## Change the code that decides verdicts in 330 places, and count what no test notices (an hour)
	@nice -n 10 $(BIN)/python tools/mutants/run.py $(MUTANTS)

format: $(VENV)/.ready ## Format the Python code
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

schema: $(VENV)/.ready ## Write inventories/facility.schema.json anew
	@$(BIN)/millwright facility schema > inventories/facility.schema.json.new && mv inventories/facility.schema.json.new inventories/facility.schema.json

lock: ## Resolve requirements.lock anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make lock" --extra dev pyproject.toml --output-file requirements.lock

clean: ## Remove .venv/ and caches (results stay)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: help setup demo test test-unit test-tools test-rack test-rehearsal lint format schema lock clean mutants
