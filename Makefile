# Paths stay relative, so that a checkout whose path has a space in it works.
# The first Python on the path that is 3.11 or later; without one, python3 says what it is.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done || echo python3)
BIN := .venv/bin
OUT ?= demo

.PHONY: demo test fuzz deep check bench serve lock docs clean

demo: .venv/base
	$(BIN)/python -m trialwright demo --out "$(OUT)"

serve: .venv/base
	if [ -d "$(OUT)" ]; then $(BIN)/python -m trialwright serve "$(OUT)"; else $(BIN)/python -m trialwright serve; fi

test: .venv/dev
	$(BIN)/python -m pytest -n logical

# New random examples at every run; what it finds becomes a test of the suite.
fuzz: .venv/dev
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n logical

# A population on a real local Spark session, which needs Java 17; its library is in no lock file.
deep: .venv/dev
	$(BIN)/python -m venv .venv/spark
	.venv/spark/bin/pip install --quiet -e '.[population,spark]' hypothesis pytest
	TRIALWRIGHT_DEEP=1 .venv/spark/bin/python -m pytest tests/agreement/test_population_spark.py

check: .venv/dev
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

bench: .venv/dev
	for file in bench/*.py; do $(BIN)/python "$$file" || exit 1; done

docs: .venv/dev
	$(BIN)/python tools/reference.py
	$(BIN)/python tools/figures.py
	$(BIN)/python tools/printed.py

# The lock files are made from pyproject.toml, for every platform, with hashes.
lock:
	$(PYTHON) -m venv .venv/uv && .venv/uv/bin/pip install --quiet uv
	.venv/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --output-file requirements.lock pyproject.toml tools/build.in
	.venv/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --constraint requirements.lock --group dev --output-file requirements-dev.lock pyproject.toml tools/build.in

.venv/base: requirements.lock pyproject.toml tools/bootstrap.py
	$(PYTHON) tools/bootstrap.py .venv requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock pyproject.toml tools/bootstrap.py
	$(PYTHON) tools/bootstrap.py .venv requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv
