/* SPDX-License-Identifier: MIT */
/* HAL contract: what the machine offers to people who debug. */
#pragma once
#include <abi/types.h>
#include <arch/mmu.h>

/** Kinds of trace events; the simulator decodes them for --strace, --trace and twin runs. */
enum trace_kind {
    TRACE_CALL,      /* thread, a = number, b = target, c,d,e,f = payload */
    TRACE_RETURN,    /* thread, a = number, b = status, c,d,e,f = payload, count = words */
    TRACE_FAULT,     /* thread, a = enum arch_trap_kind, b = pc, c = address, d = access | permission << 8,
                        e = enum trace_fault_cause; a, c and d are a trap's only */
    TRACE_EXIT,      /* thread, a = code */
    TRACE_RESTART,   /* thread, a = restarts so far */
    TRACE_SWITCH,    /* thread = new (0xFFFF idle), a = old */
    TRACE_STATE,     /* thread, a = new state */
    TRACE_IRQ,       /* a = vector */
    TRACE_TICK,      /* a = tick count */
    TRACE_MARK,      /* a,b: free for tests */
    TRACE_TEXT,      /* thread wrote to the console: count = bytes in c,d,e,f, lowest first; a = where they lie in its WRITE */
    TRACE_KIND_COUNT,
};

/** Why a task faulted. */
enum trace_fault_cause { TRACE_FAULT_TRAP, TRACE_FAULT_DENIED, TRACE_FAULT_UNKNOWN_CALL, TRACE_FAULT_WATCHDOG, TRACE_FAULT_LOAD };

#define TRACE_NO_THREAD 0xFFFFu

struct trace_event {
    uint16_t kind;
    uint16_t thread;
    uint16_t cpu;
    uint16_t count;
    uint64_t a, b, c, d, e, f;
};

/** True if somebody wants events of this kind (enum trace_kind); lets core skip building them. Any context. */
static inline bool arch_trace_wanted(uint32_t kind);
/**
 * User memory [va, va + len) of `space` is about to be read for the system call that runs: what a checker of user memory
 * read twice listens to. Empty on hardware. Takes no virtual time. Thread context, locks may be held.
 */
void arch_note_user_read(const struct arch_space *space, vaddr_t va, size_t len);
/** Hand one event to the machine, which stamps it with its own time. Takes no virtual time. Any context, locks may be held. */
void arch_trace_event(const struct trace_event *event);

/**
 * What to do when the kernel itself does what no CPU can: touches what is not there, runs what is no instruction. `handler`
 * gets a word for it and must not return; arch_backtrace() and arch_kernel_register() then describe the place. Once, at boot.
 */
void arch_set_crash_handler(void (*handler)(const char *what));

/** Return addresses of the running kernel context, innermost first; how many were written. Any context. */
uint32_t arch_backtrace(uintptr_t *pcs, uint32_t max);

/** Register `i` of the running kernel context, for a panic's report; false when there are no more. Any context. */
bool arch_kernel_register(uint32_t i, const char **name, uint64_t *value);

#include <port/debug.h>
