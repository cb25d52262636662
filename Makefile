# Needs Python >= 3.11 with venv and pip, and nothing else. `make` alone lists the commands.
# Another Python: make test PYTHON=python3.12. A benchmark in a minute: make bench QUICK=1.
PYTHON ?= python3
QUICK ?=
ARGS ?=

.NOTPARALLEL:
.PHONY: help demo test laws bench faults lint docs house test-deps clean

help:
	@$(PYTHON) tools/task.py

demo test laws faults lint docs house test-deps clean:
	@$(PYTHON) tools/task.py $@ $(ARGS)

bench:
	@$(PYTHON) tools/task.py bench $(if $(QUICK),--quick) $(ARGS)
