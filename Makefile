# Promotora. `make` lists what there is. ARGS="…" is passed on: make test ARGS="tests/cms -k port"
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON3 ?= python3
ARGS ?=
IN_ENV := $(PYTHON3) cms/bootstrap.py env
MANAGE := $(PYTHON3) cms/bootstrap.py manage
PASSPHRASES = $(if $(PASSPHRASE_FILE),--passphrase-file "$(PASSPHRASE_FILE)") $(if $(ESCROW_FILE),--escrow-file "$(ESCROW_FILE)")
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: help run backup restore test fuzz check fix messages lock bench bench-full compat

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start Promotora with its demo school (PORT=8000 HOST=127.0.0.1 DATA_DIR=var)
	@$(PYTHON3) cms/bootstrap.py run

backup: ## one sealed file of everything (PASSPHRASE_FILE= ESCROW_FILE= TO=folder PRUNE=1)
	@$(MANAGE) backup $(if $(TO),--to "$(TO)") $(PASSPHRASES) $(if $(PRUNE),--prune) $(ARGS)

restore: ## put a backup in place and verify every diploma (FROM=file or folder OVER=1 NEWEST=file)
	@$(MANAGE) restore "$(or $(FROM),$(or $(DATA_DIR),var)/backups)" $(PASSPHRASES) $(if $(OVER),--over) $(if $(NEWEST),--newest "$(NEWEST)") $(ARGS)

test: ## every test, the browser tests included
	@$(PYTHON3) cms/bootstrap.py test $(ARGS)

fuzz: ## at least 100,000 bad inputs, half an hour long (FUZZ=…; DATABASE_URL=… for PostgreSQL)
	@FUZZ=$(or $(FUZZ),102000) $(PYTHON3) cms/bootstrap.py test tests/fuzz -n auto $(ARGS)

check: ## the gate: linters, then every test
	@.ci/run

fix: ## format the code, and mend what the linter can mend
	@$(IN_ENV) ruff check --fix --quiet . || true
	@$(IN_ENV) ruff format --quiet .

messages: ## collect the texts for the catalogues of every language, and compile them
	@$(IN_ENV) python manage.py makemessages --locale es --no-location
	@sed -i '/^"POT-Creation-Date:/d; /^"Report-Msgid-Bugs-To:/d' cms/locale/es/LC_MESSAGES/*.po
	@$(IN_ENV) python tests/catalogue.py --collect
	@$(IN_ENV) python manage.py compilemessages --locale es --locale fr --locale pt --locale ht --ignore '.venv*' --verbosity 0

lock: ## choose new versions: write the requirements*.lock files again (ARGS=--upgrade)
	@$(IN_ENV) $(COMPILE) $(ARGS) pyproject.toml --output-file requirements.lock
	@$(IN_ENV) $(COMPILE) $(ARGS) --group dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock
	@echo uv | $(IN_ENV) $(COMPILE) $(ARGS) --no-annotate - --output-file requirements-uv.lock

bench: ## every measurement in its short form (ARGS=--json for programs, ARGS=verification for one)
	@$(IN_ENV) python -m bench $(ARGS)

bench-full: ## every measurement in full, an hour long: see docs/measurements.md
	@$(IN_ENV) python -m bench --full $(ARGS)

compat: ## the tests on Wagtail 8.0, and on Python 3.12 and 3.13 where they are present
	@$(IN_ENV) python tests/compat.py $(ARGS)
