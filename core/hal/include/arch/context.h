/* SPDX-License-Identifier: MIT */
/*
 * HAL contract: kernel contexts and user mode.
 * The port's <port/context.h> defines struct arch_context, struct arch_kstack and struct arch_user (the user-mode register
 * state with the ISA's trap frame inside). Core embeds them in threads and never looks inside.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

#include <port/context.h>

struct arch_space;

/** A kernel stack of ARCH_STACK_SIZE bytes with an inaccessible guard below. `index` < 128 names it (static arrays use it). NO_MEMORY. */
MUST_CHECK status_t arch_kstack_create(struct arch_kstack *stack, uint32_t index);
/** Give a stack back. Nobody runs on it or will again. */
void arch_kstack_destroy(struct arch_kstack *stack);

/** Prepare `ctx` so that the first switch to it calls entry(arg) on `stack`. `entry` must not return. */
void arch_context_init(struct arch_context *ctx, const struct arch_kstack *stack, void (*entry)(void *arg), void *arg);

/**
 * Save the running kernel context in `from` and continue `to` on this CPU. Everything the C calling convention preserves
 * is preserved; so is nothing else. Returns (in `from`) when some CPU switches back to it. Interrupts stay disabled.
 * Called only by sched_switch(), which holds the scheduler lock: `from` must not be continued on another CPU before this
 * call has left its stack, and the lock is what guarantees it. Makes no host system call in the simulator.
 */
void arch_context_switch(struct arch_context *from, struct arch_context *to);

/** Turn the executing CPU's boot context into `ctx` (it is saved there by its first switch away). */
void arch_context_adopt(struct arch_context *ctx);

/** Where the next trap of this CPU finds its kernel stack (TSS.RSP0, SP_EL1, sscratch). Before arch_user_run(). */
void arch_set_kernel_stack(const struct arch_kstack *stack);

enum arch_trap_kind {
    ARCH_TRAP_SYSCALL,   /* pc is already behind the instruction */
    ARCH_TRAP_INTERRUPT, /* taken and handled */
    ARCH_TRAP_PAGE,      /* page fault */
    ARCH_TRAP_ILLEGAL,   /* undefined or privileged instruction */
    ARCH_TRAP_FP,        /* floating point or SIMD by a task that may not */
    ARCH_TRAP_COUNTER,   /* a cycle or time counter that user mode may not read */
    ARCH_TRAP_BREAKPOINT,
    ARCH_TRAP_ARITHMETIC,/* divide error */
    ARCH_TRAP_ALIGN,     /* misaligned pc, stack or access */
    ARCH_TRAP_PORT,      /* x86: IN/OUT without a grant */
    ARCH_TRAP_OTHER,
    ARCH_TRAP_COUNT,
};

enum arch_access { ARCH_ACCESS_READ, ARCH_ACCESS_WRITE, ARCH_ACCESS_EXECUTE };

/** Why user mode stopped. */
struct arch_trap {
    enum arch_trap_kind kind;
    enum arch_access access; /* PAGE */
    bool permission;         /* PAGE: the page is mapped (kernel half included) but the access is not allowed */
    vaddr_t pc;              /* instruction that trapped (SYSCALL: the one after it) */
    vaddr_t addr;            /* PAGE: the exact byte address; else 0 */
    uint64_t code;           /* the ISA's own syndrome (ESR, vector, scause), for the report */
};

/** The call registers of the static task ABI (aegis.tbl), the same on every ISA. */
struct arch_call {
    uint64_t nr;
    uint64_t target;
    uint64_t w[4];
};

/** Fresh user state: all registers zero, program counter and stack pointer set, user mode with interrupts on, FP off. */
void arch_user_init(struct arch_user *user, vaddr_t entry, vaddr_t sp);

/**
 * Run user code of the space given to arch_switch_address_space() until something happens, and say what. Interrupts are
 * taken on the way; one that was pending before returns ARCH_TRAP_INTERRUPT at once, as does every one taken. Called in
 * thread context with no lock held.
 */
void arch_user_run(struct arch_user *user, struct arch_trap *trap);

/** The call registers at a SYSCALL trap. */
void arch_user_get_call(const struct arch_user *user, struct arch_call *call);
/** Answer the call: status into the number register, and the first `words` of w into the payload registers. */
void arch_user_set_result(struct arch_user *user, status_t status, const uint64_t w[4], uint32_t words);

vaddr_t arch_user_pc(const struct arch_user *user);
vaddr_t arch_user_sp(const struct arch_user *user);

/** General registers by position, for reports: the name and value of register `i`; false when there are no more. */
bool arch_user_register(const struct arch_user *user, uint32_t i, const char **name, uint64_t *value);

/** x86: allow user-mode IN/OUT to `count` ports from `first` for this user state, or take it back. Elsewhere: no effect. */
void arch_user_allow_ports(struct arch_user *user, uint32_t first, uint32_t count, bool allow);
