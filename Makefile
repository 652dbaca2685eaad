# Two commands: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

GOLANGCI_VERSION := v2.15.0
TOOLS := $(CURDIR)/.tools
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
MEDIA ?=
WEB := node/web
CLIENTS := node/testdata/clients

##@ Main

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*##"} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-zA-Z_-]+:.*##/ {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ffmpeg build ## Run the node (MEDIA=/path for your library, else a small demo one)
	@media="$(MEDIA)"; \
	if [ -z "$$media" ]; then ./scripts/demo-library.sh demo; media=demo; fi; \
	exec ./bin/sett serve --data-dir data --media "$$media"

.PHONY: test
test: ffmpeg chromium node-modules build ## Install what the tests need and run them all
	cd $(WEB) && npm run --silent check && npm test --silent
	go vet ./...
	go test -timeout 15m ./...

##@ Parts

.PHONY: build
build: ## Build the static binary into bin/sett
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/sett .

.PHONY: web
web: node-modules ## Rebuild the web client's committed dist
	cd $(WEB) && npm run --silent build

.PHONY: web-check
web-check: web ## Fail when the committed dist is not what the sources give
	git diff --exit-code -- $(WEB)/dist

.PHONY: lint
lint: $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION) ## Lint
	$< run ./...

.PHONY: docs
docs: ## Regenerate docs/settings.md and docs/api.md
	go test ./node/config ./node/jellyfin -run 'Reference|Documented' -update

.PHONY: race
race: ffmpeg ## Test the parts that share memory under the race detector (needs a C compiler)
	go test -race -timeout 15m ./node/account ./node/jellyfin ./node/library ./node/store ./node/supervise ./lan/... ./streaming/cache

.PHONY: bench
bench: ffmpeg build ## Run the benchmarks (LIBRARY=/path adds a scan beside minidlna)
	go test -run '^$$' -bench . -benchmem ./node/... ./streaming/... ./lan/...
	@if [ -n "$(LIBRARY)" ]; then ./scripts/bench-scan.sh "$(LIBRARY)"; fi

.PHONY: fuzz
fuzz: ## Run every fuzz target for a short while
	./scripts/fuzz.sh 20s

.PHONY: clean
clean: ## Remove what was built (not the data directory)
	rm -rf bin demo $(WEB)/node_modules $(CLIENTS)/node_modules

##@ Setting up

APT := $(if $(filter 0,$(shell id -u)),,sudo )apt-get

.PHONY: ffmpeg
ffmpeg:
	@command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null || { \
		echo "Installing ffmpeg"; $(APT) update -qq && $(APT) install -y -qq --no-install-recommends ffmpeg; }

# Headless Chromium plays films in the tests; iproute2 makes their networks.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null && command -v ip >/dev/null || { \
		echo "Installing chromium and iproute2 for the tests"; $(APT) update -qq && $(APT) install -y -qq --no-install-recommends chromium iproute2; }

# Packages of the web client's build, and of the real clients the tests drive.
.PHONY: node-modules
node-modules: $(WEB)/node_modules/.package-lock.json $(CLIENTS)/node_modules/.package-lock.json

%/node_modules/.package-lock.json: %/package-lock.json
	@command -v npm >/dev/null || { \
		echo "Installing Node.js for the tests"; $(APT) update -qq && $(APT) install -y -qq --no-install-recommends nodejs npm; }
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || a == 20 && b >= 19 ? 0 : 1)' || { \
		echo "The web client's build and the client tests need Node.js 20.19 or later; this is $$(node -v). Install it from nodejs.org and run make again."; exit 1; }
	cd $* && npm ci --silent --no-audit --no-fund
	@touch $@

$(TOOLS)/golangci-lint-$(GOLANGCI_VERSION):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv $(TOOLS)/golangci-lint $@
