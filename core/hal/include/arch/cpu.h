/* SPDX-License-Identifier: MIT */
/* HAL contract: the CPU a piece of code runs on, waiting, stopping. */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

/** Why the machine stops; the simulator turns it into its exit code, hardware into a power-off. */
enum arch_off {
    ARCH_OFF_DONE,     /* all tasks have exited; code = exit code */
    ARCH_OFF_DEADLOCK, /* tasks wait and nothing can wake them */
    ARCH_OFF_PANIC,    /* kernel panic */
    ARCH_OFF_STOPPED,  /* a policy asked to stop (a fault with --on-fault=stop) */
    ARCH_OFF_CONFIG,   /* the image or the machine cannot run (too little memory, bad manifest) */
};

/** Index of the executing CPU, 0..arch_cpu_count()-1; 0 boots. Any context; constant between two switch points. */
static inline uint32_t arch_cpu_id(void);

/** CPUs that the machine has, 1..ARCH_MAX_CPUS. Constant after arch_boot_init(). */
uint32_t arch_cpu_count(void);

/** Prepare the executing CPU (descriptor tables, vectors, feature bits). Once on each CPU, before arch_interrupt_init(). */
void arch_cpu_init(void);

/**
 * Sleep until an interrupt is pending for this CPU, take it (its handler runs before the return) and return, whether
 * interrupts are enabled or not. No lock held. An interrupt that became pending since the last point at which interrupts
 * are taken returns at once, so no wake-up is lost between the caller's last check and the sleep.
 */
void arch_halt(void);

/** In a loop that waits for another CPU or a device. Lets virtual time and other CPUs advance. Any context. */
void arch_cpu_relax(void);

/**
 * Called by the idle thread of the last CPU about to sleep, when no thread is runnable, nothing waits for the kernel's own
 * clock and some thread is blocked: only a device can change that. True if this machine can prove that no device event or
 * input will ever come (a deadlock). Hardware returns false. No lock held.
 */
bool arch_quiescent(void);

/** Stop all other CPUs, print `message` once through the serial port, end the machine as ARCH_OFF_PANIC. Any context. */
NORETURN void arch_panic(const char *message);

/** Power off. `code` is 0-63 and meaningful for ARCH_OFF_DONE. Any context with no lock held. */
NORETURN void arch_power_off(enum arch_off why, uint32_t code);

/** Reset the machine; where that cannot be done, power off. */
NORETURN void arch_reset(void);

#include <port/cpu.h>
