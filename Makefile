# AI-РОП. `make` alone prints the targets.

VENV ?= .venv
BIN := $(VENV)/bin
LOCKS := requirements.txt requirements-embedded.txt
DEV_LOCKS := $(LOCKS) requirements-dev.txt
# The settings of a production, for the checks of `check --deploy`.
PRODUCTION = env ROP_ENV_FILE= ROP_PROCESS=web DEBUG=0 ALLOWED_HOSTS=rop.example \
	DATABASE_URL=postgres://rop_app@db/rop DATABASE_OWNER_URL=postgres://rop_owner@db/rop \
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help up demo install install-dev test faults bench check format lock manage clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14
	@echo
	@echo "make up:     PORT=8000 a fixed port; DEMO=0 no demo orders; DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL,"
	@echo "             TELEGRAM_BOT_TOKEN, EMAIL_URL replace the parts that come with it."
	@echo "make test:   ARGS='tests/core -n0 -k name' for some of them."
	@echo "make manage: ARGS='import_orders FILE' runs a command on what 'make up' started."

up: install ## start everything in the foreground, until Ctrl-C
	@$(BIN)/python -m config.up

demo: install ## ... with a history of three weeks instead of three days (a new installation only; takes minutes)
	@DEMO_DAYS=21 DEMO_ORDERS_PER_DAY=120 $(BIN)/python -m config.up

install: $(VENV)/installed ## the virtual environment with the pinned packages

install-dev: $(VENV)/installed-dev ## ... and what tests and checks need

$(VENV)/installed: $(LOCKS) bin/venv
	@bin/venv $(VENV) $(LOCKS)
	@touch $@

$(VENV)/installed-dev: $(DEV_LOCKS) bin/venv
	@bin/venv $(VENV) $(DEV_LOCKS)
	@touch $(VENV)/installed $@

test: install-dev ## all tests, on a real PostgreSQL and Valkey of their own
	@bin/chromium
	@$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

faults: install-dev ## break the running product on purpose (ARGS=--short for the most telling ones)
	@$(BIN)/python -m pytest -c tests/faults/pytest.ini tests/faults $(ARGS)

bench: install-dev ## how fast it is against bare SQL, by ratios (ARGS=--short, ARGS='intake sweep'); docs/bench.md
	@$(BIN)/python -m bench $(ARGS)

check: install-dev ## style, types, layers, migrations, translations, settings for production
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	ROP_ENV_FILE= $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/python -m config.translations check
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

format: install-dev ## bring the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: ## write the locks anew from requirements*.in (needs uv)
	@for name in requirements requirements-embedded requirements-dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-annotate --no-header $$name.in -o $$name.txt || exit 1; \
	done

manage: install ## a command of manage.py
	@$(BIN)/python manage.py $(ARGS)

clean: ## forget the data, the logs and the virtual environment
	rm -rf .run $(VENV)
