/* SPDX-License-Identifier: MIT */
#include <common/cpu.h>

#include <arch/cpu.h>
#include <arch/debug.h>
#include <common/port.h>

struct hal_state hal_state KSTATE;

void hal_cpu_add(uint64_t hardware_id)
{
    struct hal_cpu *cpu = &hal_state.cpu[hal_state.cpu_count];

    if (hal_state.cpu_count == ARCH_MAX_CPUS)
        return; /* the port has said so on the console */
    cpu->self = cpu;
    cpu->id = hal_state.cpu_count++;
    cpu->hardware_id = hardware_id;
    cpu->state = cpu->id == 0 ? HAL_CPU_RUNNING : HAL_CPU_STOPPED;
}

uint32_t arch_cpu_count(void)
{
    return hal_state.cpu_count;
}

void arch_get_hw_summary(struct hw_summary *out)
{
    *out = hal_state.summary;
}

/* A device may always wake a real machine. */
bool arch_quiescent(void)
{
    return false;
}

/* -- The end -- */

void hal_cpu_check_stop(void)
{
    if (UNLIKELY(__atomic_load_n(&hal_state.stopping, __ATOMIC_RELAXED) == hal_cpu()->id + 1))
        return; /* the CPU that stops the others */
    if (UNLIKELY(__atomic_load_n(&hal_state.stopping, __ATOMIC_RELAXED) != 0))
        port_cpu_park();
}

/* One CPU wins; the others park. */
static void stop_others(void)
{
    uint32_t nobody = 0, me = hal_cpu()->id + 1;

    if (__atomic_compare_exchange_n(&hal_state.stopping, &nobody, me, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        port_cpu_stop_others();
    else if (nobody != me)
        port_cpu_park();
}

/* The simulator's exit codes (docs/simulator.md). */
static uint32_t exit_status(enum arch_off why, uint32_t code)
{
    switch (why) {
    case ARCH_OFF_DONE:
        return code < 63 ? code : 63;
    case ARCH_OFF_DEADLOCK:
        return 83;
    case ARCH_OFF_PANIC:
        return 80;
    case ARCH_OFF_CONFIG:
        return 78;
    case ARCH_OFF_STOPPED:
        break;
    }
    return 1;
}

static void print(const char *text)
{
    for (; *text != '\0'; text++)
        arch_serial_putchar(*text);
}

void arch_power_off(enum arch_off why, uint32_t code)
{
    stop_others();
    while (!arch_serial_idle())
        continue;
    port_exit(exit_status(why, code));
    port_power_off();
    print("It is now safe to turn off the machine.\n");
    port_cpu_park();
}

void arch_reset(void)
{
    stop_others();
    while (!arch_serial_idle())
        continue;
    port_reset();
    arch_power_off(ARCH_OFF_DONE, 0);
}

void arch_panic(const char *message)
{
    stop_others();
    print(message);
    print("\n");
    arch_power_off(ARCH_OFF_PANIC, 0);
}

void arch_set_crash_handler(void (*handler)(const char *what))
{
    hal_state.crash_handler = handler;
}

/* A crash while a crash is reported must not report again. */
void hal_crash(const char *what)
{
    void (*handler)(const char *what) = hal_state.crash_handler;

    hal_state.crash_handler = NULL;
    if (handler != NULL)
        handler(what);
    arch_panic(what);
}
