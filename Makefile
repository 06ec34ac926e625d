# celldeck: `make demo` shows it, `make check` tests it, `make help` lists the rest.
#
# Two builds stand side by side: build/release (what is installed and demonstrated) and build/san
# (AddressSanitizer and UBSan, what is tested).

MAKEFLAGS += --no-builtin-rules
PREFIX ?= /usr/local
DESTDIR ?=
CC = gcc
VERSION := 0.1.0

PACKAGES := ncursesw libcurl jansson sqlite3 libgit2 glib-2.0 gio-unix-2.0 libfyaml
SIM_PACKAGES := libmicrohttpd
TEST_PACKAGES := criterion vterm

DEBIAN_BUILD := gcc make pkg-config libncurses-dev libcurl4-openssl-dev libjansson-dev \
	libsqlite3-dev libgit2-dev libglib2.0-dev libfyaml-dev libmicrohttpd-dev git tzdata
DEBIAN_CHECK := $(DEBIAN_BUILD) libcriterion-dev libvterm-dev awscli python3-botocore \
	sqlite3 nodejs npm openssl
DEBIAN_BENCH := $(DEBIAN_CHECK) htop strace
DEBIAN_FUZZ := $(DEBIAN_BUILD) clang libclang-rt-dev
DEBIAN_LINT := $(DEBIAN_BUILD) clang-format clang-tidy cppcheck

PRODUCT := $(wildcard data/*.c data/base/*.c data/aws/*.c rollout/*.c \
	tui/commands/*.c tui/console/*.c tui/views/*.c \
	tui/shell/*.c tui/linear/*.c)
SIM := $(wildcard data/sim/*.c)
SIM_MAIN := data/sim/main.c
UNIT := $(wildcard tests/unit/*.c)
EMBEDDED := $(wildcard themes/*.yaml data/sim/*.yaml)

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wundef -Wformat=2 -Wvla
# One short line a file; `make V=1` shows the commands themselves.
Q := $(if $(V),,@)
tell = @echo "  $(1)  $(2)"
# pkg-config's answer only where there is one: the install step comes before the first build.
pc = $(shell pkg-config $(1) $(2) 2>/dev/null)
# Asked one set at a time: a demo's machine has no test libraries.
CFLAGS_LIBS := $(call pc,--cflags,$(PACKAGES)) $(call pc,--cflags,$(SIM_PACKAGES)) \
	$(call pc,--cflags,$(TEST_PACKAGES))
LIBS := $(call pc,--libs,$(PACKAGES)) -lresolv -lm
LIBS_SIM := $(LIBS) $(call pc,--libs,$(SIM_PACKAGES))
LIBS_TEST := $(LIBS_SIM) $(call pc,--libs,$(TEST_PACKAGES))
CPPFLAGS = -I. -D_GNU_SOURCE -DCELLDECK_VERSION='"$(VERSION)"' -DPREFIX='"$(PREFIX)"'
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
# What is undefined traps, and ASan tells where (handle_sigill): UBSan's own words would be four fifths
# of the program, which the leak check looks through at the end of each of thousands of processes.
CFLAGS_san := -O1 -g -DCELLDECK_TEST_FAULTS -fno-omit-frame-pointer -fno-pie -fsanitize=address,undefined \
	-fsanitize-undefined-trap-on-error
CFLAGS_clang := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined -w # GCC is the one whose warnings count
LDFLAGS_clang := -fsanitize=fuzzer,address,undefined
LDFLAGS_release := -pie -Wl,-z,relro,-z,now
# Not relocated: a test is a process, and hundreds of thousands of addresses would be put right in each.
LDFLAGS_san := -fsanitize=address -no-pie

.PHONY: all san demo check simulate golden nulls fuzz bench unit lint format install clean help deps-build deps-check \
	deps-bench deps-fuzz deps-lint

all: build/celldeck build/celldeck-sim

help:
	@echo 'make           build/celldeck and build/celldeck-sim'
	@echo 'make demo      install what is missing, build, show celldeck on a simulated fleet'
	@echo 'make check     install what is missing, build with sanitizers, run every test'
	@echo 'make simulate  SEEDS=1-5000: the rollout engine against simulated faults, as long as you like;'
	@echo '               OF=failover: that of failovers'
	@echo 'make golden    the pictures of tests/screen/golden made anew; look at git diff afterwards'
	@echo 'make nulls     RUNS=3000: how many good releases the regression gates roll back'
	@echo 'make fuzz      SECONDS=60: bytes that no parser has seen yet, with libFuzzer'
	@echo 'make bench     speed and memory on the simulator, beside awscli, bare curl and htop'
	@echo 'make lint      formatting, clang-tidy, cppcheck, gcc -fanalyzer'
	@echo 'make format    clang-format in place'
	@echo 'make install   into PREFIX ($(PREFIX)), below DESTDIR'

# What must be on the machine.

# Installs only what dpkg does not know as installed; sudo only where we are not root.
install_missing = @missing=$$(for p in $(1); do \
	dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null | grep -qx installed || echo $$p; \
	done); \
	if [ -n "$$missing" ]; then echo "installing: "$$missing; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	$$sudo apt-get update -q && \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -qy --no-install-recommends $$missing; fi

deps-build:
	$(call install_missing,$(DEBIAN_BUILD))
# A newer Node.js than Debian's, with its npm, serves too.
there_already = $(if $(shell command -v npm),nodejs npm)
deps-check:
	$(call install_missing,$(filter-out $(there_already),$(DEBIAN_CHECK)))
deps-bench:
	$(call install_missing,$(filter-out $(there_already),$(DEBIAN_BENCH)))
deps-fuzz:
	$(call install_missing,$(DEBIAN_FUZZ))
deps-lint:
	$(call install_missing,$(DEBIAN_LINT))

# The two builds.

# $(1): release or san
define build_rules
build/$(1)/%.o: %.c Makefile
	@mkdir -p $$(@D)
	$$(call tell,cc,$$@)
	$(Q)$$(CC) -std=c11 $$(CPPFLAGS) $$(CFLAGS_LIBS) $$(WARNINGS) \
		$$(CFLAGS_$(1)) -MMD -MP -c -o $$@ $$<

# Themes and the default scenario travel inside the binaries.
build/$(1)/%.yaml.o: %.yaml
	@mkdir -p $$(@D)
	$(Q)ld -r -b binary -z noexecstack -o $$@ $$<

build/$(1)/celldeck: build/$(1)/tui/main.o $$(PRODUCT:%.c=build/$(1)/%.o) \
		$$(patsubst %,build/$(1)/%.o,$$(wildcard themes/*.yaml))
	$$(call tell,link,$$@)
	$(Q)$$(CC) $$(CFLAGS_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS)

build/$(1)/celldeck-sim: $$(SIM:%.c=build/$(1)/%.o) \
		$$(patsubst %.c,build/$(1)/%.o,$$(wildcard data/base/*.c)) \
		$$(patsubst %,build/$(1)/%.o,$$(wildcard data/sim/*.yaml))
	$$(call tell,link,$$@)
	$(Q)$$(CC) $$(CFLAGS_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_SIM)
endef
$(eval $(call build_rules,release))
$(eval $(call build_rules,san))
$(eval $(call build_rules,clang))
build/clang/%.o: CC = clang

build/celldeck build/celldeck-sim: build/%: build/release/%
	@cp -f $< $@

# Unit tests are compiled as they stand, in half of the time; what they test is optimised as ever, and
# is what UBSan watches: its tables of the tests would be half of a program that starts 1,500 times.
build/san/tests/unit/%.o: CFLAGS_san += -O0 -fno-sanitize=undefined --param asan-globals=0

san: build/san/celldeck build/san/celldeck-sim

# One Criterion program over everything but the two main()s.
build/san/unit: $(UNIT:%.c=build/san/%.o) $(PRODUCT:%.c=build/san/%.o) \
		$(patsubst %.c,build/san/%.o,$(filter-out $(SIM_MAIN),$(SIM))) \
		$(patsubst %,build/san/%.o,$(EMBEDDED))
	$(call tell,link,$@)
	$(Q)$(CC) $(CFLAGS_san) $(LDFLAGS_san) -o $@ $^ $(LIBS_TEST)

# Small programs that peers are compared with, one a file of tests/peers.
build/san/peers/%: build/san/tests/peers/%.o \
		$(patsubst %.c,build/san/%.o,$(wildcard data/*.c data/base/*.c data/aws/*.c))
	@mkdir -p $(@D)
	$(call tell,link,$@)
	$(Q)$(CC) $(CFLAGS_san) $(LDFLAGS_san) -o $@ $^ $(call pc,--libs,$(PACKAGES)) -lresolv -lm

# The console on a pseudo-terminal, read back through libvterm.
build/san/screen: $(patsubst %.c,build/san/%.o,$(wildcard tests/screen/*.c) \
		tui/views/requests.c tui/console/keys.c)
	$(call tell,link,$@)
	$(Q)$(CC) $(CFLAGS_san) $(LDFLAGS_san) -o $@ $^ $(call pc,--libs,$(PACKAGES) $(TEST_PACKAGES)) -lm

# What each screen shows of one fixed world (tests/golden): the product without its terminal, the
# simulator's world, and clocks that stand.
build/san/golden: $(patsubst %.c,build/san/%.o,$(wildcard tests/golden/*.c)) \
		$(patsubst %.c,build/san/%.o,$(filter-out tui/console/screen.c,$(PRODUCT))) \
		$(patsubst %.c,build/san/%.o,$(filter-out $(SIM_MAIN),$(SIM))) \
		$(patsubst %,build/san/%.o,$(EMBEDDED))
	$(call tell,link,$@)
	$(Q)$(CC) $(CFLAGS_san) $(LDFLAGS_san) $(CLOCKS:%=-Wl,--wrap=%) -o $@ $^ $(LIBS_SIM)
CLOCKS := when_now_ms when_boot_ms when_mono_ms

# Tens of thousands of keys: at the program itself, and (the pen) at a console of the same fixed world.
PEN := clock readings record passage world
build/san/monkey: $(patsubst %.c,build/san/%.o,$(wildcard tests/monkey/*.c)) \
		build/san/tests/screen/stage.o build/san/tests/screen/terminal.o \
		$(PEN:%=build/san/tests/golden/%.o) $(PRODUCT:%.c=build/san/%.o) \
		$(patsubst %.c,build/san/%.o,$(filter-out $(SIM_MAIN),$(SIM))) \
		$(patsubst %,build/san/%.o,$(EMBEDDED))
	$(call tell,link,$@)
	$(Q)$(CC) $(CFLAGS_san) $(LDFLAGS_san) $(CLOCKS:%=-Wl,--wrap=%) -o $@ $^ $(LIBS_TEST)

# The engine and the conductor against simulated time, journal, deployer, cells and people. The linker
# puts tests/simulation/seams.c in place of what the outside is reached through; the rest is the
# product as it is built.
SEAMS := when_now_ms when_boot_ms when_mono_ms journal_new_id holder_may_live releases_resolve \
	poller_want_since poller_want_only_since notifier_send aws_client_tenure conductor_log conductor_log_event \
	engine_decide deploy_exec journal_link_new journal_link_free journal_link_table \
	journal_link_call journal_link_cancel journal_sqlite_insert sqlite_open
SIMULATION := $(wildcard tests/simulation/*.c)
SIMULATED := $(wildcard data/*.c data/base/*.c data/aws/*.c rollout/*.c)

# The engine of failovers the same way, with a registry and a zone of the test's own, and
# a plain conductor, or the product's behind the same kind of seams (failover/real.c).
FLIGHT_SEAMS := when_now_ms when_boot_ms when_mono_ms journal_new_id holder_may_live \
	failover_decide tenant_item_update tenant_item_get tenant_call_cancel zone_change \
	zone_change_status zone_sets_read zone_call_cancel residents_read residents_cancel \
	crossing_refresh_fit crossing_verify failover_take_over job_begin job_look deployer_deadline_ms \
	poller_read_registry notifier_send conductor_log conductor_log_event aws_client_tenure
FLIGHTS := $(wildcard tests/simulation/failover/*.c)

# $(1): release or san, $(2): the program, $(3): its own sources, $(4): its seams
define simulation_rule
build/$(1)/$(2): $(patsubst %.c,build/$(1)/%.o,$(3) $(wildcard tests/simulation/base/*.c) $(SIMULATED))
	$$(call tell,link,$$@)
	$(Q)$$(CC) $$(CFLAGS_$(1)) $$(LDFLAGS_$(1)) $(4:%=-Wl,--wrap=%) -o $$@ $$^ $$(LIBS)
endef
$(foreach build,release san,\
	$(eval $(call simulation_rule,$(build),simulation,$(SIMULATION),$(SEAMS))) \
	$(eval $(call simulation_rule,$(build),simulation-failover,$(FLIGHTS),$(FLIGHT_SEAMS))))

# One program a parser of bytes from outside: tests/fuzz/TARGET.c, with bytes of fixed seeds, or
# (build/fuzz) of libFuzzer's finding.
build/san/fuzz/%: build/san/tests/fuzz/%.o build/san/tests/fuzz/broken.o \
		build/san/tests/fuzz/drive.o $(SIMULATED:%.c=build/san/%.o)
	@mkdir -p $(@D)
	$(call tell,link,$@)
	$(Q)$(CC) $(CFLAGS_san) $(LDFLAGS_san) -o $@ $^ $(LIBS)

.SECONDARY: $(patsubst %.c,build/san/%.o,$(wildcard tests/fuzz/*.c tests/peers/*.c)) \
	$(patsubst %.c,build/clang/%.o,$(wildcard tests/fuzz/*.c))

build/fuzz/%: build/clang/tests/fuzz/%.o build/clang/tests/fuzz/broken.o \
		$(SIMULATED:%.c=build/clang/%.o)
	@mkdir -p $(@D)
	$(call tell,link,$@)
	$(Q)clang $(CFLAGS_clang) $(LDFLAGS_clang) -o $@ $^ $(LIBS)

# Good releases by the thousand, judged by the judge alone.
build/release/nulls: build/release/tests/nulls/main.o build/release/tests/unit/nulls.o \
		$(patsubst %.c,build/release/%.o,$(SIMULATED))
	$(call tell,link,$@)
	$(Q)$(CC) $(CFLAGS_release) $(LDFLAGS_release) -o $@ $^ $(LIBS)

.SECONDARY: build/release/tests/bench/judge.o build/release/tests/bench/placement.o
build/release/placement-bench: build/release/tests/unit/puzzle.o
build/release/%-bench: build/release/tests/bench/%.o $(SIMULATED:%.c=build/release/%.o)
	$(call tell,link,$@)
	$(Q)$(CC) $(CFLAGS_release) $(LDFLAGS_release) -o $@ $^ $(LIBS)

-include $(shell find build -name '*.d' 2>/dev/null)

# What people call.

demo: deps-build
	@$(MAKE) --no-print-directory -j"$$(nproc)" all
	build/celldeck demo

unit: build/san/unit
	build/san/unit --jobs 2

# Every program that a suite runs. Suites run side by side, and two that link the same one at a time
# meet it half written ("Text file busy"), so all are there before the first begins.
TESTED := all san $(patsubst %,build/san/%,unit golden screen monkey simulation simulation-failover) \
	$(patsubst tests/peers/%.c,build/san/peers/%,$(wildcard tests/peers/*.c)) \
	$(addprefix build/san/fuzz/,recording zone) \
	$(addprefix build/release/,simulation simulation-failover judge-bench placement-bench)

check: deps-check
	@$(MAKE) --no-print-directory -j"$$(nproc)" $(TESTED)
	tests/run

# SEEDS=A-B, or as many steps as STEPS says; OF=failover: those; OPTIONS: what the program's --help says
SIMULATOR := build/release/simulation$(if $(OF),-$(OF))
simulate: deps-check
	@$(MAKE) --no-print-directory $(SIMULATOR)
	$(SIMULATOR) $(if $(SEEDS),--seeds $(SEEDS),--steps $(or $(STEPS),1000000)) $(OPTIONS)

golden: deps-check
	@$(MAKE) --no-print-directory build/san/golden
	tests/golden/golden.test --write

# TARGET: of tests/fuzz; SECONDS: how long; what it finds worth keeping goes to build/fuzz/TARGET.new
fuzz: deps-fuzz
	@$(MAKE) --no-print-directory build/fuzz/$(or $(TARGET),recording)
	@mkdir -p build/fuzz/$(or $(TARGET),recording).new
	build/fuzz/$(or $(TARGET),recording) -max_total_time=$(or $(SECONDS),60) -max_len=65536 \
		-artifact_prefix=build/fuzz/ build/fuzz/$(or $(TARGET),recording).new \
		tests/fuzz/$(or $(TARGET),recording)

# RUNS: bakes of an hour a line; PAST: minutes of past
nulls: deps-build
	@$(MAKE) --no-print-directory build/release/nulls
	build/release/nulls $(or $(RUNS),3000) $(or $(PAST),240)

bench: deps-bench
	@$(MAKE) --no-print-directory all build/release/simulation build/release/judge-bench \
		build/release/placement-bench
	tests/bench/run

lint: deps-lint
	tests/lint

format:
	git ls-files '*.c' '*.h' | xargs clang-format -i

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/celldeck/themes
	install -m 755 build/celldeck build/celldeck-sim $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(wildcard themes/*.yaml) $(DESTDIR)$(PREFIX)/share/celldeck/themes
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|@PREFIX@|$(PREFIX)|' rollout/celldeck-conductor.service \
		>$(DESTDIR)$(PREFIX)/lib/systemd/system/celldeck-conductor.service

clean:
	rm -rf build
