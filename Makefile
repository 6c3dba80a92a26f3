# The door to meson. `make help` lists what there is.
BUILD ?= build
T ?= 60
MESON_ARGS ?=
NINJA = ninja -C $(BUILD)
# Feeds that become part of the database beside the program, if they are there (the layout of the OSV bucket).
GABION_FEEDS ?= $(wildcard ../shared/data/osv)
GABION_KEV ?= $(wildcard ../shared/data/kev/known_exploited_vulnerabilities.json)
FACTS = $(wildcard data/*.tsv)

.PHONY: all check check-e2e asan fuzz bench lint format man install clean help configure db

all: configure ## build build/gabion, the test runners and the advisory database
	@$(NINJA)
	@$(MAKE) --no-print-directory $(BUILD)/db.stamp

# What came with the program: data/ and the feeds named above.
$(BUILD)/db.stamp: $(FACTS) $(GABION_KEV) $(wildcard $(GABION_FEEDS)/*/all.zip src/advisory/*.c)
	@if [ -n "$(FACTS)$(GABION_FEEDS)" ]; then $(BUILD)/gabion db build --bundled --db $(BUILD)/db \
		$(addprefix --facts ,$(FACTS)) $(addprefix --kev ,$(GABION_KEV)) $(GABION_FEEDS); fi
	@touch $@

# Configures at first, and again when a source file or a pack of rules came or went.
configure:
	@mkdir -p $(BUILD)
	@find src tests fuzz rules -name '*.c' -o -name '*.yaml' | sort > $(BUILD)/sources.new
	@if [ ! -f $(BUILD)/build.ninja ]; then meson setup $(BUILD) $(MESON_ARGS); \
	elif ! cmp -s $(BUILD)/sources.new $(BUILD)/sources.list; then meson setup --reconfigure $(BUILD) $(MESON_ARGS); fi
	@mv $(BUILD)/sources.new $(BUILD)/sources.list
	@ln -sf $(BUILD)/compile_commands.json compile_commands.json

check: all ## unit tests, conformance sets, fuzz corpora (about a minute, no network, no root)
	meson test -C $(BUILD) --no-rebuild --print-errorlogs

check-e2e: all ## the program against real images, engines, registries (root)
	tests/e2e/run

asan: ## all of check under AddressSanitizer and UndefinedBehaviorSanitizer
	$(MAKE) check BUILD=build-asan MESON_ARGS='-Db_sanitize=address,undefined -Dbuildtype=debugoptimized -Db_lundef=false'

fuzz: ## every fuzz target for T seconds (make fuzz T=60)
	CC=clang $(MAKE) all BUILD=build-fuzz MESON_ARGS='-Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false -Dbuildtype=debugoptimized'
	tools/fuzz build-fuzz $(T)

bench: all ## the benchmarks of docs/benchmarks.md
	bench/run

lint: ## warnings as errors with gcc and clang, floors, sizes, static analysis
	tools/lint

format: ## clang-format over all C files
	find src tests fuzz bench data -name '*.[ch]' | xargs clang-format -i

man: all ## the man pages, into build/man
	tools/man $(BUILD)

install: all ## into DESTDIR
	meson install -C $(BUILD) --no-rebuild --strip

clean: ## remove build folders
	rm -rf build build-*

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20
