# Guanxi's commands. `make help` lists them; CI runs exactly `make lint test`.

GOLANGCI_VERSION := v2.15.0

# Options a caller may set: make test PKG=./crm/... RUN=TestFilter
PKG         ?= ./...
RUN         ?=
TESTFLAGS   ?=
COVER_MIN   ?= 80
BENCHFLAGS  ?=
SOAK_TIMEOUT ?= 3h

GO       := go
CACHE    := $(CURDIR)/.cache
GUANXI   := bin/guanxi
GOLANGCI := $(CACHE)/bin/golangci-lint-$(GOLANGCI_VERSION)/golangci-lint
OPENAPI  := deploy/openapi
REDOCLY  := $(OPENAPI)/node_modules/.bin/redocly
PROFILE  := $(CACHE)/cover.out

# Not counted in the coverage: tests run the built program (cmd/guanxi/*.go wires flags; its sub-packages do count), the
# folders of test support (tenanttest, stripefake) are only the means, and load tests (deploy) are run by `make bench`.
UNCOUNTED := ^github.com/guanxi-crm/guanxi/(cmd/guanxi/[^/]*\.go|[a-z]+/[a-z]+(test|fake)/|deploy/)

export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: dev
dev: build ## Run everything on http://localhost:8080, with data in .data/ (ARGS="..." adds flags)
	@exec $(GUANXI) dev $(ARGS)

.PHONY: build
build: need-go ## Build bin/guanxi
	$(GO) build -o $(GUANXI) ./cmd/guanxi

.PHONY: test
test: build need-cc ## Test on a private MariaDB and Redis, and check the coverage (PKG=./crm RUN=TestX TESTFLAGS=-v)
	@mkdir -p $(CACHE) && rm -f $(PROFILE)
	$(GUANXI) dev --exec -- $(GO) test -race -p 2 -timeout 18m $(if $(RUN),-run '$(RUN)') $(TESTFLAGS) -coverprofile=$(PROFILE) -coverpkg=./... $(PKG)
	@$(if $(RUN)$(filter-out ./...,$(PKG)),echo "part of the tests: coverage not checked",$(MAKE) cover)

.PHONY: cover
cover: need-go ## Print the coverage of the last `make test`, and fail under COVER_MIN (80) percent
	@test -f $(PROFILE) || { echo "no profile yet: run make test first"; exit 1; }
	@grep -Ev '$(UNCOUNTED)' $(PROFILE) >$(PROFILE).counted
	@$(GO) tool cover -func=$(PROFILE).counted >$(PROFILE).txt
	@awk -v min=$(COVER_MIN) '/^total:/ { percent = $$3 + 0; seen = 1 } \
		END { if (!seen) { print "no coverage measured"; exit 1 } \
		printf "coverage %.1f %% (at least %s wanted; every function: .cache/cover.out.txt)\n", percent, min; exit percent < min }' $(PROFILE).txt

.PHONY: lint
lint: build $(GOLANGCI) $(REDOCLY) ## Check formatting, the code (golangci-lint) and the OpenAPI document (Redocly)
	@unformatted=$$(find . -name '*.go' -not -path '*/node_modules/*' -not -path './.*/*' -exec gofmt -l {} +); \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	$(GOLANGCI) run --allow-parallel-runners ./...
	$(GUANXI) openapi >$(CACHE)/openapi.json
	$(REDOCLY) lint --config $(OPENAPI)/redocly.yaml $(CACHE)/openapi.json

.PHONY: bench
bench: build ## Measure throughput against bare net/http, LOAD DATA and Asynq (BENCHFLAGS="..." goes to deploy/bench)
	$(GUANXI) dev --exec --durable -- $(GO) run ./deploy/bench $(BENCHFLAGS)

.PHONY: soak
soak: build need-cc ## Run the tests that are too long for `make test` (tag soak)
	$(GUANXI) dev --exec --durable -- $(GO) test -tags soak -race -p 1 -timeout $(SOAK_TIMEOUT) -run '$(or $(RUN),Soak)' -v $(TESTFLAGS) $(PKG)

.PHONY: clean
clean: ## Remove what was built and cached; .data/ stays
	rm -rf bin .cache $(OPENAPI)/node_modules

# The linter is built by this Go, so that it knows the language version; about three minutes once.
$(GOLANGCI): | need-go
	@echo "building golangci-lint $(GOLANGCI_VERSION) (once, some minutes)"
	@mkdir -p $(@D)
	GOBIN=$(@D) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

# npm ci empties node_modules first, so its link to the program is also the stamp.
$(REDOCLY): $(OPENAPI)/package-lock.json | need-node
	cd $(OPENAPI) && npm ci --ignore-scripts
	@touch $@

.PHONY: need-go need-cc need-node
need-go:
	@command -v $(GO) >/dev/null || { echo "Go is missing: install Go 1.26 or newer from https://go.dev/dl and put it on PATH"; exit 1; }

# The race detector links with a C compiler.
need-cc:
	@command -v $$($(GO) env CC) >/dev/null || { echo "a C compiler is missing (the race detector needs one): apt-get install gcc libc6-dev"; exit 1; }

need-node:
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20.19, 22.12 or newer from https://nodejs.org"; exit 1; }
