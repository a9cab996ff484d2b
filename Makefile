# `make help` lists the targets. Each makes what it needs: .venv/ is built from requirements.lock by hash.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# The tests start Millwright thousands of times; without compiled modules each start takes a quarter longer.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
LINTERS := lint-code lint-format lint-types lint-ansible lint-imports lint-pipelines
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.ready: requirements.lock pyproject.toml tools/setup/uv.txt
	@bash tools/setup/venv.sh "$(PYTHON)" "$(VENV)"

setup: $(VENV)/.ready ## Make .venv/ from the lock

packages: ## Install the Debian packages that the tests need, if root's rights can be had
	@$(PYTHON) tools/setup/packages.py tests workstation rack image --if-possible

bare-path: ## Fill FOLDER with links to the programs of a bare Debian and the declared ones
	@$(PYTHON) tools/setup/bare_path.py "$(FOLDER)"

demo: $(VENV)/.ready ## Run the whole chain: rack, provisioning, antenna, checks, report
	@$(BIN)/millwright demo

demo-tender: $(VENV)/.ready ## Take the worked tender from the bid form to the award, in every form, without the rack
	@bash tools/setup/demo_tender.sh $(BIN)/millwright output/tender

test: $(VENV)/.ready packages ## Run all tests but the long rehearsals: those on the rack and, beside them, all others
	@MAKE="$(MAKE)" bash tools/setup/test.sh

test-unit: $(VENV)/.ready packages ## Run the tests that need no root, no rack and no network
	@$(BIN)/pytest -q -n auto --dist worksteal --durations=15 -m "not rack and not tools"

test-tools: $(VENV)/.ready packages ## Run the tests that start Ansible, pyinfra or ReFrame on this machine
	@$(BIN)/pytest -q -n auto --dist worksteal -m tools

test-rack: $(VENV)/.ready packages ## Run the tests on real hosts; they say so where the rack can't run
	@$(BIN)/pytest -v -rs --durations=15 -m "rack and not own_rack and not rehearsal"

test-own-rack: $(VENV)/.ready packages ## Run the tests that bring a small rack of their own up and break it
	@$(BIN)/pytest -v -rs --durations=5 -m "own_rack and not rehearsal"

test-rehearsal: $(VENV)/.ready packages ## Run the long rehearsals on real hosts: faults of Slurm, waves, the gate, drift, monitoring, node health, how-tos, images, the directory, Debian 12, bundles through a change of CA, 13 antennas, the installed wheel
	@$(BIN)/pytest -v -rs --durations=15 -m rehearsal

lint: $(LINTERS) ## Run all linters; pre-commit runs the same ones

lint-code: $(VENV)/.ready ## ruff check
	@$(BIN)/ruff check .

lint-format: $(VENV)/.ready ## ruff format, without changing files
	@$(BIN)/ruff format --check .

lint-types: $(VENV)/.ready ## mypy --strict
	@$(BIN)/mypy

lint-ansible: $(VENV)/.ready ## ansible-lint, profile production
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/ansible-lint --offline

lint-imports: $(VENV)/.ready ## Import rules of the packages
	@$(BIN)/pytest -q tests/test_import_rules.py

lint-pipelines: $(VENV)/.ready ## Workflows, pre-commit hooks and CITATION.cff against their schemas
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci .gitlab-ci.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.citation-file-format --force-filetype yaml CITATION.cff

mutants: $(VENV)/.ready ## Change the code that decides verdicts in 330 places and count what no test notices
	@nice -n 10 $(BIN)/python tools/mutants/run.py $(MUTANTS)

format: $(VENV)/.ready ## Format the Python code
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench-results: $(VENV)/.ready ## Measure storing, loading, judging and deriving of large runs; takes minutes and several GB
	@$(BIN)/python tools/benchmarks/results.py

bench-regressions: $(VENV)/.ready ## Simulate false alarms and drops found by regress check over kinds of noise; takes minutes
	@$(BIN)/python tools/benchmarks/regressions.py

bench-demo: ## Measure the demo from nothing and again, in a clone of its own; takes the rack down first
	@$(PYTHON) tools/benchmarks/demo.py

schema: $(VENV)/.ready ## Write the schemas of facility.yaml and check.yaml, and docs/reference/{json,errors,checks}.md
	@$(BIN)/millwright facility schema > inventories/facility.schema.json.new && mv inventories/facility.schema.json.new inventories/facility.schema.json
	@$(BIN)/millwright schema --markdown > docs/reference/json.md.new && mv docs/reference/json.md.new docs/reference/json.md
	@$(BIN)/python -c "from millwright.core.error_codes import codes_as_markdown, error_codes; print(codes_as_markdown(error_codes().values()), end='')" > docs/reference/errors.md.new && mv docs/reference/errors.md.new docs/reference/errors.md
	@$(BIN)/python -c "import json; from millwright.checks.declaration import declaration_schema; print(json.dumps(declaration_schema(), indent=2))" > reframe_checks/check.schema.json.new && mv reframe_checks/check.schema.json.new reframe_checks/check.schema.json
	@$(BIN)/python -c "from millwright.checks.page import checks_as_markdown; from millwright.checks.registry import shipped_checks; print(checks_as_markdown(shipped_checks().values()), end='')" > docs/reference/checks.md.new && mv docs/reference/checks.md.new docs/reference/checks.md

wheel: $(VENV)/.ready ## Build dist/millwright-VERSION-py3-none-any.whl, which installs without a checkout
	@$(BIN)/python -m hatchling build --target wheel --directory dist

lock: $(VENV)/.ready ## Resolve requirements.lock again
	@PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make lock" --extra dev pyproject.toml --output-file requirements.lock

clean: ## Remove .venv/ and caches (results stay)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: help setup packages bare-path demo demo-tender test test-unit test-tools test-rack test-own-rack test-rehearsal bench-demo bench-results bench-regressions lint $(LINTERS) format schema wheel lock clean mutants
