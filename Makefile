# The commands a person needs; what they do stands in scripts/.
.PHONY: help run test lock

help:
	@echo "make run    set up what is missing and open the window (or work headless without a display)"
	@echo "make test   set up what is missing and run everything that CI runs"
	@echo "make lock   write requirements*.txt anew from pyproject.toml"

run:
	@scripts/run.sh

test:
	@scripts/test.sh

lock:
	@scripts/lock.sh
