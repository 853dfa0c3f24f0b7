# The commands a person needs; what they do stands in scripts/.
.PHONY: help run test soak lock

help:
	@echo "make run    set up what is missing and open the window (or work headless without a display)"
	@echo "make test   set up what is missing and run everything that CI runs"
	@echo "make soak   set up what is missing and wear the program down for a while: SECONDS=600 SEED=1"
	@echo "make lock   write requirements*.txt anew from pyproject.toml"

run:
	@scripts/run.sh

test:
	@scripts/test.sh

soak:
	@scripts/soak.sh "$(or $(SECONDS),600)" "$(or $(SEED),1)"

lock:
	@scripts/lock.sh
