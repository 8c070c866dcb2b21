/* SPDX-License-Identifier: MIT */
#include <arch/timer.h>

#include <x86/clock.h>
#include <x86/irq.h>

void arch_timer_init(uint32_t frequency_hz)
{
    apic_timer_start(clock_apic_frequency() / frequency_hz);
}
