# What a person can do here. `make` alone lists it.
#
# The first call makes a virtual environment in .venv; it is made anew when the dependencies change.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

# The theme advertises another generator on each call.
export NO_MKDOCS_2_WARNING := 1

.PHONY: help site test serve lint clean

help:
	@echo "make site    check the example organisation and publish it into the folder site/"
	@echo "make serve   show the site at the address that is printed, anew after each saved file"
	@echo "make test    run every check and every test"
	@echo "make lint    run the checks of the code alone"
	@echo "make clean   remove everything that the others made"

site: $(READY)
	@$(BIN)/gitsm check
	@$(BIN)/mkdocs --quiet build --strict
	@echo "the site is in site/: open site/index.html in a browser, or call make serve"

serve: $(READY)
	@$(BIN)/mkdocs serve

test: lint site
	@$(BIN)/pytest -rs

lint: $(READY)
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/gitsm schema --check

clean:
	@rm -rf .venv site build tools/*.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@rm -rf tests/editor/node_modules
	@find tools tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, and this is " + sys.version.split()[0] + ": make PYTHON=...")'
	@echo "setting up .venv (once; a minute or two)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(BIN)/python -m compileall -q tools
	@touch $@
