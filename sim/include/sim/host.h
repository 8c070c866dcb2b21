/* SPDX-License-Identifier: MIT */
/*
 * The simulated machine as hal-sim sees it: what the kernel's side asks of the host's side. Plain scalars and structs
 * only; neither side sees the other's libraries. "The CPU" is the simulated CPU that executes the call.
 *
 * Functions marked [switch] may let another CPU run before they return, and events happen in them.
 */
#pragma once
#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/debug.h>
#include <base/compiler.h>
#include <sim/port.h>

/* -- CPUs and time -- */

/** [switch] The CPU's units are used up: let events happen and the CPU furthest behind run. */
void host_preempt(void);
/** [switch] A preemption point, if sim_port.points: `word` is about to be accessed; NULL: the CPU waits in a loop. */
void host_point(const void *word);
/** [switch] Sleep until an interrupt is pending for the CPU. */
void host_halt(void);
/** Run guest_cpu_main(cpu) on CPU `cpu` from now on, on a boot stack of its own. False: it runs already. */
bool host_cpu_start(uint32_t cpu);
/** Take every other CPU off for good. */
void host_cpu_stop_others(void);
/** Start the CPU's periodic interrupt. */
void host_timer_start(uint32_t frequency_hz);

/* -- Interrupts -- */

/** Acknowledge and return the lowest pending vector of the CPU that is not in the set `except`; -1: none. */
int host_irq_claim(uint64_t except);
/** Is anything pending for the CPU? */
bool host_irq_pending(void);
/** Forget everything pending for the CPU; on CPU 0 also mask every device line. */
void host_irq_reset(void);
/** Does this device line exist on the board? */
bool host_irq_exists(uint32_t vector);
/** Let a device line interrupt, or stop it. */
void host_irq_set_mask(uint32_t vector, bool masked);
/** Make `vector` pending on the CPUs of the mask; on the executing one at once. */
void host_irq_send(uint32_t cpu_mask, uint32_t vector);

/* -- Kernel contexts: fibers on stacks with a guard below -- */

struct fiber;

/** A fiber on a stack of at least `size` bytes; NULL: no memory. */
struct fiber *host_fiber_create(uint64_t size);
/** Free a fiber that does not run and will not. */
void host_fiber_destroy(struct fiber *fiber);
/** Make the next switch to `fiber` call entry(arg), which must not return; forgets what it did before. */
void host_fiber_prepare(struct fiber *fiber, void (*entry)(void *arg), void *arg);
/** The running fiber. */
struct fiber *host_fiber_self(void);
/** Continue `to` on this CPU. No system call. */
void host_fiber_switch(struct fiber *to);
/** Lowest address and size of the stack of a fiber. */
void host_fiber_stack(const struct fiber *fiber, uintptr_t *low, uint64_t *size);

/* -- User mode -- */

struct trap_frame;

/**
 * [switch] Run the user code of `user` in the space with root table `root` (0: none). True: it trapped, `trap` says
 * how, and user->frame holds at least the program counter and, for a system call, the call registers. False: the
 * CPU's units were used up; look for interrupts and go on.
 */
bool host_user_run(struct arch_user *user, paddr_t root, struct arch_trap *trap);
/** If the CPU's engine holds registers, write them back to the frame they belong to. Before another thread runs. */
void host_user_detach(void);
/** Copy the registers that an engine holds for `user` into `frame`; no effect if `user` is complete in memory. */
void host_user_peek(const struct arch_user *user, struct trap_frame *frame);
/** Drop what engines hold of `user`: its frame is about to be replaced. */
void host_user_forget(struct arch_user *user);

/** Drop every cached translation of the CPUs of the mask. */
void host_tlb_flush(uint32_t cpu_mask);
/** The same for one page of the space with this root table. */
void host_tlb_flush_page(uint32_t cpu_mask, paddr_t root, vaddr_t va);
/** The kernel has just changed the entry of this page, for whoever looks for missing flushes. */
void host_space_written(paddr_t root, vaddr_t va);
/** The space with this root table is gone: no engine may take it for a later one. */
void host_space_gone(paddr_t root);
/** The kernel wrote code to [pa, pa + len): no engine may run the old one. */
void host_code_changed(paddr_t pa, uint64_t len);

/* -- Devices -- */

/** Read or write a device register of `size` 1, 2 or 4 bytes; `port`: in the I/O space. All ones where nothing is. */
uint32_t host_io_read(uint64_t addr, uint32_t size, bool port);
void host_io_write(uint64_t addr, uint32_t size, bool port, uint32_t value);
/** 64 bits that depend on the seed. */
uint64_t host_random(void);

/* -- Ends -- */

/** No event but ticks can ever happen, and no input is attached. */
bool host_quiescent(void);
/** The message of a panic, for the summary; before host_power_off(). */
void host_panic_note(const char *message);
NORETURN void host_power_off(enum arch_off why, uint32_t code);
/** End the machine as by its reset button. */
NORETURN void host_reset(void);

/* -- Debugging -- */

/** The kernel has crashed here: host addresses of the instruction, the stack and the frame. */
struct host_crash {
    uintptr_t pc, sp, frame;
};
/** What the kernel context that panics now crashed at; NULL: it did not crash. */
const struct host_crash *host_crash(void);

/** A code address of this process as it stands in the executable file, the same in every run; 0: it is not in there. */
uint64_t host_code_address(uintptr_t address);

/** A fault point (enum fault_point) was reached that somebody asked for: is it to fail? Takes no time. */
bool host_fault(uint32_t point);

/** The kernel reads [va, va + len) of the user memory in the space with root table `root`, for the call that runs. */
void host_user_read(paddr_t root, vaddr_t va, uint64_t len);

/** Hand a trace event to everybody who listens. */
void host_trace(const struct trace_event *event);
