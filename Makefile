# planvax: one Makefile for everything. `make help` lists the targets.
#
# Each variant has its own tree: build/release, build/debug, build/asan, ...
# B=build/x-NAME gives a tree of one's own, with warnings as errors.

VARIANT ?= release
B ?= build/$(VARIANT)
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
PYTHON ?= /usr/bin/python3

.DEFAULT_GOAL := all
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:
FORCE:

# ---------------------------------------------------------------- layers

TABLE := tests/lint/layers.txt
$(foreach pair,$(shell awk -F'|' '!/^\#/ && NF > 1 { gsub(/ /, "", $$1); \
	print "ALL_LAYERS+=" $$1; n = split($$2, d, " "); for (i = 1; i <= n; i++) \
	if (d[i] != "-" && d[i] != "@options") print "DEPS_" $$1 "+=" d[i] }' $(TABLE)),$(eval $(pair)))
LAYERS ?= $(ALL_LAYERS)

MAINS := daemon/app/main.c daemon/ctl/main.c
obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
layer_srcs = $(sort $(filter-out $(MAINS),$(wildcard daemon/$(1)/*.c)))

# Option tables are named by the configuration; whoever links it without their layers links them as objects.
OPTION_OBJS = $(call obj,$(sort $(wildcard daemon/*/*_options.c)))
option_objs = $(if $(filter config,$(1) $(DEPS_$(1))),$(filter-out $(LOBJS_$(1)) $(foreach d,$(DEPS_$(1)),$(LOBJS_$(d))),$(OPTION_OBJS)))

PKG_base := jansson libcrypto zlib
PKG_ical := libical icu-i18n icu-uc
PKG_store := sqlite3
PKG_net := libevent libevent_openssl libcurl openssl expat
pkg_libs = $(if $(1),$(shell pkg-config --libs $(1) 2>/dev/null))
$(foreach l,base ical store net,$(eval LIBS_$(l) = $$(call pkg_libs,$$(PKG_$(l)))))
layer_libs = $(foreach l,$(1),$(LIBS_$(l))) -lm
archives = $(foreach l,$(1),$(B)/lib$(l).a)
supports = $(foreach l,$(1),$(B)/libsupport-$(l).a)
group = -Wl,--start-group $(1) -Wl,--end-group

# ---------------------------------------------------------------- flags

ifeq ($(origin CC),default)
CC := $(if $(filter fuzz,$(VARIANT)),clang,gcc)
endif

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2 -Wvla -Wswitch -Wundef
ifneq ($(filter debug,$(VARIANT))$(filter build/x-%,$(B)),)
WARN += -Werror
endif

PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags \
	$(PKG_base) $(PKG_ical) $(PKG_store) $(PKG_net) 2>/dev/null))
CF_PROTECTION := $(if $(filter x86_64 i686,$(shell uname -m)),-fcf-protection=full)

OPT_release := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fstack-clash-protection $(CF_PROTECTION)
OPT_debug := -O1 -g3 -fno-omit-frame-pointer
OPT_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
OPT_tsan := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
OPT_cov := -O0 -g --coverage
OPT_fuzz := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
ifeq ($(OPT_$(VARIANT)),)
$(error VARIANT=$(VARIANT): use release, debug, asan, tsan, cov or fuzz)
endif

CFLAGS_ALL := -std=c17 -D_GNU_SOURCE $(WARN) -fPIE -pthread -ffp-contract=off -Iinclude \
	-include planvax/base/banned.h $(PKG_CFLAGS) $(OPT_$(VARIANT)) \
	-ffile-prefix-map=$(if $(word 2,$(CURDIR)),'$(CURDIR)',$(CURDIR))=. $(CFLAGS)
comma := ,
LDFLAGS_ALL := -pie -pthread $(filter -fsanitize=address% -fsanitize=thread --coverage,$(OPT_$(VARIANT))) \
	$(if $(filter fuzz,$(VARIANT)),-fsanitize=address$(comma)undefined) \
	-Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS)

# A stamp changes only when its text does; what depends on it is then rebuilt.
stamp = @mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || \
	printf '%s\n' '$(subst ','\'',$(1))' > $@
$(B)/stamp/flags: FORCE
	$(call stamp,$(shell $(CC) --version 2>/dev/null | head -n 1) $(CFLAGS_ALL))
$(B)/stamp/ldflags: FORCE
	$(call stamp,$(CC) $(LDFLAGS_ALL))
$(B)/stamp/%.srcs: FORCE
	$(call stamp,$(STAMP_$*))

# ---------------------------------------------------------------- compile

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))

$(B)/obj/%.o: %.c $(B)/stamp/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(EXTRA) -MMD -MP -c $< -o $@

$(B)/obj/gen/%.o: $(B)/gen/%.c $(B)/stamp/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(EXTRA) -MMD -MP -c $< -o $@

# $(1) archive stem, $(2) its objects
define archive_rule
STAMP_$(1) := $(2)
$(B)/lib$(1).a: $(2) $(B)/stamp/$(1).srcs
	$$(call say,AR,$$@)
	$(Q)rm -f $$@ && ar rcsD $$@ $(2)
OBJS += $(2)
endef
$(foreach l,$(ALL_LAYERS),$(eval LOBJS_$(l) := $(call obj,$(call layer_srcs,$(l)))))

SQL := $(sort $(wildcard daemon/sql/*.sql))
STAMP_sql := $(SQL)
$(B)/gen/sql_embedded.c: daemon/sql/embed.awk $(SQL) $(B)/stamp/sql.srcs
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)LC_ALL=C awk -f daemon/sql/embed.awk $(SQL) > $@
$(B)/obj/gen/sql_embedded.o: EXTRA := -iquote daemon/store -Wno-overlength-strings
LOBJS_store += $(B)/obj/gen/sql_embedded.o

$(foreach l,$(ALL_LAYERS),$(eval $(call archive_rule,$(l),$(LOBJS_$(l)))))

# ---------------------------------------------------------------- programs

link = $(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@

# $(1) target, $(2) its objects, $(3) layers that it may link
define program_rule
$(1): $(2) $(call archives,$(3)) $(B)/stamp/ldflags
	$$(call say,LINK,$$@)
	$$(link) $(2) $(call group,$(call archives,$(3))) $$(call layer_libs,$(3))
OBJS += $(2)
endef

PROGRAMS :=
ifneq ($(wildcard daemon/app/main.c),)
PROGRAMS += $(B)/planvaxd
$(eval $(call program_rule,$(B)/planvaxd,$(B)/obj/daemon/app/main.o,app $(DEPS_app)))
endif
ifneq ($(wildcard daemon/ctl/main.c),)
PROGRAMS += $(B)/planvaxctl
$(eval $(call program_rule,$(B)/planvaxctl,$(B)/obj/daemon/ctl/main.o $(call option_objs,ctl),ctl $(DEPS_ctl)))
endif

BENCHES := $(patsubst tests/bench/bench_%.c,%,$(wildcard tests/bench/bench_*.c))
BENCH_PROGRAMS := $(BENCHES:%=$(B)/bench-%)
BENCH_LAYERS := base model rules plan ical ingest view deliver store net
BENCHES_PLAIN := $(filter-out intake,$(BENCHES))
$(foreach n,$(BENCHES_PLAIN),$(eval $(B)/obj/tests/bench/bench_$(n).o: EXTRA := $(addprefix -iquote daemon/,$(BENCH_LAYERS))))
$(foreach n,$(BENCHES_PLAIN),$(eval $(call program_rule,$(B)/bench-$(n),$(B)/obj/tests/bench/bench_$(n).o,$(BENCH_LAYERS))))

all: $(PROGRAMS) $(BENCH_PROGRAMS)
	@:

# ---------------------------------------------------------------- tests

TALLY ?= $(B)/tally
SUITE = TALLY=$(TALLY) LOGS=$(B)/log sh tests/support/suite.sh
export TALLY

# Helpers of tests: tests/support/<layer>_*.c knows that layer and what the
# layer may know. Only members that a test needs are linked.
support_srcs = $(sort $(wildcard tests/support/$(1)_*.c))
$(foreach l,$(ALL_LAYERS),$(eval SOBJS_$(l) := $(call obj,$(call support_srcs,$(l)))))
$(foreach l,$(ALL_LAYERS),$(eval $(SOBJS_$(l)): EXTRA := -iquote daemon/$(l)))
$(foreach l,$(ALL_LAYERS),$(eval $(call archive_rule,support-$(l),$(SOBJS_$(l)))))

# $(1) layer, $(2) target, $(3) objects, $(4) more libraries
define test_rule
$(2): $(3) $(call supports,$(1) $(DEPS_$(1))) $(call archives,$(1) $(DEPS_$(1))) \
		$(call option_objs,$(1)) $(B)/stamp/ldflags $(B)/stamp/$(notdir $(2)).srcs
	$$(call say,LINK,$$@)
	$$(link) $(3) $(call option_objs,$(1)) \
		$(call group,$(call supports,$(1) $(DEPS_$(1))) $(call archives,$(1) $(DEPS_$(1)))) \
		$$(call layer_libs,$(1) $(DEPS_$(1))) $(4)
STAMP_$(notdir $(2)) := $(3)
$(3): EXTRA := -iquote daemon/$(1) -iquote tests/support
OBJS += $(3)
endef

CRITERION = $(shell pkg-config --libs criterion 2>/dev/null || echo -lcriterion)
unit_srcs = $(sort $(wildcard tests/unit/$(1)/test_*.c))
thread_srcs = $(sort $(wildcard tests/unit/$(1)/threads_*.c))
$(foreach l,$(ALL_LAYERS),$(if $(call unit_srcs,$(l)),$(eval UNIT_$(l) := $(B)/test-$(l))\
	$(eval $(call test_rule,$(l),$(B)/test-$(l),$(call obj,$(call unit_srcs,$(l))),$$(CRITERION)))))
# Thread tests: plain main() drivers, so that TSan can watch them.
$(foreach l,$(ALL_LAYERS),$(foreach s,$(call thread_srcs,$(l)),\
	$(eval THREADS_$(l) += $(B)/threads-$(patsubst threads_%.c,%,$(notdir $(s))))\
	$(eval $(call test_rule,$(l),$(B)/threads-$(patsubst threads_%.c,%,$(notdir $(s))),$(call obj,$(s)),))))
UNITS = $(foreach l,$(LAYERS),$(UNIT_$(l)))
THREADS = $(foreach l,$(LAYERS),$(THREADS_$(l)))

unit: $(UNITS) $(THREADS)
	@rc=0; for t in $(UNITS) $(THREADS); do $(SUITE) "$${t##*/}" $$t || rc=1; done; exit $$rc

threads: $(THREADS)
	@rc=0; for t in $(THREADS); do $(SUITE) "$${t##*/}" $$t || rc=1; done; exit $$rc

# A bench of jobs needs their fixture.
$(eval $(call test_rule,jobs,$(B)/bench-intake,$(B)/obj/tests/bench/bench_intake.o,))

# Scenarios: the whole app with a fake clock and scripted peers.
SCENARIO_SRCS := $(sort $(wildcard tests/scenarios/*.c))
SCENARIOS := $(sort $(wildcard tests/scenarios/*.scn))
ifneq ($(SCENARIO_SRCS),)
SCENARIO_PROGRAM := $(B)/scenarios
$(eval $(call test_rule,app,$(B)/scenarios,$(call obj,$(SCENARIO_SRCS)),))
$(call obj,$(SCENARIO_SRCS)): EXTRA := -iquote daemon/app -iquote tests/support -iquote tests/scenarios
endif
scenarios: $(SCENARIO_PROGRAM)
	@$(if $(SCENARIO_PROGRAM),$(SUITE) scenarios $(B)/scenarios $(SCENARIOS),:)

# System tests: scripts against the built programs. slow_* only with SLOW=1.
SYSTEM := $(sort $(wildcard tests/system/*.sh tests/system/*.py))
SYSTEM_RUN = $(if $(SLOW),$(SYSTEM),$(filter-out tests/system/slow_%,$(SYSTEM)))
script_env = B='$(abspath $(B))' PYTHON=$(PYTHON)
run_scripts = rc=0; for t in $(1); do n=$${t\#tests/}; case $$t in *.py) i=$(PYTHON) ;; *) i=sh ;; esac; \
	$(script_env) $(SUITE) "$${n%.*}" $$i $$t || rc=1; done; exit $$rc
system-tests: all
	@$(call run_scripts,$(SYSTEM_RUN))

CONFORMANCE := $(sort $(wildcard tests/conformance/*.sh tests/conformance/*.py))
conformance: all
ifneq ($(wildcard ../shared/suites),)
	@export SHARED='$(abspath ../shared)'; $(call run_scripts,$(CONFORMANCE))
else
	@echo 'conformance: skipped, ../shared is not there'
endif

BENCH_SCRIPTS := $(sort $(wildcard tests/bench/*.sh tests/bench/*.py))
bench: all
	@rc=0; for t in $(BENCH_SCRIPTS); do case $$t in *.py) i=$(PYTHON) ;; *) i=sh ;; esac; \
	$(script_env) $$i $$t || rc=1; done; exit $$rc

# Fuzz targets. A line "Layer: NAME" in a target's head says what it may link.
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
fuzz_layer = $(or $(shell sed -n '1,12s/.*Layer: *\([a-z]*\).*/\1/p' tests/fuzz/fuzz_$(1).c),jobs)
$(foreach n,$(FUZZERS),$(eval FUZZ_LAYER_$(n) := $(call fuzz_layer,$(n))))
FUZZ_RUN = $(foreach n,$(FUZZERS),$(if $(filter $(FUZZ_LAYER_$(n)),$(LAYERS)),$(n)))
FUZZ_MAIN := $(B)/obj/tests/support/fuzz_replay.o
$(foreach n,$(FUZZERS),$(eval $(call test_rule,$(FUZZ_LAYER_$(n)),$(B)/replay-$(n),$(B)/obj/tests/fuzz/fuzz_$(n).o,$(FUZZ_MAIN))))
$(foreach n,$(FUZZERS),$(eval $(B)/replay-$(n): $(FUZZ_MAIN)))
$(foreach n,$(FUZZERS),$(eval $(call test_rule,$(FUZZ_LAYER_$(n)),$(B)/fuzz-$(n),$(B)/obj/tests/fuzz/fuzz_$(n).o,-fsanitize=fuzzer)))
OBJS += $(FUZZ_MAIN)

fuzz-replay: $(FUZZ_RUN:%=$(B)/replay-%)
	@rc=0; for n in $(FUZZ_RUN); do $(SUITE) fuzz-$$n $(B)/replay-$$n tests/fuzz/corpus/$$n || rc=1; done; exit $$rc

fuzz:
	@$(MAKE) $(PARALLEL) VARIANT=fuzz B=build/fuzz fuzz-run

fuzz-run: $(FUZZ_RUN:%=$(B)/fuzz-%)
	@rc=0; for n in $(FUZZ_RUN); do mkdir -p $(B)/found/$$n; echo "fuzz-$$n: $(FUZZ_SECONDS) s"; \
	$(B)/fuzz-$$n -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix=$(B)/found/$$n- $(B)/found/$$n tests/fuzz/corpus/$$n > $(B)/found/$$n.log 2>&1 || \
		{ rc=1; echo "fuzz-$$n: FAILED, see $(B)/found/$$n.log"; tail -n 20 $(B)/found/$$n.log; }; \
	done; exit $$rc

# ---------------------------------------------------------------- the rest

deps:
	@sh tests/support/deps.sh build
deps-check:
	@sh tests/support/deps.sh build check
deps-lint:
	@sh tests/support/deps.sh build check lint

tests-build: all $(UNITS) $(THREADS) $(SCENARIO_PROGRAM) $(FUZZ_RUN:%=$(B)/replay-%)
	@:

# As many jobs as cores where the user gave no -j.
PARALLEL = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 1))
CHECK_SUITES := unit scenarios system-tests fuzz-replay
check: deps-check
	@[ -w /dev/shm ] || echo 'check: Criterion needs a writable /dev/shm (as root: mount -t tmpfs -o mode=1777 tmpfs /dev/shm)' >&2
	@$(MAKE) $(PARALLEL) tests-build
	@mkdir -p $(dir $(TALLY)); : > $(TALLY)
	@rc=0; for s in $(CHECK_SUITES); do $(MAKE) $$s || rc=1; done; \
	sh tests/support/tally.sh check $(TALLY) || rc=1; exit $$rc

variant_tree = $(if $(filter build/$(VARIANT),$(B)),build/$(1),$(B)-$(1))
lint: deps-lint
	@mkdir -p $(dir $(TALLY)); : > $(TALLY)
	+@MAKE='$(MAKE)' B=$(call variant_tree,debug) $(PYTHON) tests/lint/lint.py
# The lint builds in the debug tree, where warnings are errors.
DAEMON_OBJS := $(foreach l,$(ALL_LAYERS),$(filter $(B)/obj/daemon/%,$(LOBJS_$(l)))) $(call obj,$(wildcard $(MAINS)))
lint-objects: all $(DAEMON_OBJS)
	@:
tidy: $(patsubst $(B)/obj/%.o,$(B)/tidy/%.ok,$(DAEMON_OBJS))
	@:
$(B)/tidy/%.ok: %.c $(B)/obj/%.o .clang-tidy
	$(Q)mkdir -p $(@D)
	$(Q)clang-tidy --quiet $< -- $(filter-out $(WARN),$(CFLAGS_ALL)) 2>&1 && touch $@
asan: deps-check
	@$(MAKE) $(PARALLEL) VARIANT=asan B=$(call variant_tree,asan) sanitized
tsan: deps-check
	@$(MAKE) $(PARALLEL) VARIANT=tsan B=$(call variant_tree,tsan) sanitized
cov: deps-check
	@$(MAKE) $(PARALLEL) VARIANT=cov B=$(call variant_tree,cov) covered

$(B)/sanitizer-broken: $(B)/obj/tests/support/sanitizer_broken.o $(B)/stamp/ldflags
	$(call say,LINK,$@)
	$(link) $< $(CRITERION)
$(B)/sanitizer-race: $(B)/obj/tests/support/sanitizer_race.o $(B)/stamp/ldflags
	$(call say,LINK,$@)
	$(link) $<
SANITIZED := $(if $(filter tsan,$(VARIANT)),threads,unit scenarios fuzz-replay)
sanitized:
	+@MAKE='$(MAKE)' VARIANT=$(VARIANT) B=$(B) CC='$(CC)' sh tests/support/sanitized.sh $(SANITIZED)
covered: $(UNITS) $(THREADS) $(SCENARIO_PROGRAM)
	@find $(B) -name '*.gcda' -delete
	@rc=0; for s in unit scenarios; do $(MAKE) $$s || rc=1; done; sh tests/support/coverage.sh $(B); exit $$rc

# DATA, MONTH, KEEP and ONCE of the command line are in the environment.
run: deps
	@$(MAKE) $(PARALLEL) all
	@B='$(B)' sh tests/support/run.sh
stop:
	@B='$(B)' sh tests/support/run.sh stop

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/planvax
	$(if $(PROGRAMS),install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin)
	$(if $(wildcard conf/.),cp -R conf/. $(DESTDIR)$(PREFIX)/share/planvax/)
	$(if $(wildcard systemd/*.service systemd/*.socket systemd/*.timer),install -d $(DESTDIR)$(PREFIX)/lib/systemd/system && \
		install -m 644 $(wildcard systemd/*.service systemd/*.socket systemd/*.timer) $(DESTDIR)$(PREFIX)/lib/systemd/system)

clean:
	rm -rf build

help:
	@sed -n 's/^#: //p' Makefile

#: make            build the programs (VARIANT=release|debug|asan|tsan|cov, B=tree)
#: make run        install what is missing, build, run the whole chain (DATA=, MONTH=, KEEP=1, ONCE=1)
#: make stop       end what a run left up
#: make check      build and run every test; unit, scenarios, system-tests, fuzz-replay run a part
#: make unit LAYERS="base model"  the unit tests of these layers only
#: make lint       layers, headers, sizes, names, banned calls, analyser
#: make asan       tests under AddressSanitizer and UndefinedBehaviorSanitizer
#: make tsan       thread tests under ThreadSanitizer
#: make cov        line coverage of the tests
#: make bench      the figures; make conformance: the suites in ../shared, if present
#: make fuzz       each fuzz target for FUZZ_SECONDS
#: make deps       install the packages that building needs
#: make install    DESTDIR=, PREFIX=
#: make clean      remove build/

.PHONY: FORCE all unit threads scenarios system-tests conformance bench fuzz-replay fuzz fuzz-run \
	deps deps-check deps-lint tests-build check lint asan tsan cov sanitized covered lint-objects tidy run stop install clean help

-include $(wildcard $(sort $(OBJS:.o=.d)))
