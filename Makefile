# setup   .venv from the hash-pinned lock         demo    simulated portals, crawled, searched, exported (SERVE=1: and shown)
# test    every test                              check   format, lint, types, imports, tests, docs
# bench   the benchmarks, into bench/RESULTS.md   docs    docs/commands.md anew from --help
# lock    requirements.lock anew from pyproject.toml   cassettes   what a Meilisearch server answers, recorded for tests without one

.DEFAULT_GOAL := demo
.PHONY: setup demo test check bench docs lock format cassettes

BIN := .venv/bin

.venv/.ready: requirements.lock pyproject.toml scripts/setup
	@scripts/setup

setup: .venv/.ready

demo: .venv/.ready
	@$(BIN)/caicach demo $(if $(SERVE),--serve)

test: .venv/.ready
	@scripts/servers
	@$(BIN)/pytest -q -n auto --dist worksteal $(ARGS)

check: .venv/.ready
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@scripts/servers
	@$(BIN)/pytest -q -n auto --dist worksteal --cov --cov-report=term $(ARGS)

format: .venv/.ready
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# FULL=1: the sizes the goals are set for; SUBJECT=search: that one alone. Peers need other versions of what we use: an environment of their own
.venv-bench/.ready: .venv/.ready
	@echo "bench: making .venv-bench and installing peers into it (some minutes the first time)"
	@$(BIN)/python -m venv .venv-bench
	@.venv-bench/bin/pip install --quiet --upgrade pip # that of Python 3.11 fails at what these ask of lxml
	@PYTHONWARNINGS=ignore .venv-bench/bin/pip install --quiet --editable '.[bench]'
	@touch $@

bench: .venv/.ready .venv-bench/.ready
	@scripts/servers
	@.venv-bench/bin/python -P bench/run.py $(if $(FULL),--full) $(SUBJECT)

docs: .venv/.ready
	@$(BIN)/python -m typer caicach.py utils docs --name caicach --output docs/commands.md

# needs a Meilisearch 1.50: CAICACH_TEST_MEILISEARCH_URL and CAICACH_TEST_MEILISEARCH_KEY
cassettes: .venv/.ready
	@CAICACH_TEST_MEILISEARCH_RECORD=1 $(BIN)/pytest -q -m meilisearch tests/search $(ARGS)

# needs uv, which resolves for every Python and machine at once
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --upgrade -o requirements.lock
