/* SPDX-License-Identifier: MIT */
/* What the machine runs, and what happens when it goes wrong. */
#include <sim/options.h>

#include <stdio.h>
#include <string.h>

enum { KEY_IMAGE = OPTIONS_KEY_TASKS, KEY_TASK, KEY_APPEND, KEY_ON_FAULT, KEY_ON_PANIC, KEY_CHECK };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "What runs:", 2},
    {"image", KEY_IMAGE, "NAME|FILE", 0, "An image of the build by its name (default tour), a file, or none", 0},
    {"task", KEY_TASK, "FILE[,KEY=VALUE...]", 0, "A program of your own; keys: prio=4 budget=10 "
        "caps=write+yield+heartbeat+exit heartbeat=0 restart=never name=. Only the given ones run, "
        "unless --image is given too: then they are added to it. The exit code is that of the first", 0},
    {"append", KEY_APPEND, "WORDS", 0, "Kernel command line", 0},
    {"on-fault", KEY_ON_FAULT, "stop|restart", 0, "stop: end the run at the first fault of a task; restart: do as each "
        "task's policy says (default)", 0},
    {"on-panic", KEY_ON_PANIC, "exit|abort", 0, "What a panic of the kernel ends in: exit code 80, or abort() for debuggers "
        "(default under gdb and sanitizers)", 0},
    {"check", KEY_CHECK, "invariants|quick|double-read[,change]", 0, "Check the kernel's invariants at every return to user code "
        "(quick: those of memory only at one of 64); or look for user memory read twice in one call (exit code 82), and change it in "
        "between; may be repeated", 0},
    {0},
};

/* Index of `value` among two words. */
static bool choose(const char *option, const char *value, const char *no, const char *yes)
{
    char expected[64];

    snprintf(expected, sizeof expected, "%s or %s", no, yes);
    if (strcmp(value, no) != 0 && strcmp(value, yes) != 0)
        options_bad_value(option, value, expected);
    return strcmp(value, yes) == 0;
}

static void parse_check(struct options *options, const char *value)
{
    bool change = strcmp(value, "double-read,change") == 0, quick = strcmp(value, "quick") == 0;

    options->check_quick = options->check_quick || quick;
    if (quick || strcmp(value, "invariants") == 0)
        options->check_invariants = true;
    else if (change || strcmp(value, "double-read") == 0)
        options->double_read = (struct double_read_plan){.on = true, .change = change || options->double_read.change};
    else
        options_bad_value("check", value, "invariants, quick, double-read or double-read,change");
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_IMAGE: options->image.name = value; break;
    case KEY_TASK: image_add_task(&options->image, value); break;
    case KEY_APPEND: options->append = value; break;
    case KEY_ON_FAULT: options->stop_on_fault = choose("on-fault", value, "restart", "stop"); break;
    case KEY_ON_PANIC: options->on_panic = choose("on-panic", value, "exit", "abort") ? PANIC_ABORT : PANIC_EXIT; break;
    case KEY_CHECK:
        parse_check(options, value);
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_tasks = {.options = table, .parser = parse};
