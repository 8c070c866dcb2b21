/* SPDX-License-Identifier: MIT */
/*
 * The kernel runs with interrupts off and opens a window for an instant. What comes in is only acknowledged and noted;
 * the handlers run when the window is closed, each noted vector once, so a handler that sends an interrupt to its own
 * CPU does not keep the window open. A device line stays in service until its handler has run: level-triggered, it
 * would come again at once.
 */
#include <x86/irq.h>

#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/smp.h>
#include <common/cpu.h>
#include <common/port.h>
#include <x86/asm.h>

void irq_note(uint32_t vector)
{
    struct port_cpu *port = &hal_cpu()->port;

    if (vector >= VECTOR_LEGACY)
        return; /* spurious: nothing to acknowledge */
    if (vector < VECTOR_DEVICE + ARCH_VECTOR_COUNT - ARCH_VECTOR_DEVICE_FIRST) {
        port->irq_taken |= UINT64_C(1) << (vector - VECTOR_DEVICE + ARCH_VECTOR_DEVICE_FIRST);
        port->irq_in_service++;
        return;
    }
    port->irq_taken |= UINT64_C(1) << (vector == VECTOR_TIMER ? (uint32_t)ARCH_VECTOR_TIMER : vector - VECTOR_IPI);
    apic_eoi();
}

/* Each interrupt closes the window behind it (trap_kernel): opened again until nothing comes. */
static void drain(struct port_cpu *port)
{
    uint64_t before;

    do {
        before = port->irq_taken;
        __asm__ volatile("sti; nop; cli" : : : "memory");
    } while (port->irq_taken != before);
}

bool irq_take(void)
{
    struct hal_cpu *cpu = hal_cpu();
    bool enabled = cpu->irq_enabled;
    uint64_t taken;

    drain(&cpu->port);
    taken = cpu->port.irq_taken;
    cpu->port.irq_taken = 0;
    cpu->irq_enabled = false; /* for the handlers */
    for (uint64_t left = taken; left != 0; left &= left - 1)
        hal_irq_deliver((uint32_t)__builtin_ctzll(left));
    cpu->irq_enabled = enabled;
    for (; cpu->port.irq_in_service > 0; cpu->port.irq_in_service--)
        apic_eoi();
    return taken != 0;
}

void port_irq_take(void)
{
    (void)irq_take();
}

/* STI delays interrupts by one instruction: none gets between the look and the sleep. */
void arch_halt(void)
{
    while (!irq_take()) {
        hal_cpu_check_stop();
        __asm__ volatile("sti; hlt; cli" : : : "memory");
    }
}

void arch_interrupt_init(void)
{
    apic_enable();
    if (arch_cpu_id() == 0)
        ioapic_init();
}

void arch_send_ipi(uint32_t cpu_mask, uint32_t vector)
{
    for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
        if ((cpu_mask >> i & 1u) != 0)
            apic_send((uint32_t)hal_state.cpu[i].hardware_id, APIC_SEND_ASSERT | (VECTOR_IPI + vector));
    }
}
