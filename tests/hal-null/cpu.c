/* SPDX-License-Identifier: MIT */
/* CPUs: which one executes, waiting, stopping, starting others. Exactly one executes; the others keep their place. */
#include <arch/smp.h>
#include <abi/status.h>

#include "null_priv.h"

uint32_t arch_cpu_count(void)
{
    return null_machine.config.cpus;
}

void arch_cpu_init(void)
{
    null_machine.cpu[null_port.cpu].irq_enabled = false;
}

bool null_is_started(uint32_t cpu)
{
    return cpu < null_machine.config.cpus && null_machine.cpu[cpu].started;
}

void null_switch_cpu(uint32_t cpu)
{
    uint32_t from = null_port.cpu;
    if (cpu == from)
        return;
    if (!null_is_started(cpu))
        null_misuse("null_switch_cpu() to a CPU that is not started");
    null_port.cpu = cpu;
    null_fiber_switch(null_machine.cpu[from].running, null_machine.cpu[cpu].running, false);
}

void null_set_preempt_hook(void (*hook)(void))
{
    null_port.preempt = hook;
}

bool null_rotate(void)
{
    uint32_t count = null_machine.config.cpus;
    for (uint32_t i = 1; i < count; i++) {
        uint32_t cpu = (null_port.cpu + i) % count;
        const struct null_cpu *c = &null_machine.cpu[cpu];
        if (c->started && (!c->halted || null_is_pending(cpu))) {
            null_switch_cpu(cpu);
            return true;
        }
    }
    return false;
}

void arch_cpu_relax(void)
{
    null_advance(1);
    null_rotate();
}

/* Jump to the next thing that will become pending. False: there is none. */
static bool idle_jump(void)
{
    uint64_t next = ~0ull;
    for (uint32_t i = 0; i < null_machine.config.cpus; i++) {
        const struct null_cpu *c = &null_machine.cpu[i];
        if (c->tick_period != 0 && c->tick_next < next)
            next = c->tick_next;
    }
    for (uint32_t i = 0; i < null_machine.event_count; i++) {
        if (null_machine.event[i].time < next)
            next = null_machine.event[i].time;
    }
    if (next == ~0ull)
        return false;
    null_advance(next - null_machine.time);
    return true;
}

void arch_halt(void)
{
    struct null_cpu *cpu = &null_machine.cpu[null_port.cpu];
    while (!null_take_interrupts()) {
        cpu->halted = true;
        if (!null_rotate() && !idle_jump())
            null_end_machine(NULL_STUCK, ARCH_OFF_DEADLOCK, 0, "");
        cpu->halted = false;
    }
}

bool arch_quiescent(void)
{
    return null_machine.event_count == 0 && !null_machine.config.input_attached;
}

void arch_panic(const char *message)
{
    for (const char *p = message; *p != '\0'; p++)
        arch_serial_putchar(*p);
    arch_serial_putchar('\n');
    null_end_machine(NULL_OFF, ARCH_OFF_PANIC, 0, message);
}

void arch_power_off(enum arch_off why, uint32_t code)
{
    null_end_machine(NULL_OFF, why, code, "");
}

void arch_reset(void)
{
    null_end_machine(NULL_REBOOT, ARCH_OFF_DONE, 0, "");
}

static void cpu_main(void *arg)
{
    struct null_cpu *cpu = arg;
    cpu->entry((uint32_t)(cpu - null_machine.cpu));
}

status_t arch_start_cpu(uint32_t cpu, void (*entry)(uint32_t cpu))
{
    if (cpu == 0 || cpu >= null_machine.config.cpus)
        return ERR_INVALID_ARGS;
    struct null_cpu *c = &null_machine.cpu[cpu];
    if (c->started)
        return ERR_BAD_STATE;
    c->started = true;
    c->entry = entry;
    c->running = &c->boot;
    null_fiber_init(&c->boot, null_stack_get(NULL_STACK_CPU + cpu), cpu_main, c);
    return STATUS_OK;
}

void arch_send_ipi(uint32_t cpu_mask, uint32_t vector)
{
    for (uint32_t i = 0; i < null_machine.config.cpus; i++) {
        if ((cpu_mask >> i & 1u) != 0)
            null_machine.cpu[i].pending |= 1ull << vector;
    }
}
