/* SPDX-License-Identifier: MIT */
/*
 * HAL contract: interrupts. They are taken in user code, in arch_halt() and in arch_irq_window(), never elsewhere in the
 * kernel. The HAL acknowledges the controller, runs the registered handler with interrupts disabled on the CPU that took
 * it, and then goes on. Handlers must not sleep, hold no lock when they return, and only queue work.
 *
 * Vectors are logical and the same on every port: 0-15 inter-processor, 30 the CPU's own timer, 32 and up device lines
 * (level-triggered, delivered to one CPU at a time).
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

enum {
    ARCH_VECTOR_RESCHEDULE = 0,
    ARCH_VECTOR_TLB = 1,
    ARCH_VECTOR_STOP = 2,
    ARCH_VECTOR_TIMER = 30,
    ARCH_VECTOR_DEVICE_FIRST = 32,
    ARCH_VECTOR_UART0 = 33,
    ARCH_VECTOR_RTC = 34,
    ARCH_VECTOR_KEYBOARD = 35,
    ARCH_VECTOR_COUNT = 64,
};

/** Initialise the interrupt controller for the executing CPU; all device lines start masked. Once on each CPU. */
void arch_interrupt_init(void);

/**
 * Register, replace or (handler NULL) remove the handler of `vector`; `data` is handed to it. Takes effect before the
 * return; a vector without handler is acknowledged and dropped. INVALID_ARGS: vector >= ARCH_VECTOR_COUNT.
 */
MUST_CHECK status_t arch_set_interrupt_handler(uint32_t vector, void (*handler)(void *data), void *data);

/** Let this CPU take interrupts at the points named above. Pending ones arrive at the next such point. */
void arch_enable_interrupts(void);
/** None is taken between this and the next enable. */
void arch_disable_interrupts(void);
/** Disable and return the previous state; nests to any depth when restored in reverse order. */
MUST_CHECK uint64_t arch_save_irq_state(void);
void arch_restore_irq_state(uint64_t state);

/** If interrupts are enabled, take what is pending now: the bounded opening inside long kernel work. No lock held. */
void arch_irq_window(void);

/** True if `vector` is a device line that exists on this machine. */
bool arch_irq_exists(uint32_t vector);
/** Let a device line interrupt, or stop it. A line that is still asserted when unmasked interrupts again. Any context. */
void arch_irq_unmask(uint32_t vector);
void arch_irq_mask(uint32_t vector);
