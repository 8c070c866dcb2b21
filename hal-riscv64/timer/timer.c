/* SPDX-License-Identifier: MIT */
/* The timebase and the tick: by the hart's own comparator (Sstc) where there is one, else by the firmware's. */
#include <arch/timer.h>

#include <abi/types.h>
#include <base/string.h>
#include <common/cpu.h>
#include <riscv/csr.h>
#include <riscv/fixup.h>
#include <riscv/priv.h>
#include <riscv/sbi.h>

#define NEVER UINT64_MAX
#define NAPS_PER_SECOND 50000u /* 20 microseconds each */

static KSTATE struct {
    uint32_t frequency; /* [I] */
    bool sstc;          /* [I] */
} state;

/* -- What there is -- */

/* Firmware must allow it, whatever the tree says. */
static bool comparator_works(void)
{
    uint64_t there = 0, value;

    __asm__ volatile("1: csrr %0, " CSR_NAME(CSR_STIMECMP) "\n"
                     "   li %1, 1\n"
                     "2:\n" FIXUP(1b, 2b)
                     : "=&r"(value), "+&r"(there)
                     :
                     : "memory");
    return there != 0;
}

/* Multi-letter extensions follow the single letters, each after an underscore. */
static bool isa_names(const char *isa, const char *extension)
{
    for (; *isa != '\0'; isa++) {
        if (isa[0] != '_' || !str_starts(isa + 1, extension))
            continue;
        char next = isa[1 + str_len(extension)];
        if (next == '\0' || next == '_')
            return true;
    }
    return false;
}

static bool every_hart_has_sstc(const struct fdt *fdt)
{
    uint32_t node = fdt_node_child(fdt, fdt_find_path(fdt, "/cpus"));
    bool any = false;

    for (; node != FDT_NONE; node = fdt_node_sibling(fdt, node)) {
        const char *isa;
        bool old = fdt_prop_string(fdt, node, "riscv,isa", &isa);
        bool listed = fdt_prop_lists(fdt, node, "riscv,isa-extensions", "sstc");
        if (listed || (old && isa_names(isa, "sstc")))
            any = true;
        else if (old)
            return false;
    }
    return any;
}

void timer_find(const struct fdt *fdt)
{
    uint32_t cpus = fdt_find_path(fdt, "/cpus");

    if (!fdt_prop_u32(fdt, cpus, "timebase-frequency", &state.frequency) &&
        !fdt_prop_u32(fdt, fdt_node_child(fdt, cpus), "timebase-frequency", &state.frequency))
        state.frequency = 0;
    if (state.frequency == 0)
        boot_fail("the device tree has no timebase-frequency");
    state.sstc = every_hart_has_sstc(fdt) && comparator_works();
    if (!state.sstc && !sbi_has(SBI_TIMER))
        boot_fail("no timer: the firmware lacks the SBI extension TIME and the CPU lacks Sstc");
    for (uint32_t i = 0; i < ARCH_MAX_CPUS; i++)
        hal_state.cpu[i].port.deadline = NEVER;
}

/* -- The tick -- */

static void set_comparator(uint64_t when)
{
    if (state.sstc)
        CSR_WRITE(CSR_STIMECMP, when);
    else
        sbi_set_timer(when);
}

void arch_timer_init(uint32_t frequency_hz)
{
    struct port_cpu *port = &hal_cpu()->port;

    port->period = state.frequency / frequency_hz;
    port->deadline = read_time() + port->period;
    set_comparator(port->deadline);
    CSR_SET(sie, INTERRUPT_TIMER);
}

/* Ticks that were missed are one; the next one keeps the rhythm. */
void timer_acknowledge(void)
{
    struct port_cpu *port = &hal_cpu()->port;
    uint64_t now = read_time();

    if (now >= port->deadline)
        port->deadline += (1 + (now - port->deadline) / port->period) * port->period;
    set_comparator(port->deadline);
}

/* Only the comparator may end it: what else is pending would end it at once, and cannot be taken here. */
void timer_nap(void)
{
    uint64_t enabled = CSR_READ(sie);

    set_comparator(read_time() + state.frequency / NAPS_PER_SECOND + 1);
    CSR_WRITE(sie, INTERRUPT_TIMER);
    wait_for_interrupt();
    set_comparator(hal_cpu()->port.deadline);
    CSR_WRITE(sie, enabled);
}

uint64_t arch_timer_get_ticks(void)
{
    return read_time();
}

uint32_t arch_timer_get_frequency(void)
{
    return state.frequency;
}
