/* SPDX-License-Identifier: MIT */
/*
 * Static tasks: one per slot of the image's manifest, with a thread of the same index, an address space of its own, fixed
 * memory and a fixed mask. A task's whole life is one loop in its own kernel context: load, run, clean up, wait, restart.
 *
 * Field legend: [I] immutable after boot, [o] the task's own context (others read a snapshot), [T] task lock, [a] atomic.
 */
#pragma once
#include <abi/layout.h>
#include <abi/types.h>
#include <arch/context.h>
#include <arch/mmu.h>
#include <base/compiler.h>
#include <base/elf.h>
#include <base/manifest.h>
#include <config/config.h>
#include <diag/check.h>
#include <diag/log.h>
#include <sched/thread.h>
#include <sync/spinlock.h>

#define TASK_IMAGE_PAGES (LAYOUT_IMAGE_SIZE / PAGE_SIZE)
#define TASK_STACK_PAGES (LAYOUT_STACK_SIZE / PAGE_SIZE)
#define TASK_LAST_CALLS 8u

enum task_cause {
    TASK_CAUSE_NONE,
    TASK_CAUSE_TRAP,         /* what the CPU reported */
    TASK_CAUSE_DENIED,       /* a call its mask forbids */
    TASK_CAUSE_UNKNOWN_CALL, /* a number or endpoint that does not exist */
    TASK_CAUSE_WATCHDOG,     /* heartbeat missed */
    TASK_CAUSE_LOAD,         /* its program could not be loaded */
};

/** A system call as the fault report lists it. */
struct task_call {
    uint64_t nr;
    uint64_t target;
    uint64_t w0;
    status_t status;
};

extern struct lock_role task_role; /* [T] to the compiler */

struct task {
    uint32_t index;                         /* [I] slot, thread and task number */
    bool used;                              /* [I] */
    struct manifest_task config;            /* [I] */
    struct thread *thread;                  /* [I] */
    struct arch_space space;                /* [I] its tables change under the IPC lock or by the task itself */
    const uint8_t *image;                   /* [I] the ELF file, inside the boot module */
    struct elf_plan plan;                   /* [I] */
    paddr_t image_page[TASK_IMAGE_PAGES];   /* [I] 0: nothing there */
    paddr_t stack_page[TASK_STACK_PAGES];   /* [I] */

    uint32_t restarts;                      /* [o] */
    uint32_t exit_code;                     /* [o] */
    enum task_cause cause;                  /* [o] of the fault being handled */
    struct arch_trap trap;                  /* [o] */
    struct task_call last[TASK_LAST_CALLS]; /* [o] */
    uint32_t calls;                         /* [o] calls since the start; last[(calls-1) % N] is the newest */

    bool alive GUARDED_BY(task_role);       /* [T] started and not dead: watched */
    uint64_t heartbeat GUARDED_BY(task_role); /* [T] interval in ticks, 0 = off; survives a restart */
    uint64_t last_beat GUARDED_BY(task_role); /* [T] tick */
    uint32_t expired;                       /* [a] 1: the watchdog has asked for the fault */
};

/** What the gate wants after a call. */
enum task_next { TASK_CONTINUE, TASK_FAULT, TASK_EXIT };

extern const struct check_module task_check_module;

/** Task of slot `index` < CONFIG_TASKS; `used` says if there is one. */
struct task *task_get(uint32_t index);
/** The task this CPU runs in kernel context; only in a task's own context. */
struct task *task_current(void);
/** Slots in use. */
uint32_t task_count(void);

/**
 * Create every task of an image archive. Boot context, once. On error, *what says where (a file or manifest line, NUL
 * terminated, static). Errors: TAR_*, MANIFEST_*, ELF_*, NOT_FOUND (a file is missing), NO_MEMORY.
 */
MUST_CHECK status_t task_create_all(const uint8_t *archive, uint64_t len, uint16_t elf_machine, const char **what);
/** The function that handles one system call of the current task, handed down by the layer above. Before task_start_all(). */
void task_set_gate(enum task_next (*gate)(struct task *task));
/** Policies of the command line: stop the machine at the first fault; the slot whose exit code counts (or THREAD_NONE). */
void task_set_policy(bool stop_on_fault, uint32_t exit_slot);

/** HEARTBEAT of the current task: a beat, and the interval from now on (0 = off). */
void task_heartbeat(struct task *task, uint64_t interval);
/** The watchdog: every SCHED_WATCHDOG_PERIOD ticks, faults every task whose beat is overdue. Interrupt context, no lock. */
void task_watchdog(uint64_t tick);
/** Nothing runs and nothing is timed: if the machine can prove that nothing will ever happen, report a deadlock and stop. */
void task_check_deadlock(void);
/** Print the run's summary, flush the console and power off; if that has begun already, for the first reason. No lock held. */
NORETURN void task_power_off(uint32_t why, uint32_t code);

/** DEVICE_MAP for the current task: w[1] kind, w[2] base (address or port), w[3] stride. DEVICE_* errors, NO_MEMORY. */
MUST_CHECK status_t task_device_map(struct task *task, uint64_t dev, uint64_t w[4]);

/* -- Long work in the context of a task -- */

/** Between two pieces of it: take interrupts, let others run. Thread context, no lock held. */
void task_breathe(void);
/** log_add() and log_end() for it: text takes long to make, so others may run behind each piece. */
#define task_log_add(line, ...)                                                                                        \
    do {                                                                                                               \
        log_add(line, __VA_ARGS__);                                                                                    \
        task_breathe();                                                                                                \
    } while (0)
void task_log_end(struct log_builder *line);
