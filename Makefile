# Two commands set everything up on a machine with python3, git and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
# Cells of frames are of any type to the checker, and tests compare them.
LOOSE := operator union-attr arg-type type-arg misc assignment call-overload no-any-return
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test fuzz crash lint bench recovery examples backtests pairs pooled setup lock figures dictionary api pages clean help

help:
	@echo "make demo   set up, ingest what lies in ../shared/data if it is there, and assess Russia-US relations as of 1 Feb 2007"
	@echo "make test   set up and run every test"
	@echo "make crash  500 commands that write killed at random moments, 50 rounds of writers at once, full disks, flipped bits"
	@echo "make fuzz   ten minutes of files changed at random, for every reader, loader and the log; make test has a few seconds of it"
	@echo "make lint   ruff, mypy and the arrows between rooms"
	@echo "make bench  benchmarks, each printing a ratio"
	@echo "make recovery, examples   the models on simulated worlds and on the field's textbook data (minutes; docs/recovery.md, docs/worked-examples.md)"
	@echo "make backtests   the four back-tests on real data (docs/backtests; an hour and more, goes on where it stopped)"
	@echo "make pairs   assess, explain, forecast and weigh on 200 random pairs (half an hour; docs/checks/pairs.md)"
	@echo "make pooled   fit anew what ships for thin records: pooled errors and analogues of all pairs"
	@echo "make figures, dictionary, api, pages   make anew what is computed: case figures, data dictionary, docs/api.md, the study's page"
	@echo "make lock   resolve requirements.lock anew (needs uv)"

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("detente needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

setup: $(READY)

demo: $(READY)
	@PATH="$(abspath $(BIN)):$$PATH" sh tools/demo.sh

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadfile

# SEED and SECONDS may be given; inputs that failed lie in build/fuzz, and belong into tests/corpus once they are mended.
fuzz: $(READY)
	POLARS_MAX_THREADS=1 $(BIN)/python tools/fuzz.py --seed $(or $(SEED),1) --seconds $(or $(SECONDS),600)

# KILLS, ROUNDS, FULL, FLIPS and SEED may be given; what it prints belongs into docs/reliability.md.
crash: $(READY)
	POLARS_MAX_THREADS=1 $(BIN)/python tools/crash.py --kills $(or $(KILLS),500) --rounds $(or $(ROUNDS),50) \
	  --full $(or $(FULL),60) --flips $(or $(FLIPS),400) --seed $(or $(SEED),1)

lint: $(READY)
	$(BIN)/ruff check src tests benchmarks tools
	$(BIN)/ruff format --check src tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/mypy tests $(LOOSE:%=--disable-error-code=%)
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/ingest.py
	$(BIN)/python benchmarks/panel.py
	$(BIN)/python benchmarks/verify.py
	$(BIN)/python benchmarks/models.py
	$(BIN)/python benchmarks/forecasts.py

recovery: $(READY)
	$(BIN)/python tools/recovery.py > build-recovery.md && mv build-recovery.md docs/recovery.md
	$(BIN)/python tools/lever_worlds.py > build-recovery.md && mv build-recovery.md docs/recovery-levers.md

# Everything asked of 200 random pairs; one thread a process, as the processes use every core.
pairs: $(READY)
	mkdir -p docs/checks
	POLARS_MAX_THREADS=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python tools/two_hundred_pairs.py ../shared/data --into docs/checks/pairs.md

backtests: $(READY)
	PATH="$(abspath $(BIN)):$$PATH" sh tools/backtests.sh ../shared/data build/backtests

pooled: $(READY)
	$(BIN)/python tools/fit_pooled.py ../shared/data > build-pooled.json && mv build-pooled.json src/detente/forecasts/pooled.json
	$(BIN)/python tools/fit_analogues.py ../shared/data > build-pooled.json && mv build-pooled.json src/detente/levers/analogues.json

# PUBLISHED=FILE compares ideal points with those of Bailey, Strezhnev and Voeten (doi:10.7910/DVN/LEJUQZ).
examples: $(READY)
	$(BIN)/python tools/worked_examples.py ../shared/data docs $(if $(PUBLISHED),--published $(PUBLISHED))

figures: $(READY)
	$(BIN)/python tools/build_figures.py ../shared/data src/detente/cases

dictionary: $(READY)
	$(BIN)/python tools/build_dictionary.py .

api: $(READY)
	$(BIN)/python tools/build_api.py > build-api.md && mv build-api.md docs/api.md

pages: $(READY)
	$(BIN)/detente claims --record build/no-record check weitz_2007 --format markdown > docs/cases/weitz-2007.md

lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" -o requirements.lock --quiet

clean:
	rm -rf $(VENV) demo bench-data .pytest_cache .mypy_cache .ruff_cache
