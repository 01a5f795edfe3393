# The front door. `make help` lists what there is.

MASTERS ?= 1
AGENTS  ?= 2
RELEASE := .build/release

.PHONY: help up down status packages build build-tests test check format bench clean

help:
	@echo "make up [MASTERS=1] [AGENTS=2]   packages, build, a whole local cluster, an app deployed, its DNS answer shown"
	@echo "make status                      every component of the local cluster"
	@echo "make down                        stops the local cluster; leaves nothing behind"
	@echo "make test                        packages, build, all tests"
	@echo "make check                       formatting and house rules"
	@echo "make format                      formats the sources"
	@echo "make bench                       all benchmarks (minutes; needs the packages named in bench/README.md)"
	@echo "make clean                       removes what was built"

packages:
	@scripts/install-packages.sh

# One product after the other: they share everything but the last link.
build: packages
	@echo "Building (release; the first time takes up to ten minutes)"
	@scripts/build.sh release dcosd dcos task-shim

up: build
	@scripts/up.sh $(MASTERS) $(AGENTS)

status:
	@$(RELEASE)/dcosd status

down:
	@if [ -x $(RELEASE)/dcosd ]; then $(RELEASE)/dcosd down; else echo "Nothing was built, so nothing runs"; fi

test: packages
	@scripts/install-test-packages.sh
	@scripts/test.sh

check:
	@scripts/check.sh

format:
	@swift format format --in-place --parallel --recursive Package.swift Sources Tests bench

bench: build
	@bench/run.sh

clean:
	rm -rf .build bench/*/.build
