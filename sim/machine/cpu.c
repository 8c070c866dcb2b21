/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is. The runnable CPU whose clock is furthest behind runs (ties: the lowest number) until the next
 * event or until it is a quantum ahead of the next CPU. Quanta vary with the seed. All of it happens on the fibers of
 * the CPUs themselves: a CPU whose turn ends picks the next one and switches to it.
 */
#include <sim/chaos.h>
#include <sim/fiber.h>
#include <sim/guest.h>
#include <sim/input.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/pace.h>
#include <sim/port.h>
#include <sim/serial.h>

#include "machine_priv.h"

#include <stdlib.h>

#define QUANTUM_MIN 600u        /* units: 6 us at 100 MHz */
#define QUANTUM_SPREAD 1200u    /* the seed adds up to this */
#define TURN_MAX 2000000u       /* so that requests of the host are seen soon */
#define CPU_STACK (512u * 1024) /* boot stack: the kernel's, and the engine's while it runs there */

/* Where the running CPU's turn ends; sim_port.limit may come earlier, for the host's side to look. */
static uint64_t turn_end;

/* The kernel side is compiled with ThreadSanitizer and reads the budget with atomics, so this side need not. */
uint64_t machine_now(void)
{
    return sim_port.limit - (uint64_t)sim_port.budget;
}

void machine_spend(int64_t units)
{
    sim_port.budget -= units;
}

void machine_horizon(uint64_t time)
{
    if (time < turn_end)
        turn_end = time;
    machine_look_at(time);
}

void machine_look_at(uint64_t time)
{
    uint64_t now = machine_now();

    if (time >= sim_port.limit)
        return;
    sim_port.limit = time;
    sim_port.budget = (int64_t)(time - now); /* negative: it is due already */
}

static bool runnable(const struct sim_cpu *cpu)
{
    return cpu->started && !cpu->halted;
}

/* The runnable CPU furthest behind, and the clock of the one next to it. */
static struct sim_cpu *pick(uint64_t *others)
{
    struct sim_cpu *best = NULL;

    *others = EVENT_NEVER;
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        struct sim_cpu *cpu = &machine.cpu[i];
        if (!runnable(cpu))
            continue;
        if (best == NULL || cpu->clock < best->clock) {
            if (best != NULL && best->clock < *others)
                *others = best->clock;
            best = cpu;
        } else if (cpu->clock < *others) {
            *others = cpu->clock;
        }
    }
    return best;
}

uint64_t machine_soon(void)
{
    uint64_t time = machine_now();

    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        if (machine.cpu[i].clock > time)
            time = machine.cpu[i].clock;
    }
    return time + 1;
}

static void fire_ending(struct event *event)
{
    (void)event;
    machine_finish((enum machine_end)(machine.host_request - 1), ARCH_OFF_STOPPED, 0);
}

/*
 * An end that the host asks for comes at a time and not at once, and at one that is a whole number of nanoseconds: a
 * run with --stop-at that time then ends in the same state.
 */
static void answer_host(void)
{
    static struct event ending;

    input_poll();
    if (machine.host_request == 0 || event_pending(&ending))
        return;
    event_init(&ending, EVENT_CONTROL, fire_ending, NULL);
    event_schedule(&ending, machine_ns_to_units(machine_units_to_ns(machine_soon()) + 1));
}

/* Let `cpu` go on to the end of its turn. A look at the machine that waits for slower CPUs does not stop this one. */
static void resume_turn(struct sim_cpu *cpu)
{
    uint64_t limit = turn_end;
    uint64_t look = event_control_time();

    if (look > cpu->clock && look < limit)
        limit = look;
    machine.running = cpu->id;
    sim_port.cpu = cpu->id;
    sim_port.limit = limit;
    sim_port.budget = (int64_t)(limit - cpu->clock);
}

static void begin_turn(struct sim_cpu *cpu, uint64_t others)
{
    uint64_t next = event_next_time();

    turn_end = cpu->clock + TURN_MAX;
    if (others != EVENT_NEVER) {
        uint64_t quantum = QUANTUM_MIN + rng_below(&machine.rng[RNG_SCHEDULE], QUANTUM_SPREAD);
        if (others + quantum < turn_end)
            turn_end = others + quantum;
    }
    if (next < turn_end)
        turn_end = next;
    resume_turn(cpu);
    moment_advance();
}

/* While an event fires, "now" is its time. */
static void set_now(uint64_t time)
{
    sim_port.limit = time;
    sim_port.budget = 0;
}

static void fire_control(void)
{
    set_now(event_control_time());
    event_fire_control();
}

/* Fire whatever comes first; where two meet, the host's side looks before anything changes. */
static void fire_first(void)
{
    if (event_control_time() <= event_next_time()) {
        if (event_control_time() == EVENT_NEVER)
            machine_finish(MACHINE_STUCK, ARCH_OFF_DEADLOCK, 0);
        fire_control();
        return;
    }
    machine.stats.events++;
    set_now(event_next_time());
    moment_advance();
    event_fire_next();
}

/* Is the turn of the running CPU not over? Then it stopped only because the host's side wants to look: let it. */
static bool look_and_resume(struct sim_cpu *self)
{
    uint64_t others;

    if (event_next_time() < turn_end)
        turn_end = event_next_time(); /* an input has just been scheduled */
    if (!runnable(self) || self->clock >= turn_end)
        return false;
    while (event_control_time() <= pick(&others)->clock)
        fire_control();
    resume_turn(self);
    return true;
}

void machine_yield(void)
{
    struct sim_cpu *self = machine_cpu();
    uint64_t others;
    struct sim_cpu *next;

    self->clock = machine_now();
    answer_host();
    if (look_and_resume(self))
        return;
    while ((next = pick(&others)) == NULL || event_next_time() <= next->clock || event_control_time() <= next->clock) {
        if (next == NULL)
            serial_flush();
        if (!pace_wait(event_next_time()))
            fire_first();
        answer_host();
    }
    begin_turn(next, others);
    if (next == self)
        return;
    machine.stats.cpu_switches++;
    chaos_note_switch(next->id);
    self->fiber = fiber_self();
    fiber_switch(next->fiber, FIBER_UNORDERED);
}

static void cpu_main(void *arg)
{
    struct sim_cpu *cpu = arg;

    if (cpu->id == 0)
        guest_boot(machine.fdt);
    else
        guest_cpu_main(cpu->id);
    abort(); /* neither returns */
}

bool cpu_start(uint32_t id)
{
    struct sim_cpu *cpu = &machine.cpu[id];

    if (cpu->started)
        return false;
    if (cpu->boot == NULL)
        cpu->boot = fiber_create(CPU_STACK);
    if (cpu->boot == NULL)
        abort();
    fiber_prepare(cpu->boot, cpu_main, cpu);
    cpu->fiber = cpu->boot;
    cpu->clock = machine_now();
    cpu->started = true;
    cpu->halted = false;
    machine_horizon(machine_now() + QUANTUM_MIN); /* it wants its share of the time */
    return true;
}
