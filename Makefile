# The verbs of the project. `make run` needs Python 3.11 and make, nothing else.
PYTHON ?= python3
PORT ?= 8000
PORTAL_DATA ?= $(CURDIR)/var
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: run test check format messages lock clean bench

run: $(VENV)/.run
	@PORTAL_LOCAL=1 PORTAL_DATA="$(PORTAL_DATA)" PORT="$(PORT)" exec $(PY) manage.py serve

test: $(VENV)/.dev
	@.ci/test $(ARGS)

check: $(VENV)/.dev
	@.ci/check

format: $(VENV)/.dev
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

# Read the sources for new words, then compile; needs GNU gettext.
messages: $(VENV)/.dev
	@.ci/messages

# Pin every package with its hashes; needs pip-tools.
lock:
	pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --no-header --allow-unsafe --upgrade -o requirements.lock pyproject.toml
	pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --no-header --allow-unsafe --upgrade --extra dev -o requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV)

$(VENV)/bin/python:
	@echo "Making the Python environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python lacks its venv module (Debian: apt-get install python3-venv)."; exit 1; }

# A stamp for each lock file: packages are installed again only when it changes.
$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	@[ -e $(VENV)/.dev ] || echo "Installing the packages …"
	@[ -e $(VENV)/.dev ] || $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/bin/python
	@echo "Installing the packages for development …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.run
