/* SPDX-License-Identifier: MIT */
#include <arch/cpu.h>
#include <abi/status.h>
#include <arch/smp.h>
#include <port/spend.h>
#include <sim/guest.h>

#include "hal_priv.h"

struct sim_port sim_port KSTATE;
struct hal_state hal_state KSTATE;

struct hal_cpu *hal_cpu(void)
{
    return &hal_state.cpu[arch_cpu_id()];
}

uint32_t arch_cpu_count(void)
{
    return sim_port.cpu_count;
}

void arch_cpu_init(void)
{
    hal_cpu()->irq_enabled = false;
    hal_cpu()->root = 0;
}

void arch_halt(void)
{
    while (!hal_take_interrupts())
        host_halt();
}

void arch_cpu_relax(void)
{
    if (UNLIKELY(sim_port.points))
        host_point(NULL);
    sim_spend(SIM_COST_RELAX);
}

bool arch_quiescent(void)
{
    return host_quiescent();
}

void arch_panic(const char *message)
{
    host_cpu_stop_others();
    for (const char *p = message; *p != '\0'; p++)
        arch_serial_putchar(*p);
    arch_serial_putchar('\n');
    host_panic_note(message);
    host_power_off(ARCH_OFF_PANIC, 0);
}

void arch_power_off(enum arch_off why, uint32_t code)
{
    host_power_off(why, code);
}

void arch_reset(void)
{
    host_reset();
}

/* -- The other CPUs -- */

status_t arch_start_cpu(uint32_t cpu, void (*entry)(uint32_t cpu))
{
    if (cpu == 0 || cpu >= arch_cpu_count())
        return ERR_INVALID_ARGS;
    hal_state.cpu[cpu].entry = entry;
    return host_cpu_start(cpu) ? STATUS_OK : ERR_BAD_STATE;
}

void guest_cpu_main(uint32_t cpu)
{
    hal_state.cpu[cpu].entry(cpu);
}

void arch_send_ipi(uint32_t cpu_mask, uint32_t vector)
{
    host_irq_send(cpu_mask, vector);
}
