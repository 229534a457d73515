# The verbs of the project; `make` alone lists them. `make run` needs Python 3.11 and make, nothing else.
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
PORTAL_DATA ?= $(CURDIR)/var
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: help run test deploy-test workload mutate check format hooks messages lock bench clean

help: ## List these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Start the site with the demo ward on http://localhost:8000 (PORT=…)
	@PORTAL_LOCAL=1 PORTAL_DATA="$(PORTAL_DATA)" PORT="$(PORT)" exec $(PY) manage.py serve

test: $(VENV)/.dev ## Run every test; ARGS="…" goes to pytest
	@.ci/test $(ARGS)

deploy-test: $(VENV)/.dev ## Run what ships in deploy/ as it ships; needs root and Debian; ARGS="…"
	@.ci/deploy $(ARGS)

mutate: $(VENV)/.dev ## Find rules that no test holds: change pure modules, list what goes unnoticed
	@.ci/mutate $(ARGS)

workload: $(VENV)/.dev ## Do everything at once from seven processes, then look for errors; ARGS="seconds seed"
	@.ci/workload $(ARGS)

check: $(VENV)/.dev ## Check format, lint, types, imports, migrations, translations, settings
	@.ci/check

format: $(VENV)/.dev ## Format the code and mend what the linter can
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

hooks: $(VENV)/.dev ## Run the quick checks before each commit from now on
	$(VENV)/bin/pre-commit install

messages: $(VENV)/.dev ## Collect new words for translation and compile the catalogues; needs GNU gettext
	@.ci/messages

lock: ## Pin every package with its hashes; needs pip-tools
	pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --no-header --allow-unsafe --upgrade -o requirements.lock pyproject.toml
	pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --no-header --allow-unsafe --upgrade --extra dev -o requirements-dev.lock pyproject.toml

bench: $(VENV)/.dev ## List the timings; run one with NAME=ratings ARGS="…"
	@PORTAL_LOCAL=1 PORTAL_DATA="$(PORTAL_DATA)" $(PY) bench $(NAME) $(ARGS)

clean: ## Remove the Python environment
	rm -rf $(VENV)

# --- The Python environment -------------------------------------------------------------------

$(VENV)/bin/python:
	@echo "Making the Python environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python lacks its venv module (Debian: apt-get install python3-venv)."; exit 1; }

# One stamp for each lock file: packages are installed again only when it changes.
$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	@[ -e $(VENV)/.dev ] || echo "Installing the packages …"
	@[ -e $(VENV)/.dev ] || $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/bin/python
	@echo "Installing the packages for development …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.run
