/* SPDX-License-Identifier: MIT */
/*
 * Interrupts: per-CPU pending bits for vectors below 32, level-triggered lines for the others. arch_halt() and user
 * mode take them whatever the CPU's interrupt state is; arch_irq_window() only when interrupts are enabled.
 */
#include <arch/irq.h>
#include <abi/status.h>

#include "null_priv.h"

#define IRQ_CPU 0u /* device lines go here */

static struct null_cpu *self(void)
{
    return &null_machine.cpu[null_port.cpu];
}

/* A snapshot: what becomes pending while handlers run waits for the next point. */
static uint64_t pending_vectors(uint32_t cpu)
{
    uint64_t lines = cpu == IRQ_CPU ? null_machine.line_asserted & null_machine.line_unmasked : 0;
    return null_machine.cpu[cpu].pending | lines;
}

bool null_is_pending(uint32_t cpu)
{
    return pending_vectors(cpu) != 0;
}

bool null_take_interrupts(void)
{
    struct null_cpu *cpu = self();
    uint64_t vectors = pending_vectors(null_port.cpu);
    if (vectors == 0)
        return false;
    bool enabled = cpu->irq_enabled;
    cpu->irq_enabled = false;
    for (uint32_t v = 0; v < ARCH_VECTOR_COUNT; v++) {
        if ((vectors >> v & 1u) == 0)
            continue;
        cpu->pending &= ~(1ull << v);
        if (null_machine.handler[v] != NULL)
            null_machine.handler[v](null_machine.handler_data[v]);
    }
    cpu->irq_enabled = enabled;
    return true;
}

void arch_interrupt_init(void)
{
    struct null_cpu *cpu = self();
    cpu->pending = 0;
    if (null_port.cpu == IRQ_CPU)
        null_machine.line_unmasked = 0;
}

status_t arch_set_interrupt_handler(uint32_t vector, void (*handler)(void *data), void *data)
{
    if (vector >= ARCH_VECTOR_COUNT)
        return ERR_INVALID_ARGS;
    null_machine.handler[vector] = handler;
    null_machine.handler_data[vector] = data;
    return STATUS_OK;
}

void arch_enable_interrupts(void)
{
    self()->irq_enabled = true;
}

void arch_disable_interrupts(void)
{
    self()->irq_enabled = false;
}

uint64_t arch_save_irq_state(void)
{
    uint64_t state = self()->irq_enabled;
    self()->irq_enabled = false;
    return state;
}

void arch_restore_irq_state(uint64_t state)
{
    self()->irq_enabled = state != 0;
}

void arch_irq_window(void)
{
    if (self()->irq_enabled)
        null_take_interrupts();
}

bool arch_irq_exists(uint32_t vector)
{
    return vector >= ARCH_VECTOR_DEVICE_FIRST && vector <= NULL_LINE_LAST;
}

void arch_irq_unmask(uint32_t vector)
{
    if (arch_irq_exists(vector))
        null_machine.line_unmasked |= 1ull << vector;
}

void arch_irq_mask(uint32_t vector)
{
    if (arch_irq_exists(vector))
        null_machine.line_unmasked &= ~(1ull << vector);
}

void null_inject(uint32_t cpu, uint32_t vector)
{
    if (cpu >= null_machine.config.cpus || vector >= ARCH_VECTOR_DEVICE_FIRST)
        null_misuse("null_inject(): no such CPU or vector");
    null_machine.cpu[cpu].pending |= 1ull << vector;
}

void null_line(uint32_t vector, bool asserted)
{
    if (!arch_irq_exists(vector))
        null_misuse("null_line(): no such line");
    if (asserted)
        null_machine.line_asserted |= 1ull << vector;
    else
        null_machine.line_asserted &= ~(1ull << vector);
}
