# `make run` runs the bot, `make test` runs every test; both set up all they need, in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS ?=
JSON ?=
DATA ?=
OUT ?= build/model
MODEL ?= plugins/cortex_classifier/builtin/model.tflite
AGAINST ?=
EXTRAS ?=

.PHONY: help run extras test test-js test-python check format docs bench model model-eval constraints clean

help:
	@echo "make run [ARGS=\"--port 9180\"]   run the bot on http://localhost:8080"
	@echo "make extras EXTRAS=llm,aws      install what plugins need besides: aws, feed, google, gs, llm, recorder, s3, vertex"
	@echo "make test                       run every test: Python, JavaScript, browser"
	@echo "make check                      format, lint and types"
	@echo "make format                     mend format and lint"
	@echo "make docs                       write what is made of the code anew: docs/cli.md, docs/reference.md, config.schema.json"
	@echo "make bench [JSON=out.json]      measure speed and memory"
	@echo "make model DATA=FOLDER          train the built-in model, into build/model"
	@echo "make model-eval DATA=FOLDER     measure the built-in model"

run: $(VENV)/.run
	@$(BIN)/cortex run $(ARGS)

extras: $(VENV)/.run
	$(PIP) install --constraint constraints.txt --editable ".[$(or $(EXTRAS),$(error say which: EXTRAS=llm,aws))]"

test: test-js test-python

test-js: $(VENV)/.dev
	$(BIN)/node --test "tests/web/**/*.test.js" "examples/**/*.test.js"

test-python: $(VENV)/.dev
	@sh scripts/chromium.sh $(BIN)/playwright
	$(BIN)/python -m pytest --numprocesses 2 $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" node_modules/.bin/tsc

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev
	$(BIN)/python scripts/cli_docs.py
	$(BIN)/python scripts/config_schema.py
	$(BIN)/python scripts/reference_docs.py

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(if $(JSON),--json $(JSON)) $(ARGS)

model: $(VENV)/.dev
	$(BIN)/python -m training "$(need-data)" -o "$(OUT)" $(ARGS)

model-eval: $(VENV)/.dev
	@$(BIN)/python -m training.evaluate "$(need-data)" "$(MODEL)" $(if $(AGAINST),--against "$(AGAINST)") $(ARGS)

need-data = $(or $(DATA),$(error say where the pictures are: DATA=FOLDER, which is tiny-imagenet-200))

# Environments: .run has what the bot needs, .dev what its developers need besides.

$(BIN)/python:
	@sh scripts/venv.sh $(PYTHON) $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Cortex into $(VENV); the first time takes a minute or two."
	$(PIP) install --constraint constraints.txt --upgrade pip
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run package.json
	$(PIP) install --constraint constraints.txt --group dev
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm install --no-package-lock --no-audit --no-fund --silent
	@touch $@

constraints: $(VENV)/.dev
	@echo "# The versions that Cortex is tested with; \`make constraints\` writes this file." > constraints.txt
	$(PIP) freeze --exclude-editable >> constraints.txt

clean:
	rm -rf $(VENV) node_modules build dist
