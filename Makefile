# The commands for people and CI. `make help` lists them.
# Everything lives in the checkout: .venv/ (Python and Node), node_modules/, .data/ (servers and data).
# Settings (PORT, DATA_DIR, …) are read from the environment and .env by the programs themselves (docs/operations.md).

N ?= 10000
VENV := .venv
PY := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo run install test test-all test-orders lint bench mutate lock translations

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

demo: install ## everything with demo data, at http://127.0.0.1:8000/ (PORT, DATA_DIR)
	@ANQI_DEMO=1 exec $(PY) -m embedded.run

run: install ## the same without demo data
	@exec $(PY) -m embedded.run

install: $(VENV)/.installed node_modules/.installed front/built/icons.css locale/.compiled ## environment and front-end packages only

test: install ## checks and tests, before every commit (ARGS)
	@exec $(PY) .ci/suite.py test $(ARGS)

test-all: install ## the same with the drills, which .ci/run does
	@exec $(PY) .ci/suite.py test-all $(ARGS)

test-orders: install ## the suite in three random orders: in Chinese, in New York, on a busy machine
	@exec $(PY) .ci/orders.py $(ARGS)

lint: install ## fix and format code, templates, scripts and style sheets, then check them
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) .ci/checks.py --fix

bench: install ## measure with N enterprises (N=100000), results in benchmarks/results/
	$(PY) -m benchmarks --n $(N)

mutate: install $(VENV)/mutate/.installed ## change the pure modules, count what no test notices (ARGS, EVERY)
	@PYTHONHASHSEED=0 $(PY) .ci/mutate.py $(ARGS)

lock: ## regenerate the lock files (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q --upgrade pyproject.toml --all-extras -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q -c requirements.lock pyproject.toml -o requirements-production.lock
	echo 'mutmut>=3.8,<3.9' | uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q -c requirements.lock - -o requirements-mutate.lock

translations: install ## collect the messages of code and templates into locale/
	$(PY) manage.py translations

# --- stamp files: a second run does nothing ----------------------------------------------------------------------------

$(VENV)/.installed: requirements.lock pyproject.toml
	@if ! $(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		python=$$(PYTHON=$(PYTHON) .ci/python) || exit 1; \
		echo "Making $(VENV) with $$python ..."; $$python -m venv --clear $(VENV) || exit 1; fi
	@echo "Installing the Python packages of requirements.lock ..."
	@$(PY) -m pip install --quiet --no-input --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@# hatchling is in the lock, so installing the checkout itself needs no network
	@$(PY) -m pip install --quiet --no-input --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# In a folder of its own: with setproctitle, which mutmut needs, Celery and pytest-xdist would rename their processes.
$(VENV)/mutate/.installed: requirements-mutate.lock $(VENV)/.installed
	@echo "Installing the Python packages of requirements-mutate.lock ..."
	@$(PY) -m pip install --quiet --no-input --disable-pip-version-check --no-deps --require-hashes --upgrade --target $(VENV)/mutate -r requirements-mutate.lock
	@touch $@

node_modules/.installed: package-lock.json $(VENV)/.installed
	@echo "Installing the front-end packages of package-lock.json ..."
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm ci --ignore-scripts --no-fund --no-audit --loglevel=error < /dev/null
	@touch $@

# Styles and icons that code, templates and scripts name. Also after a change there, which may name another.
front/built/icons.css: node_modules/.installed front/build.mjs $(wildcard $(shell git ls-files -- '*.py' '*.html' 'static/*.js' ':!tests' ':!benchmarks' 2>/dev/null))
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" node front/build.mjs

locale/.compiled: $(wildcard locale/*/LC_MESSAGES/django.po) $(VENV)/.installed
	@$(PY) manage.py translations --compile
	@mkdir -p locale && touch $@
