# How the project is set up, run and tested. `make help` lists the targets.
# Written for GNU make 3.81, which is what macOS has.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# Tools live outside the checkout, so a fresh clone on a warm machine finds them.
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/partner-portal/tools
export PATH := $(TOOLS)/bin:$(HOME)/.cargo/bin:$(PATH)

# Everything that is built; CARGO_TARGET_DIR moves it.
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
SITE := $(TARGET)/site
PORTAL := $(TARGET)/release/portal

# Set LOCKED=1 to refuse a Cargo.lock that would change (CI does).
CARGO_LOCKED := $(if $(LOCKED),--locked)
LEPTOS_LOCKED := $(if $(LOCKED),--cargo-locked)

BUILD_TOOLS := rust wasm bindgen leptos wasm-opt
TEST_TOOLS := chromium postgres clamd npm deny

# What a build is made of: one newer than the last build asks for the next.
SOURCES := $(shell find Cargo.toml Cargo.lock .cargo src style public migrations build.rs -type f 2>/dev/null)
# cargo-leptos optimises the WebAssembly at every call (a quarter of a minute), so an unchanged
# build is not asked for again. With a target folder from outside, another checkout may have
# built into it: then cargo alone decides.
BUILT := $(TARGET)/built-release
ifdef CARGO_TARGET_DIR
BUILT_PREREQUISITES := always
else
BUILT_PREREQUISITES := $(SOURCES) $(if $(wildcard $(PORTAL)),,always)
endif

.PHONY: help run dev check test build size mutants fuzz supply-chain sbom lost-answers bench-accrual bench-webhooks bench-jobs scan set-up set-up-tests format-check lint cargo-test journeys sdks size-of-build always

help: ## list the targets
	@echo "The partner portal. Targets:"
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: set-up $(BUILT) ## build what is missing and start the portal with its demo data
	@LEPTOS_SITE_ROOT='$(SITE)' '$(PORTAL)' demo

test: set-up set-up-tests ## run everything that is tested, on SQLite and on Postgres
	@MAKE='$(MAKE)' .setup/test.sh

check: format-check lint cargo-test ## the inner loop: formatting, lints and the host's tests on SQLite

dev: set-up ## rebuild and reload the browser at every change
	@LEPTOS_SITE_ROOT='$(TARGET)/site-dev' cargo leptos watch -- demo

build: $(BUILT) ## build the release: the server and what the browser loads

mutants: ## change the rules of money one by one and see that a test fails (an hour)
	@.setup/setup.sh mutants
	@.setup/mutants.sh

# SECONDS_EACH=60 for a quick look.
SECONDS_EACH := 600
fuzz: ## feed made-up input to whatever reads what strangers send (ten minutes for each of five)
	@.setup/setup.sh fuzz
	@.setup/fuzz.sh $(SECONDS_EACH)

supply-chain: ## check the licences, sources and known faults of everything that is built in
	@.setup/setup.sh deny
	@.setup/supply-chain.sh

sbom: ## write down everything that the portal is made of, as CycloneDX, into target/sbom
	@.setup/setup.sh cyclonedx
	@.setup/sbom.sh '$(TARGET)/sbom'

# SCANNERS=sqlmap for one of them; DATABASE_URL=postgres://… for an empty database there.
SCANNERS := schemathesis sqlmap wapiti
scan: $(BUILT) ## attack a demo with schemathesis, sqlmap and wapiti, and fail if they find something (half an hour)
	@.setup/setup.sh scanners
	@PORTAL_BIN='$(PORTAL)' LEPTOS_SITE_ROOT='$(SITE)' .setup/scan.sh $(SCANNERS)

# On SQLite, or on the Postgres that PORTAL_TEST_POSTGRES_URL names.
lost-answers: ## lose ten thousand answers of HubSpot, and a thousand of Xero, after their work was done, and count what was made (an hour)
	PORTAL_TEST_LOST_ANSWERS=10000 cargo test --release $(CARGO_LOCKED) --test portal -- however_many_answers_are_lost

# LINES=100000 for a quick look; DATABASE_URL=postgres://… for an empty database there.
LINES := 10000000
bench-accrual: $(BUILT) ## compute ten million lines again, beside DuckDB and the database itself (half an hour, 12 GB of disk)
	@.setup/setup.sh duckdb
	@rm -rf '$(TARGET)/bench-accrual'
	'$(PORTAL)' bench accrual --lines $(LINES) --folder '$(TARGET)/bench-accrual' --python '$(TOOLS)/duckdb/bin/python' $(if $(DATABASE_URL),--database '$(DATABASE_URL)')
	@rm -rf '$(TARGET)/bench-accrual'

bench-webhooks: $(BUILT) ## send signed webhooks to the portal and to a Fastify server that stores as durably (two minutes)
	@.setup/setup.sh peers
	@rm -rf '$(TARGET)/bench-webhooks'
	RUST_LOG=error '$(PORTAL)' bench webhooks --folder '$(TARGET)/bench-webhooks' --peers '$(TOOLS)/peers'
	@rm -rf '$(TARGET)/bench-webhooks'

bench-jobs: $(BUILT) ## work off jobs that do nothing, beside apalis on SQLite, and Graphile Worker and pg-boss on PostgreSQL (five minutes)
	@.setup/setup.sh peers postgres
	@rm -rf '$(TARGET)/bench-jobs'
	RUST_LOG=error '$(PORTAL)' bench jobs --jobs 2000 --folder '$(TARGET)/bench-jobs/sqlite' --peers '$(TOOLS)/peers'
	RUST_LOG=error '$(PORTAL)' bench jobs --folder '$(TARGET)/bench-jobs/postgres' --peers '$(TOOLS)/peers' --database "$$(DURABLE=1 .setup/postgres.sh start)"; \
		status=$$?; DURABLE=1 .setup/postgres.sh stop; exit $$status
	@rm -rf '$(TARGET)/bench-jobs'

size: $(BUILT) ## print what a partner's page loads, against the budget
	@$(MAKE) --no-print-directory size-of-build

# Without asking for a build: `make test` has just made one.
size-of-build:
	@node .setup/size.mjs '$(SITE)'

set-up: ## bring the tools that building needs
	@.setup/setup.sh $(BUILD_TOOLS)

set-up-tests: ## bring the tools that only testing needs
	@.setup/setup.sh $(TEST_TOOLS)

format-check:
	cargo fmt --all --check

lint:
	cargo clippy $(CARGO_LOCKED) --all-targets -- -D warnings

# Postgres is tested too when PORTAL_TEST_POSTGRES_URL names a server, as a user that may make databases and users there.
cargo-test:
	cargo test $(CARGO_LOCKED) --no-fail-fast

# The browser tests on one database: DATABASE=sqlite (the default) or postgres.
DATABASE := sqlite
journeys:
	cd end2end && CHROMIUM="$$(. ../.setup/lib.sh && find_chromium)" PORTAL_BIN='$(PORTAL)' LEPTOS_SITE_ROOT='$(SITE)' \
		node_modules/.bin/playwright test --project=$(DATABASE)

# The vendors' own SDKs against `portal sandbox`.
sdks:
	cd end2end && PORTAL_BIN='$(PORTAL)' node_modules/.bin/playwright test --config=sdk.config.ts

$(BUILT): $(BUILT_PREREQUISITES)
	@mkdir -p '$(TARGET)' && touch '$@.begun'
	LEPTOS_SITE_ROOT='$(SITE)' cargo leptos build --release --precompress $(LEPTOS_LOCKED)
	@mv '$@.begun' '$@' # As old as its beginning: what is changed meanwhile asks for the next build.

always: ;
