/* SPDX-License-Identifier: MIT */
/*
 * The interrupt controller: per CPU the pending vectors below 32 (inter-processor, tick); device lines are
 * level-triggered and go to one CPU, drawn when the line becomes deliverable. Ticks come with a phase and a jitter,
 * inter-processor interrupts with a latency, all drawn from the seed.
 */
#include <arch/irq.h>
#include <sim/fault.h>
#include <sim/chaos.h>
#include <sim/host.h>
#include <sim/port.h>
#include <sim/trace.h>

#include "machine_priv.h"

#define TICK_JITTER_PART 64u /* a tick is late by up to 1/64 of its period */
#define IPI_LATENCY 50u      /* units, and up to as many more */

/* Lines that interrupt somebody. */
static uint64_t lines_active(void)
{
    return ((machine.lines_asserted & ~machine.lines_missed) | machine.lines_unasked) & machine.lines_unmasked;
}

static uint64_t lines_for(const struct sim_cpu *cpu)
{
    uint64_t lines = lines_active();
    uint64_t mine = 0;

    for (uint32_t v = ARCH_VECTOR_DEVICE_FIRST; lines >> v != 0; v++) {
        if ((lines >> v & 1u) != 0 && machine.line_target[v] == cpu->id)
            mine |= UINT64_C(1) << v;
        if (v == ARCH_VECTOR_COUNT - 1)
            break;
    }
    return mine;
}

bool irq_pending(const struct sim_cpu *cpu)
{
    return cpu->pending != 0 || (lines_active() != 0 && lines_for(cpu) != 0);
}

static void wake(struct sim_cpu *cpu)
{
    uint64_t now = machine_now();

    if (!cpu->started || !irq_pending(cpu))
        return;
    if (cpu->halted) {
        cpu->halted = false;
        if (cpu->clock < now)
            cpu->clock = now;
    }
    machine_horizon(now); /* whoever runs looks up: it may be the one, or must give the woken one its turn */
}

static void line_deliver(uint32_t vector)
{
    uint64_t bit = UINT64_C(1) << vector;
    uint32_t started = 0;

    if ((lines_active() & bit) == 0)
        return;
    for (uint32_t i = 0; i < machine.config.cpus; i++)
        started += machine.cpu[i].started;
    uint64_t turn = started > 1 ? rng_below(&machine.rng[RNG_INTERRUPT], started) : 0;
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        if (machine.cpu[i].started && turn-- == 0) {
            machine.line_target[vector] = (uint8_t)i;
            wake(&machine.cpu[i]);
            return;
        }
    }
}

/* -- Faults -- */

static struct event noticed[ARCH_VECTOR_COUNT]; /* the controller sees a line late */

static void fire_noticed(struct event *event)
{
    uint32_t vector = (uint32_t)(event - noticed);

    machine.lines_missed &= ~(UINT64_C(1) << vector);
    line_deliver(vector);
}

/* A line rises, and may do so unseen. */
static void line_disturb(uint32_t vector)
{
    uint64_t delay = fault_irq_delay(vector);

    if (fault_irq_dropped(vector)) {
        machine.lines_missed |= UINT64_C(1) << vector;
    } else if (delay != 0) {
        machine.lines_missed |= UINT64_C(1) << vector;
        if (noticed[vector].fire == NULL)
            event_init(&noticed[vector], EVENT_DEVICE, fire_noticed, NULL);
        event_schedule(&noticed[vector], machine_now() + delay);
    }
}

void irq_set_line(uint32_t vector, bool asserted)
{
    uint64_t bit = UINT64_C(1) << vector;
    bool was = (machine.lines_asserted & bit) != 0;

    if (asserted == was)
        return;
    machine.lines_asserted ^= bit;
    machine.lines_missed &= ~bit;
    if (asserted)
        line_disturb(vector);
    line_deliver(vector);
}

uint32_t irq_raise_unasked(struct rng *rng)
{
    uint64_t lines = machine.lines_unmasked & machine.lines_existing;
    uint32_t count = (uint32_t)__builtin_popcountll(lines);

    if (count == 0) {
        irq_send(UINT32_C(1) << machine.running, ARCH_VECTOR_RESCHEDULE);
        return ARCH_VECTOR_RESCHEDULE;
    }
    for (uint64_t skip = rng_below(rng, count); skip > 0; skip--)
        lines &= lines - 1;
    uint32_t vector = (uint32_t)__builtin_ctzll(lines);
    machine.lines_unasked |= UINT64_C(1) << vector;
    line_deliver(vector);
    return vector;
}

void irq_set_mask(uint32_t vector, bool masked)
{
    uint64_t bit = UINT64_C(1) << vector;

    if (masked) {
        machine.lines_unmasked &= ~bit;
    } else if ((machine.lines_unmasked & bit) == 0) {
        machine.lines_unmasked |= bit;
        machine.lines_missed &= ~bit; /* the controller looks at its level again */
        line_deliver(vector);
    }
}

static void report(int vector)
{
    const struct trace_event event = {.kind = TRACE_IRQ, .thread = TRACE_NO_THREAD, .cpu = (uint16_t)machine.running,
        .a = (uint64_t)vector};

    if ((sim_port.trace & TRACE_BIT(TRACE_IRQ)) != 0)
        host_trace(&event);
}

int irq_claim(uint64_t except)
{
    struct sim_cpu *cpu = machine_cpu();
    uint64_t all = (cpu->pending | lines_for(cpu)) & ~except;

    if (all == 0)
        return -1;
    int vector = __builtin_ctzll(all);
    if (vector < (int)ARCH_VECTOR_DEVICE_FIRST)
        cpu->pending &= ~(UINT64_C(1) << vector);
    else
        machine.lines_unasked &= ~(UINT64_C(1) << vector);
    machine.stats.interrupts++;
    if (except == 0)
        chaos_entered();
    report(vector);
    return vector;
}

void irq_reset(void)
{
    struct sim_cpu *cpu = machine_cpu();

    cpu->pending = 0;
    if (cpu->id == 0)
        machine.lines_unmasked = 0;
}

/* -- Ticks -- */

static void schedule_tick(struct sim_cpu *cpu)
{
    uint64_t rate = machine.config.clock_rate;
    uint64_t nominal = cpu->tick_start + cpu->tick_count * rate / cpu->tick_hz;
    uint64_t jitter = rng_below(&machine.rng[RNG_TICK], rate / cpu->tick_hz / TICK_JITTER_PART + 1);

    cpu->tick_count++;
    event_schedule(&cpu->tick, nominal + jitter + fault_tick_jitter());
}

static void fire_tick(struct event *event)
{
    struct sim_cpu *cpu = event->owner;

    cpu->pending |= UINT64_C(1) << ARCH_VECTOR_TIMER;
    schedule_tick(cpu);
    if (cpu->id == 0)
        fault_on_tick();
    wake(cpu);
}

void irq_start_tick(uint32_t hz)
{
    struct sim_cpu *cpu = machine_cpu();
    uint64_t period = machine.config.clock_rate / hz;

    cpu->tick_hz = hz;
    cpu->tick_start = machine_now() + period / 2 + rng_below(&machine.rng[RNG_TICK], period / 2 + 1);
    cpu->tick_count = 0;
    schedule_tick(cpu);
}

/* -- Inter-processor interrupts -- */

static void fire_ipi(struct event *event)
{
    struct sim_cpu *cpu = event->owner;

    cpu->pending |= cpu->ipi_vectors;
    cpu->ipi_vectors = 0;
    wake(cpu);
}

void irq_send(uint32_t cpu_mask, uint32_t vector)
{
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        struct sim_cpu *cpu = &machine.cpu[i];
        if ((cpu_mask >> i & 1u) == 0)
            continue;
        if (i == machine.running) {
            cpu->pending |= UINT64_C(1) << vector;
            continue;
        }
        cpu->ipi_vectors |= UINT64_C(1) << vector;
        if (!event_pending(&cpu->ipi))
            event_schedule(&cpu->ipi, machine_now() + IPI_LATENCY + rng_below(&machine.rng[RNG_INTERRUPT], IPI_LATENCY) +
                fault_ipi_delay());
    }
}

void irq_init(void)
{
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        event_init(&machine.cpu[i].tick, EVENT_TICK, fire_tick, &machine.cpu[i]);
        event_init(&machine.cpu[i].ipi, EVENT_DEVICE, fire_ipi, &machine.cpu[i]);
    }
}
