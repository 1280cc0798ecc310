# What people and machines call. `make help` lists it.
# Everything lives in the checkout: .venv/ (Python and Node), node_modules/, .data/ (servers and data).

PORT ?= 8000
N ?= 10000
VENV := .venv
PY := $(VENV)/bin/python
export PORT DATA_DIR

.DEFAULT_GOAL := help
.PHONY: help demo run install test test-all test-orders lint bench lock translations

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

demo: install ## everything with demo data, at http://127.0.0.1:8000/ (PORT, DATA_DIR)
	@ANQI_DEMO=1 exec $(PY) -m embedded.run

run: install ## the same without demo data
	@exec $(PY) -m embedded.run

install: $(VENV)/.installed node_modules/.installed locale/.compiled ## environment and front-end packages only

test: install ## checks and tests, before every commit (ARGS)
	@exec $(PY) .ci/suite.py test $(ARGS)

test-all: install ## the same with the drills, which .ci/run does
	@exec $(PY) .ci/suite.py test-all $(ARGS)

test-orders: install ## everything six times: random orders, Chinese, New York, busy machine
	@exec $(PY) .ci/orders.py $(ARGS)

lint: install ## put code, templates and imports in order, then check them
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) .ci/checks.py --fix

bench: install ## measure with N enterprises (N=100000), results in benchmarks/results/
	$(PY) -m benchmarks --n $(N)

lock: ## write both lock files anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q --upgrade pyproject.toml --all-extras -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q -c requirements.lock pyproject.toml -o requirements-production.lock

translations: install ## collect the messages of code and templates into locale/
	$(PY) manage.py translations

# --- stamps: a second run does nothing -----------------------------------------------------------------------------

$(VENV)/.installed: requirements.lock pyproject.toml
	@python=; for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
		if command -v $$candidate >/dev/null 2>&1 && $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then python=$$candidate; break; fi; done; \
	if [ -z "$$python" ]; then echo "Python 3.11 or newer is missing. On Debian: apt-get install python3.11 python3.11-venv" >&2; exit 1; fi; \
	if ! $$python -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "$$python has no venv module. On Debian: apt-get install python3-venv" >&2; exit 1; fi; \
	if ! $(PY) -c 'import pip' 2>/dev/null; then echo "Making $(VENV) with $$python ..."; $$python -m venv --clear $(VENV) || exit 1; fi
	@echo "Installing the Python packages of requirements.lock ..."
	@$(PY) -m pip install --quiet --no-input --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@# hatchling is in the lock, so the checkout itself is put in without asking the network
	@$(PY) -m pip install --quiet --no-input --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.installed: package-lock.json $(VENV)/.installed
	@echo "Installing the front-end packages of package-lock.json ..."
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm ci --ignore-scripts --no-fund --no-audit --loglevel=error < /dev/null
	@touch $@

locale/.compiled: $(wildcard locale/*/LC_MESSAGES/django.po) $(VENV)/.installed
	@$(PY) manage.py translations --compile
	@mkdir -p locale && touch $@
