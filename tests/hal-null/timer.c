/* SPDX-License-Identifier: MIT */
/* Virtual time in microseconds, the CPUs' ticks and what a test scheduled. */
#include <arch/timer.h>

#include "null_priv.h"

#define RTC_START 1700000000u /* seconds since 1970: 2023-11-14 */

static void pend(uint32_t cpu, uint32_t vector)
{
    if (vector >= ARCH_VECTOR_DEVICE_FIRST)
        null_line(vector, true);
    else
        null_inject(cpu, vector);
}

static void deliver_events(void)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < null_machine.event_count; i++) {
        struct null_event event = null_machine.event[i];
        if (event.time <= null_machine.time)
            pend(event.cpu, event.vector);
        else
            null_machine.event[kept++] = event;
    }
    null_machine.event_count = kept;
}

/* As on hardware, ticks that nobody took in time are one pending interrupt. */
static void deliver_ticks(struct null_cpu *cpu)
{
    if (cpu->tick_period == 0 || cpu->tick_next > null_machine.time)
        return;
    cpu->pending |= 1ull << ARCH_VECTOR_TIMER;
    cpu->tick_next += (null_machine.time - cpu->tick_next) / cpu->tick_period * cpu->tick_period + cpu->tick_period;
}

void null_advance(uint64_t microseconds)
{
    null_machine.time += microseconds;
    if (null_machine.time >= null_machine.config.stop_at)
        null_end_machine(NULL_STOPPED, ARCH_OFF_STOPPED, 0, "");
    deliver_events();
    for (uint32_t i = 0; i < null_machine.config.cpus; i++)
        deliver_ticks(&null_machine.cpu[i]);
}

static void schedule(struct null_event event)
{
    if (null_machine.event_count == NULL_EVENTS)
        null_misuse("too many scheduled events");
    null_machine.event[null_machine.event_count++] = event;
}

void null_inject_at(uint64_t time, uint32_t cpu, uint32_t vector)
{
    schedule((struct null_event){.time = time, .cpu = cpu, .vector = vector});
}

void null_line_at(uint64_t time, uint32_t vector)
{
    schedule((struct null_event){.time = time, .vector = vector});
}

void arch_timer_init(uint32_t frequency_hz)
{
    struct null_cpu *cpu = &null_machine.cpu[null_port.cpu];
    cpu->tick_period = NULL_FREQUENCY / frequency_hz;
    cpu->tick_next = null_machine.time + cpu->tick_period;
    if (null_machine.config.stop_when_booted && null_port.cpu == 0)
        null_end_machine(NULL_BOOTED, ARCH_OFF_DONE, 0, "");
}

uint64_t arch_timer_get_ticks(void)
{
    return null_machine.time;
}

uint32_t arch_timer_get_frequency(void)
{
    return NULL_FREQUENCY;
}

uint64_t arch_rtc_read(void)
{
    return RTC_START + null_machine.time / NULL_FREQUENCY;
}
