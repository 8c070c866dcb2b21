/* SPDX-License-Identifier: MIT */
/* hal-null's own state, which null_reset() starts afresh. */
#pragma once
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/timer.h>
#include <null/null.h>

#include "fiber.h"

#define NULL_EVENTS 64u
#define NULL_SERIAL_SIZE 65536u
#define NULL_TRACE_SIZE 4096u
#define NULL_LINE_LAST 47u

struct null_cpu {
    bool started;
    bool halted;
    bool irq_enabled;
    uint64_t pending;      /* vectors 0-31 */
    uint64_t tick_period;  /* 0: no timer */
    uint64_t tick_next;
    struct arch_context *running;
    struct arch_context boot; /* until it is adopted */
    void (*entry)(uint32_t cpu);
    const struct arch_space *space;
    const struct null_stack *trap_stack; /* where the next trap would find its kernel stack */
};

/** Something that becomes pending at a time. */
struct null_event {
    uint64_t time;
    uint32_t cpu;
    uint32_t vector;
};

struct null_machine {
    struct null_config config;
    char cmdline[BOOT_CMDLINE_MAX];
    struct boot_info info;
    struct boot_module modules[BOOT_MODULES_MAX];
    paddr_t ram_top; /* end of usable RAM; modules and the device tree lie above */
    struct null_cpu cpu[ARCH_MAX_CPUS];
    uint64_t time;
    struct null_event event[NULL_EVENTS];
    uint32_t event_count;
    void (*handler[ARCH_VECTOR_COUNT])(void *data);
    void *handler_data[ARCH_VECTOR_COUNT];
    uint64_t line_asserted, line_unmasked; /* by vector */
    uint64_t random;
    struct null_io io;
    struct null_flushes flushes;
    bool serial_busy;
    uint32_t serial_length, serial_burst, serial_burst_max;
    uint32_t trace_count;
    void (*crash_handler)(const char *what);
    uint32_t kstacks_live, kstacks_max;
    bool in_run;
    struct null_end end;
    void (*run_fn)(void *arg);
    void *run_arg;
};

extern struct null_machine null_machine;

/** End the machine: back to null_run(), or abort where there is none. */
NORETURN void null_end_machine(enum null_end_kind kind, enum arch_off why, uint32_t code, const char *message);

/** Abort the process with a message: the test misuses hal-null. */
NORETURN void null_misuse(const char *what);

/** A call was answered; its number and status go to the file AEGIS_NULL_ANSWERS, once each. For ./aegis coverage --gate. */
void null_note_answer(uint64_t nr, status_t status);

/** Take every interrupt that is pending for the executing CPU now; true if there was one. */
bool null_take_interrupts(void);
/** Is one pending for `cpu`? */
bool null_is_pending(uint32_t cpu);
/** Let the next CPU that has something to do continue; false: no other CPU has. */
bool null_rotate(void);
/** The checker of user memory read twice: a like-new machine; a call begins in this space; user mode runs there again. */
void null_reads_reset(void);
void null_reads_begin(const struct arch_space *space);
void null_reads_end(const struct arch_space *space);
/** Forget the programs of user mode. */
void null_user_reset(void);
/** A copy of what programs there are, none of which runs yet; and back to it. */
void *null_user_save(void);
void null_user_restore(const void *saved);
/** Forget the host's copy of RAM and build boot_info and the module list from the configuration. */
void null_boot_reset(void);
