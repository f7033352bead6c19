# What one types. A fresh machine needs nothing else: `make run`, `make test`.
PY := .venv/bin/python

.PHONY: help run test lint accuracy bench faults scale prices dev venv

help:
	@echo "make run       start everything with the demo plant"
	@echo "make test      run all tests"
	@echo "make lint      check format, style, types and who imports whom"
	@echo "make accuracy  score the reading of messages on the labelled corpora (ARGS=--help)"
	@echo "make bench     measure speed against the raw limits"
	@echo "make prices    haggle at random and hold every posted price against the files (SEED=n, STEPS=n, EXAMPLES=n)"
	@echo "make scale     two machines on one PostgreSQL, one of which loses its power (SEED=n, CONVERSATIONS=n)"
	@echo "make faults    kill everything while orders come in, and count (SEED=n, BREAK=inbox-key|lookup)"

run: venv
	@FILES_ANSWER=$${FILES_ANSWER:-results} exec $(PY) wsgi.py

test: dev
	@sh .ci/browser
	@sh .ci/ocr
	@mkdir -p var
	$(PY) -m pytest -n 2 --dist loadscope --no-loadscope-reorder --junit-xml=var/test-results.xml $(ARGS)

lint: dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

accuracy: venv
	@$(PY) -m nlp.evaluation $(ARGS)

bench: dev
	@$(PY) -m bench

faults: dev
	@SEED="$(SEED)" BREAK="$(BREAK)" $(PY) -m tests.faults

scale: dev
	@SEED="$(SEED)" CONVERSATIONS="$(CONVERSATIONS)" $(PY) -m tests.scale

prices: dev
	@STEPS="$${STEPS:-40}" EXAMPLES="$${EXAMPLES:-50}" SEED="$${SEED:-$$(date +%s)}" $(PY) -m pytest -q -s -n 0 tests/prices

dev:
	@sh .ci/venv dev

venv:
	@sh .ci/venv
