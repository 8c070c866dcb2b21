/* SPDX-License-Identifier: MIT */
/* What the GIC versions have in common: finding the controller, logical vectors, taking what is pending. */
#include <a64/gic.h>

#include <a64/kernel.h>
#include <a64/sysreg.h>
#include <arch/irq.h>
#include <base/compiler.h>
#include <common/port.h>

#define TAKE_MAX 24u /* interrupts in one go: every vector there is, and some twice from other CPUs */
#define ISR_FIQ (1u << 6)
#define ISR_IRQ (1u << 7)
#define GICV2_CPU_SIZE 0x2000u /* with the register that deactivates; GICv1 has none */

static KSTATE struct {
    uint32_t intid[ARCH_VECTOR_COUNT]; /* [I] of device vectors and the timer; 0: none */
} lines;

struct gic gic KSTATE;

/* -- Finding it -- */

static uint32_t find_any(const struct fdt *fdt, const char *const *names, uint32_t count)
{
    uint32_t node = FDT_NONE;

    for (uint32_t i = 0; i < count && node == FDT_NONE; i++)
        node = device_find(fdt, names[i]);
    return node;
}

static struct gic_region region(const struct fdt *fdt, uint32_t node, uint32_t index, const char *what)
{
    struct gic_region r;

    if (!device_reg(fdt, node, index, &r.base, &r.size))
        boot_fail("interrupt controller without %s", what);
    device_window(what, r.base, r.size);
    return r;
}

static void find_v3(const struct fdt *fdt, uint32_t node)
{
    gic.cpu_regions = 1;
    (void)fdt_prop_u32(fdt, node, "#redistributor-regions", &gic.cpu_regions);
    if (gic.cpu_regions == 0 || gic.cpu_regions > GIC_REGIONS_MAX)
        boot_fail("unsupported GIC: %u redistributor regions", gic.cpu_regions);
    for (uint32_t i = 0; i < gic.cpu_regions; i++)
        gic.cpu[i] = region(fdt, node, 1 + i, "GIC redistributors");
    (void)fdt_prop_u64(fdt, node, "redistributor-stride", &gic.stride);
    gic.driver = &gicv3_driver;
}

static void find_v2(const struct fdt *fdt, uint32_t node)
{
    gic.cpu_regions = 1;
    gic.cpu[0] = region(fdt, node, 1, "GIC CPU interface");
    if (gic.cpu[0].size < GICV2_CPU_SIZE)
        boot_fail("unsupported GIC: a CPU interface of GICv1");
    gic.driver = &gicv2_driver;
}

static NORETURN void refuse(const struct fdt *fdt)
{
    static const char *const old[] = {"arm,cortex-a9-gic", "arm,pl390", "arm,arm11mp-gic", "arm,gic-v5"};
    const char *name = "none";
    uint32_t node = find_any(fdt, old, ARRAY_LEN(old));

    if (node != FDT_NONE)
        (void)fdt_prop_string(fdt, node, "compatible", &name);
    boot_fail("unsupported GIC: %s in the device tree; GICv2 or GICv3 is needed", name);
}

void gic_find(const struct fdt *fdt, bool secure)
{
    static const char *const v2[] = {"arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic"};
    uint32_t v3_node = device_find(fdt, "arm,gic-v3");
    uint32_t node = v3_node != FDT_NONE ? v3_node : find_any(fdt, v2, ARRAY_LEN(v2));

    if (node == FDT_NONE)
        refuse(fdt);
    gic.secure = secure;
    gic.distributor = region(fdt, node, 0, "GIC distributor").base;
    if (v3_node != FDT_NONE)
        find_v3(fdt, node);
    else
        find_v2(fdt, node);
}

void gic_connect(uint32_t vector, uint32_t intid)
{
    lines.intid[vector] = intid;
}

/* -- The contract -- */

void arch_interrupt_init(void)
{
    if (hal_cpu()->id == 0)
        gic.driver->init_distributor();
    gic.driver->init_cpu();
    timer_prepare();
}

bool arch_irq_exists(uint32_t vector)
{
    if (vector < ARCH_VECTOR_DEVICE_FIRST || vector >= ARCH_VECTOR_COUNT)
        return false;
    return lines.intid[vector] != 0 && lines.intid[vector] < gic.lines;
}

void arch_irq_unmask(uint32_t vector)
{
    if (arch_irq_exists(vector))
        gic.driver->enable(lines.intid[vector], true);
}

void arch_irq_mask(uint32_t vector)
{
    if (arch_irq_exists(vector))
        gic.driver->enable(lines.intid[vector], false);
}

void gic_enable_timer(void)
{
    gic.driver->enable(gic_timer(), true);
}

uint32_t gic_timer(void)
{
    return lines.intid[ARCH_VECTOR_TIMER];
}

/* -- Taking -- */

static void deliver(uint32_t intid)
{
    if (intid < GIC_SGIS) {
        hal_irq_deliver(intid);
        return;
    }
    if (intid == gic_timer()) {
        hal_irq_deliver(ARCH_VECTOR_TIMER);
        return;
    }
    for (uint32_t vector = ARCH_VECTOR_DEVICE_FIRST; vector < ARCH_VECTOR_COUNT; vector++) {
        if (lines.intid[vector] == intid) {
            hal_irq_deliver(vector);
            return;
        }
    }
    gic.driver->enable(intid, false); /* nobody has asked for it */
}

/* Cheaper than asking the controller. */
static bool is_pending(void)
{
    return (SYSREG_READ(isr_el1) & (ISR_IRQ | ISR_FIQ)) != 0;
}

/*
 * What has been acknowledged stays active to the end, so that a line that is still asserted, or an IPI that a handler
 * sends, waits for the next opportunity. The timer must be able to end a nap of its own handlers, so it does not.
 */
bool gic_take(void)
{
    uint32_t active[TAKE_MAX];
    uint32_t count = 0;
    bool ticked = false;
    struct hal_cpu *cpu = hal_cpu();
    bool enabled = cpu->irq_enabled;

    if (!is_pending())
        return false;
    cpu->irq_enabled = false;
    do {
        uint32_t token = gic.driver->acknowledge();
        uint32_t intid = token & GIC_INTID_MASK;
        if (intid >= GIC_INTID_MAX)
            break;
        if (intid == gic_timer()) {
            if (!ticked)
                timer_rearm();
            gic.driver->deactivate(token);
            if (ticked)
                break; /* due again: next time */
            ticked = true;
        } else {
            active[count++] = token;
        }
        deliver(intid);
    } while (count < TAKE_MAX && is_pending());
    for (uint32_t i = count; i-- > 0;)
        gic.driver->deactivate(active[i]);
    cpu->irq_enabled = enabled;
    return ticked || count > 0;
}
