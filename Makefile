# tracetop: what a person types. Every recipe is short; what takes more than a line is in Scripts/.
#
#   make run      the explorer (ARGS="--where tenant.id=acme" for options)
#   make test     everything the project promises, checked
#   make soak     the same for long (SECONDS=60), make fuzz (MINUTES=1), make test-threads

SHELL   := /bin/bash
PREFIX  ?= /usr/local
DESTDIR ?=
# How often the collector is killed by soak-journal.
ROUNDS  ?= 100
# Options for the program: make run ARGS="--memory 1GiB".
ARGS    ?=
# How long `make soak` sends for each of its tests, and `make fuzz` tries each reader.
SECONDS ?= 60
MINUTES ?= 1

# The Swift runtime is linked in, so the program runs where no Swift is installed.
BUILD   := swift build --configuration release --static-swift-stdlib --product tracetop
PROGRAM := .build/release/tracetop

bin     := $(DESTDIR)$(PREFIX)/bin
share   := $(DESTDIR)$(PREFIX)/share
units   := $(DESTDIR)$(PREFIX)/lib/systemd/user

.PHONY: build run demo test test-threads soak soak-journal fuzz check format bench screenshots install uninstall \
  clean help

build: ## Build the release program, .build/release/tracetop
	@Scripts/setup
	@$(BUILD)

run: build ## Open the explorer on live traffic (gRPC 4317, HTTP 4318)
	@$(PROGRAM) $(ARGS)

demo: build ## Open the explorer with demo traffic
	@$(PROGRAM) live --demo $(ARGS)

test: ## Check the sources, run the unit tests and the end-to-end tests
	@Scripts/test

test-threads: ## Run the tests of several threads under ThreadSanitizer (FILTER=JournalTests for others)
	@Scripts/setup
	@Scripts/test-threads $(FILTER)

soak-journal: build ## Kill the collector under load a hundred times (ROUNDS=100) and look for what was lost
	@Scripts/setup --tests
	@TRACETOP_KILL_ROUNDS=$(ROUNDS) TRACETOP_BIN=$(PROGRAM) .venv-tests/bin/python -m pytest \
	  -c Tests/EndToEnd/pytest.ini -o faulthandler_timeout=0 Tests/EndToEnd/test_journal.py -k kill_9 -s

soak: ## Full-speed and hostile traffic for long (SECONDS=60 each)
	@Scripts/soak $(SECONDS)

fuzz: ## Try every reader of foreign bytes with libFuzzer (MINUTES=1 each)
	@Scripts/setup
	@MINUTES=$(MINUTES) Scripts/fuzz

check: ## Check format, layering, unsafe code and file sizes; a few seconds
	@Scripts/check

format: ## Format every Swift file of ours
	@swift format --in-place --recursive --parallel $$(Scripts/check --swift-files)

bench: ## Run the benchmarks (Docs/Benchmarks.md says what they measure)
	@Scripts/bench

screenshots: ## Take pictures of the program in a real terminal, into screenshots/
	@Scripts/setup --tests
	@$(BUILD)
	@Scripts/screenshots

install: ## Install the program, its completions and units of systemd below PREFIX (/usr/local)
	@test -x $(PROGRAM) || $(MAKE) build
	@install -D -m 755 $(PROGRAM) $(bin)/tracetop
	@Scripts/install-completions $(PROGRAM) $(share)
	@install -D -m 644 packaging/systemd/tracetop.socket $(units)/tracetop.socket
	@sed 's|/usr/local/bin|$(PREFIX)/bin|' packaging/systemd/tracetop.service \
	  > $(units)/tracetop.service
	@chmod 644 $(units)/tracetop.service
	@echo "installed $(bin)/tracetop"

uninstall: ## Remove what install put there
	@rm -f $(bin)/tracetop $(units)/tracetop.socket $(units)/tracetop.service
	@Scripts/install-completions --remove $(share)

clean: ## Remove what building and testing left behind
	@rm -rf .build Benchmarks/.build .venv-tests Tests/EndToEnd/.pytest_cache
	@find Tests Scripts -name __pycache__ -prune -exec rm -rf {} +

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
