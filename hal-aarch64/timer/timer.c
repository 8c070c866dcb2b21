/* SPDX-License-Identifier: MIT */
/* The generic timer: the virtual counter, and the virtual timer's comparator for the tick. */
#include <arch/timer.h>

#include <a64/gic.h>
#include <a64/kernel.h>
#include <a64/sysreg.h>

#define VIRTUAL_TIMER 2u /* entry of the timer node's interrupts */
#define CTL_ENABLE 1u
#define NAPS_PER_SECOND 20000u
#define FREQUENCY_MIN 1000000u /* the architecture's lower bound */

static KSTATE uint32_t frequency; /* [I] */

uint32_t timer_find(const struct fdt *fdt)
{
    uint32_t node = device_find(fdt, "arm,armv8-timer");
    uint32_t intid = device_intid(fdt, node, VIRTUAL_TIMER);

    frequency = (uint32_t)SYSREG_READ(cntfrq_el0);
    (void)fdt_prop_u32(fdt, node, "clock-frequency", &frequency); /* only where firmware has not set the register */
    if (intid == 0 || intid >= GIC_SPI_FIRST)
        boot_fail("no virtual timer in the device tree");
    if (frequency < FREQUENCY_MIN)
        boot_fail("the timer's frequency is not known (%u Hz)", frequency);
    return intid;
}

uint64_t arch_timer_get_ticks(void)
{
    isb(); /* not before what the program does before */
    return SYSREG_READ(cntvct_el0);
}

uint32_t arch_timer_get_frequency(void)
{
    return frequency;
}

void timer_prepare(void)
{
    hal_cpu()->port.tick_period = 0;
    SYSREG_WRITE(cntv_ctl_el0, 0);
    isb();
    gic_enable_timer();
    hal_cpu()->port.may_nap = true;
}

/* The comparator is the tick's: it is put back, and a tick that is due then comes at once. */
void timer_nap(void)
{
    struct port_cpu *port = &hal_cpu()->port;

    gic.driver->hush(true);
    SYSREG_WRITE(cntv_cval_el0, arch_timer_get_ticks() + frequency / NAPS_PER_SECOND);
    SYSREG_WRITE(cntv_ctl_el0, CTL_ENABLE);
    isb();
    DSB(sy);
    __asm__ volatile("wfi" : : : "memory");
    SYSREG_WRITE(cntv_cval_el0, port->tick_next);
    SYSREG_WRITE(cntv_ctl_el0, port->tick_period != 0 ? CTL_ENABLE : 0);
    isb();
    gic.driver->hush(false);
}

void arch_timer_init(uint32_t frequency_hz)
{
    struct port_cpu *port = &hal_cpu()->port;

    port->tick_period = frequency / frequency_hz;
    port->tick_next = arch_timer_get_ticks() + port->tick_period;
    SYSREG_WRITE(cntv_cval_el0, port->tick_next);
    SYSREG_WRITE(cntv_ctl_el0, CTL_ENABLE);
    isb();
}

/* Periods that nobody has served are one interrupt. */
void timer_rearm(void)
{
    struct port_cpu *port = &hal_cpu()->port;
    uint64_t now = arch_timer_get_ticks();

    if (port->tick_period == 0) { /* firmware has left it running */
        SYSREG_WRITE(cntv_ctl_el0, 0);
        return;
    }
    port->tick_next += port->tick_period;
    if (port->tick_next <= now)
        port->tick_next += (now - port->tick_next) / port->tick_period * port->tick_period + port->tick_period;
    SYSREG_WRITE(cntv_cval_el0, port->tick_next);
    isb();
}
