/* SPDX-License-Identifier: MIT */
/*
 * The conformance kernel on hal-null, as a program: `conformance-null [--cpus=N] [command line]`. What leaves the
 * serial port goes to stderr; exits like the simulator does.
 */
#include <stdlib.h>
#include <string.h>

#include <null/null.h>
#include <null/user.h>

#include "null_isa.h"

/* Exit codes of the simulator, for the ends that are not DONE. */
enum { EXIT_RESET = 0, EXIT_STOPPED = 1, EXIT_CONFIG = 78, EXIT_PANIC = 80, EXIT_DEADLOCK = 83 };

static int exit_code(struct null_end end)
{
    static const int codes[] = {
        [ARCH_OFF_DEADLOCK] = EXIT_DEADLOCK,
        [ARCH_OFF_PANIC] = EXIT_PANIC,
        [ARCH_OFF_STOPPED] = EXIT_STOPPED,
        [ARCH_OFF_CONFIG] = EXIT_CONFIG,
    };
    if (end.kind == NULL_OFF)
        return end.why == ARCH_OFF_DONE ? (int)end.code : codes[end.why];
    return end.kind == NULL_REBOOT ? EXIT_RESET : end.kind == NULL_STUCK ? EXIT_DEADLOCK : EXIT_STOPPED;
}

int main(int argc, char **argv)
{
    struct null_config config = {
        .modules = {{.data = "first", .size = 5, .cmdline = "one"}, {.data = "second", .size = 6}},
        .module_count = 2,
        .framebuffer = true,
        .echo = true,
        .stop_at = 600 * NULL_FREQUENCY,
    };
    if (argc > 1 && strncmp(argv[1], "--cpus=", 7) == 0) {
        config.cpus = (uint32_t)strtoul(argv[1] + 7, NULL, 10);
        argv++;
        argc--;
    }
    config.cmdline = argc > 1 ? argv[1] : "";
    null_reset(&config);
    null_script(NULL_ANY_ENTRY, null_isa_step);
    struct null_end end = null_run(arch_boot_init, NULL);
    return exit_code(end);
}
