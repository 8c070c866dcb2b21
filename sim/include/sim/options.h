/* SPDX-License-Identifier: MIT */
/*
 * The command line: one struct argp per topic (opt/opt_*.c), each with its own table of options, all children of the one
 * in opt/options.c. A topic keeps what it parsed; options_*() hand it on.
 */
#pragma once
#include <argp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <sim/chaos.h>
#include <sim/explore.h>
#include <sim/image.h>
#include <sim/console.h>
#include <sim/double_read.h>
#include <sim/machine.h>
#include <sim/pace.h>
#include <sim/replay.h>
#include <sim/sandbox.h>
#include <sim/screen.h>

/** Exit codes, see docs/simulator.md. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_USAGE = 64,
    EXIT_DATA = 65,     /* bad image, device tree or recording */
    EXIT_NO_INPUT = 66, /* file missing or unreadable */
    EXIT_UNAVAILABLE = 69,
    EXIT_SOFTWARE = 70, /* a defect of the simulator */
    EXIT_OS = 71,
    EXIT_IO = 74, /* a file of the host */
    EXIT_CONFIG = 78,
    EXIT_PANIC = 80,
    EXIT_CHECKER = 82, /* a checker's report */
    EXIT_DEADLOCK = 83,
    EXIT_STALLED = 84, /* --stall */
    EXIT_NONDETERMINISM = 85,
    EXIT_DESYNC = 86,
    EXIT_NOT_SEEN = 87,     /* --expect */
    EXIT_SEEN = 88,         /* --forbid */
    EXIT_NOT_FINISHED = 89, /* --must-finish */
    EXIT_FOUND = 90,        /* --fail-each, --explore */
    EXIT_TIMEOUT = 124,
};

/** What --fail-each is to do, see <sim/fail_each.h>. */
struct fail_each_plan {
    uint32_t points;     /* bits by enum fault_point; 0: nothing */
    bool allow_deadlock; /* a deadlock that is named is no finding */
    uint32_t jobs;       /* branches at a time */
    uint64_t limit_ns;   /* virtual time that a branch gets */
    const char *json;    /* file for the table; NULL: none */
};

/** What a panic of the kernel ends in. */
enum panic_end { PANIC_AUTO, PANIC_EXIT, PANIC_ABORT };

/** A moment of the command line, "@SEED:EVENT" or "@EVENT". */
struct options_moment {
    const char *text; /* NULL: not given */
    bool has_seed;
    uint64_t seed, event;
};

struct options {
    struct machine_config machine; /* complete after options_prepare() */
    struct image_plan image;
    const char *append; /* --append; machine.append has the other words as well */
    bool stop_on_fault, check_invariants, check_quick;
    struct double_read_plan double_read;
    enum panic_end on_panic;
    bool memory_given, seed_given;
    struct options_moment stop_at, from;
    bool moments; /* each line of the console begins with its moment */
    bool must_finish;
    const char *dump_dtb; /* file for the machine's device tree; NULL: run */
    struct screen_plan screenshot;
    bool window; /* show the framebuffer */
    struct replay_plan replay;
    struct console_plan console;
    enum pace pace;
    enum sandbox_mode sandbox;
    bool strace;
    const char *trace;  /* file for a timeline; NULL: none */
    const char *events; /* file for events as numbers; NULL: none */
    struct chaos_plan chaos;
    struct explore_plan explore;
    const char *chaos_given, *schedule_given; /* as given, or NULL */
    const char *gdb;   /* where to wait for gdb; NULL: nowhere */
    struct options_moment gdb_at;
    bool no_reverse; /* keep no snapshots for gdb */
    struct fail_each_plan fail_each;
};

/** Parse the command line into `options`; exits with one line if it is wrong. */
void options_parse(struct options *options, int argc, char **argv);
/** Complete `options`: load the image or the recording, judge the device tree, gather the kernel's words. */
void options_prepare(struct options *options);

/**
 * Write the command that does this run again, without its end of line: without the options of the list `without`, which ends in
 * NULL (or is NULL), and with those in the text `more`. `argv` as main() got it.
 */
void options_print_command(FILE *out, const struct options *options, char **argv, const char *const *without, const char *more);
/** The same with nothing changed, as a line: "reproduce: ./aegis-sim ...". */
void options_print_reproduce(FILE *out, const struct options *options, char **argv);

/* Topics; key ranges keep their short keys apart. The `input` of each parser is the struct options. */
enum {
    OPTIONS_KEY_GENERAL = 0x100,
    OPTIONS_KEY_MACHINE = 0x200,
    OPTIONS_KEY_TASKS = 0x300,
    OPTIONS_KEY_LIMITS = 0x400,
    OPTIONS_KEY_DISPLAY = 0x500,
    OPTIONS_KEY_REPLAY = 0x600,
    OPTIONS_KEY_TRACE = 0x700,
    OPTIONS_KEY_DEBUG = 0x800,
    OPTIONS_KEY_CONSOLE = 0x900,
    OPTIONS_KEY_FAULT = 0xB00,
    OPTIONS_KEY_CHAOS = 0xC00,
    OPTIONS_KEY_NEXT = 0x900,
};
extern const struct argp options_machine;
extern const struct argp options_tasks;
extern const struct argp options_limits;
extern const struct argp options_display;
extern const struct argp options_replay;
extern const struct argp options_console;
extern const struct argp options_trace;
extern const struct argp options_debug;
extern const struct argp options_fault;
extern const struct argp options_chaos;

/** The name of the option that a word of the command line is, if it was shortened too; NULL: it is none. */
const char *options_full_name(const char *word);

/** Exit 64 with one line if what was said of chaos does not go together. */
void options_check_chaos(struct options *options);

/** Is this executable built with a sanitizer? */
bool options_sanitized(void);

/* -- Values -- */

/** Exit with `code` and one line. */
_Noreturn void options_refuse(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** The candidate (a list that ends in NULL) that was probably meant, or NULL. */
const char *options_nearest(const char *word, const char *const *candidates);

/** Exit 64 with one line that says which option, what is wrong with its value and what would be right. */
_Noreturn void options_bad_value(const char *option, const char *value, const char *expected);
/** A number, decimal or 0x..., between `low` and `high`. */
uint64_t options_number(const char *option, const char *value, uint64_t low, uint64_t high);
/** Bytes with an optional K, M or G. */
uint64_t options_size(const char *option, const char *value);
/** A virtual time such as 3s, 250ms, 10us, 5ns; a plain number means seconds. In nanoseconds. */
uint64_t options_time(const char *option, const char *value);
/** The same without exiting: false if it is none. */
bool options_try_time(const char *value, uint64_t *ns);
/** A moment such as @1:4711, or @4711 of whatever seed the run has. */
struct options_moment options_moment(const char *option, const char *value);
/** A frequency with an optional K, M or G and an optional Hz. */
uint64_t options_frequency(const char *option, const char *value);
/** "on" or "off". */
bool options_switch(const char *option, const char *value);

/** Read a whole file that option `option` names; exits 66 with a message if it cannot be read. The bytes live on. */
uint8_t *options_read_file(const char *option, const char *path, uint64_t *size);
