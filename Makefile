# Guanxi's commands. `make help` lists them; CI runs exactly `make lint test`.

GOLANGCI_VERSION := v2.15.0

# Options a caller may set: make test PKG=./crm/... RUN=TestFilter
PKG         ?= ./...
RUN         ?=
TESTFLAGS   ?=
COVER_MIN   ?= 80
BENCHFLAGS  ?=
WEBFLAGS    ?=
CHROMIUM    ?= chromium
SOAK_TIMEOUT ?= 3h

GO       := go
CACHE    := $(CURDIR)/.cache
GUANXI   := bin/guanxi
GOLANGCI := $(CACHE)/bin/golangci-lint-$(GOLANGCI_VERSION)/golangci-lint
OPENAPI  := deploy/openapi
REDOCLY  := $(OPENAPI)/node_modules/.bin/redocly
POSTMAN  := deploy/postman
NEWMAN   := $(POSTMAN)/node_modules/.bin/newman
PROFILE  := $(CACHE)/cover.out
CLIENT   := app
PACKAGES := $(CLIENT)/node_modules/.package-lock.json
WEB      := $(CLIENT)/dist/index.html

# What the web client is built from; its tests and the types of the API do not get into it.
WEB_SOURCES := $(shell find $(CLIENT)/src $(CLIENT)/public $(CLIENT)/assets $(CLIENT)/scripts $(CLIENT)/package-lock.json $(CLIENT)/app.json \
	$(CLIENT)/babel.config.js $(CLIENT)/metro.config.js -type f -not -name '*.test.*' -not -name 'openapi.json' -not -name 'schema.d.ts' 2>/dev/null)

# Part of the tests was asked for, so the rest is left out.
PART := $(RUN)$(filter-out ./...,$(PKG))

# Not counted in the coverage: tests run the built program (cmd/guanxi/*.go wires flags; its sub-packages do count), the
# folders of test support (tenanttest, stripefake) are only the means, and load tests (deploy) are run by `make bench`.
UNCOUNTED := ^github.com/guanxi-crm/guanxi/(cmd/guanxi/[^/]*\.go|[a-z]+/[a-z]+(test|fake)/|deploy/)

export CHROMIUM
export EXPO_NO_TELEMETRY := 1
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: dev
dev: dev-web build ## Run everything on http://localhost:8080, with data in .data/ (ARGS="..." adds flags)
	@exec $(GUANXI) dev $(ARGS)

# Without Node, or without its registry, everything but the web client works.
.PHONY: dev-web
dev-web:
	@if ! command -v npm >/dev/null; then \
		echo "Node.js is missing, so the web client is not built: install Node.js 20.19, 22.12 or newer from https://nodejs.org"; \
	elif ! $(MAKE) web; then \
		echo "the web client could not be built, see above; the API is served with the client of the last build, if there is one"; \
	fi

.PHONY: web
web: $(WEB) ## Build the web client into app/dist, for the binary to embed (WEBFLAGS=--shake for a release)

.PHONY: build
build: need-go ## Build bin/guanxi
	$(GO) build -o $(GUANXI) ./cmd/guanxi

.PHONY: test
test: build need-cc ## Test on a private MariaDB and Redis, and check the coverage (PKG=./crm RUN=TestX TESTFLAGS=-v)
	@mkdir -p $(CACHE) && rm -f $(PROFILE)
	$(GUANXI) dev --exec -- $(GO) test -race -p 2 -timeout 40m $(if $(RUN),-run '$(RUN)') $(TESTFLAGS) -coverprofile=$(PROFILE) -coverpkg=./... $(PKG)
	@$(if $(PART),echo "part of the tests: coverage and client not checked",$(MAKE) cover client-test e2e newman)

.PHONY: newman
newman: build $(NEWMAN) ## Run the Postman collection with newman: scripted flows, and every operation with its examples
	cd $(POSTMAN) && node run.mjs

.PHONY: postman
postman: build $(NEWMAN) ## Write the Postman collection to .cache/guanxi.postman_collection.json
	@mkdir -p $(CACHE)
	$(GUANXI) openapi >$(CACHE)/openapi.json
	cd $(POSTMAN) && node collection.mjs $(CACHE)/openapi.json $(CACHE)/guanxi.postman_collection.json

.PHONY: client-test
client-test: $(PACKAGES) ## Test the client's parts
	cd $(CLIENT) && npm test

.PHONY: e2e
e2e: web build need-chromium ## Test the web client in Chromium against the real server (FLOW=customers for one file)
	cd $(CLIENT) && node e2e/run.mjs $(FLOW)

.PHONY: screens
screens: web build need-chromium ## Write a picture of every screen to .cache/screens
	cd $(CLIENT) && node e2e/screens.mjs

.PHONY: measure
measure: web build need-chromium ## Measure the web client in Chromium: time to the list, kB before it, frames while scrolling
	cd $(CLIENT) && node e2e/measure.mjs

.PHONY: cover
cover: need-go ## Print the coverage of the last `make test`, and fail under COVER_MIN (80) percent
	@test -f $(PROFILE) || { echo "no profile yet: run make test first"; exit 1; }
	@grep -Ev '$(UNCOUNTED)' $(PROFILE) >$(PROFILE).counted
	@$(GO) tool cover -func=$(PROFILE).counted >$(PROFILE).txt
	@awk -v min=$(COVER_MIN) '/^total:/ { percent = $$3 + 0; seen = 1 } \
		END { if (!seen) { print "no coverage measured"; exit 1 } \
		printf "coverage %.1f %% (at least %s wanted; every function: .cache/cover.out.txt)\n", percent, min; exit percent < min }' $(PROFILE).txt

.PHONY: lint
lint: build $(GOLANGCI) $(REDOCLY) $(PACKAGES) ## Check formatting, the code (golangci-lint, tsc, ESLint) and the OpenAPI document (Redocly)
	@unformatted=$$(find . -name '*.go' -not -path '*/node_modules/*' -not -path './.*/*' -exec gofmt -l {} +); \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	$(GOLANGCI) run --allow-parallel-runners ./...
	$(GUANXI) openapi >$(CACHE)/openapi.json
	$(REDOCLY) lint --config $(OPENAPI)/redocly.yaml $(CACHE)/openapi.json
	cd $(CLIENT) && npm run schema && npm run types && npm run lint

.PHONY: bench
bench: build ## Measure throughput against bare net/http, LOAD DATA and Asynq (BENCHFLAGS="..." goes to deploy/bench)
	$(GUANXI) dev --exec --durable -- $(GO) run ./deploy/bench $(BENCHFLAGS)

.PHONY: soak
soak: build need-cc ## Run the tests that are too long for `make test` (tag soak)
	$(GUANXI) dev --exec --durable -- $(GO) test -tags soak -race -p 1 -timeout $(SOAK_TIMEOUT) -run '$(or $(RUN),Soak)' -v $(TESTFLAGS) $(PKG)
	$(if $(PART),,$(MAKE) native)

.PHONY: native
native: $(PACKAGES) ## Bundle the iOS and Android clients into .cache/native
	cd $(CLIENT) && CI=1 EXPO_OFFLINE=1 npx expo export --platform ios --platform android --output-dir $(CACHE)/native

.PHONY: clean
clean: ## Remove what was built and cached; .data/ stays
	rm -rf bin .cache $(OPENAPI)/node_modules $(POSTMAN)/node_modules $(CLIENT)/node_modules $(CLIENT)/.expo
	find $(CLIENT)/dist -mindepth 1 -not -name .gitkeep -delete

# The linter is built by this Go, so that it knows the language version; about three minutes once.
$(GOLANGCI): | need-go
	@echo "building golangci-lint $(GOLANGCI_VERSION) (once, some minutes)"
	@mkdir -p $(@D)
	GOBIN=$(@D) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

# npm ci empties node_modules first, so its link to the program is also the stamp.
$(REDOCLY): $(OPENAPI)/package-lock.json | need-node
	cd $(OPENAPI) && npm ci --ignore-scripts
	@touch $@

$(NEWMAN): $(POSTMAN)/package-lock.json | need-node
	cd $(POSTMAN) && npm ci --ignore-scripts
	@touch $@

# npm ci writes this file last.
$(PACKAGES): $(CLIENT)/package-lock.json | need-node
	cd $(CLIENT) && npm ci
	@touch $@

$(WEB): $(PACKAGES) $(WEB_SOURCES)
	cd $(CLIENT) && node scripts/build-web.mjs $(WEBFLAGS)
	@touch $@

.PHONY: need-go need-cc need-node need-chromium
need-go:
	@command -v $(GO) >/dev/null || { echo "Go is missing: install Go 1.26 or newer from https://go.dev/dl and put it on PATH"; exit 1; }

# The race detector links with a C compiler.
need-cc:
	@command -v $$($(GO) env CC) >/dev/null || { echo "a C compiler is missing (the race detector needs one): apt-get install gcc libc6-dev"; exit 1; }

need-node:
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20.19, 22.12 or newer from https://nodejs.org"; exit 1; }

need-chromium:
	@command -v $(CHROMIUM) >/dev/null || { echo "Chromium is missing: apt-get install chromium fonts-noto-cjk, or name another with CHROMIUM=/path/to/it"; exit 1; }
