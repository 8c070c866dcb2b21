/* SPDX-License-Identifier: MIT */
/*
 * The manifest of a task image: text, one task a line, '#' starts a comment.
 *   task 0 name=uart_driver file=uart_driver.elf priority=6 budget=0 heartbeat=50 caps=device_map+write restart=fault
 * name and file are required; the others default to priority 4, budget 0, heartbeat 0, caps none, restart fault.
 * caps is `all`, `none`, a number, or lower-case names of caps.tbl joined by '+'; restart is never, fault or always.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

#define MANIFEST_TASKS_MAX 64u
#define MANIFEST_NAME_SIZE 16u /* bytes with the NUL */
#define MANIFEST_FILE_SIZE 32u

enum manifest_restart { MANIFEST_RESTART_NEVER, MANIFEST_RESTART_FAULT, MANIFEST_RESTART_ALWAYS };

struct manifest_task {
    bool used;
    char name[MANIFEST_NAME_SIZE];
    char file[MANIFEST_FILE_SIZE]; /* member of the archive */
    uint32_t priority;             /* 0-7, 7 is the most urgent */
    uint32_t budget;               /* ticks per epoch; 0: unlimited */
    uint32_t heartbeat;            /* watchdog interval in ticks; 0: off */
    uint32_t caps;                 /* CAP_* bits */
    uint32_t restart;              /* enum manifest_restart */
};

struct manifest {
    struct manifest_task task[MANIFEST_TASKS_MAX]; /* by slot */
    uint32_t count;                                /* used ones */
};

/**
 * Parse `len` bytes of text (no NUL needed). Slots are 0..max_slots-1 (at most MANIFEST_TASKS_MAX). On an error the
 * 1-based line goes to *error_line and `out` means nothing.
 * MANIFEST_SYNTAX: not such a line, unknown key, required key missing. MANIFEST_VALUE: out of range, too long, unknown
 * capability or restart policy. MANIFEST_DUP: a slot or a key twice. Any context.
 */
MUST_CHECK status_t manifest_parse(const char *text, size_t len, uint32_t max_slots, struct manifest *out,
                                   uint32_t *error_line);
