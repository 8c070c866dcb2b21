/* SPDX-License-Identifier: MIT */
/*
 * GICv3 and 4 with affinity routing and the system register interface. All interrupts are in group 1 of the security
 * state that the kernel runs in.
 */
#include <a64/gic.h>

#include <a64/kernel.h>
#include <a64/sysreg.h>
#include <arch/cpu.h>
#include <arch/io.h>

#define GICD_IGRPMODR 0xD00
#define GICD_IROUTER 0x6000
#define GICD_RWP (1u << 31)
#define GICD_AFFINITY_ROUTING (3u << 4) /* of both security states; in one of them the other's bit is ignored */
#define GICD_GROUPS 7u                  /* likewise */
#define GICD_LINES(typer) (32u * (((typer) & 31u) + 1))

#define GICR_CTLR 0x0000
#define GICR_TYPER 0x0008
#define GICR_WAKER 0x0014
#define GICR_SGI 0x10000 /* page with the registers of private interrupts, laid out as the distributor's */
#define GICR_RWP (1u << 3)
#define GICR_LAST (1u << 4)
#define GICR_VLPIS (1u << 1)
#define GICR_SLEEP (1u << 1)
#define GICR_ASLEEP (1u << 2)
#define GICR_STRIDE 0x20000u

#define SRE_ENABLED 1u
#define CTLR_EOI_MODE 2u /* EOIR only drops the priority, DIR deactivates */
#define INTID_MASK 0xFFFFFFu

#define WAIT_TURNS 1000000u /* a controller that never answers is a broken one */

static uint32_t read(uint64_t reg)
{
    return arch_io_read32(reg);
}

static void wait_clear(uint64_t reg, uint32_t bit)
{
    for (uint32_t i = 0; (read(reg) & bit) != 0; i++) {
        if (i == WAIT_TURNS)
            boot_fail("the GIC does not answer");
    }
}

/* Mask, forget, group and rank the 32 interrupts from `first`; `base` is the distributor or a redistributor's page. */
static void quiet(paddr_t base, uint32_t first)
{
    uint32_t at = first / 8;

    arch_io_write32(base + GICD_ICENABLER + at, UINT32_MAX);
    arch_io_write32(base + GICD_ICPENDR + at, UINT32_MAX);
    arch_io_write32(base + GICD_ICACTIVER + at, UINT32_MAX);
    arch_io_write32(base + GICD_IGROUPR + at, gic.secure ? 0 : UINT32_MAX);
    arch_io_write32(base + GICD_IGRPMODR + at, gic.secure ? UINT32_MAX : 0);
    for (uint32_t i = 0; i < 8; i++)
        arch_io_write32(base + GICD_IPRIORITYR + first + 4 * i, GIC_PRIORITY);
}

static void init_distributor(void)
{
    paddr_t d = gic.distributor;
    uint64_t target = cpu_affinity();

    arch_io_write32(d + GICD_CTLR, 0);
    wait_clear(d + GICD_CTLR, GICD_RWP);
    gic.lines = GICD_LINES(read(d + GICD_TYPER));
    if (gic.lines > GIC_INTID_MAX)
        gic.lines = GIC_INTID_MAX;
    arch_io_write32(d + GICD_CTLR, GICD_AFFINITY_ROUTING);
    wait_clear(d + GICD_CTLR, GICD_RWP);
    for (uint32_t first = GIC_SPI_FIRST; first < gic.lines; first += 32) {
        quiet(d, first);
        arch_io_write32(d + GICD_ICFGR + first / 4, 0); /* level */
        arch_io_write32(d + GICD_ICFGR + first / 4 + 4, 0);
    }
    for (uint32_t intid = GIC_SPI_FIRST; intid < gic.lines; intid++) {
        arch_io_write32(d + GICD_IROUTER + 8 * intid, (uint32_t)target);
        arch_io_write32(d + GICD_IROUTER + 8 * intid + 4, (uint32_t)(target >> 32));
    }
    arch_io_write32(d + GICD_CTLR, GICD_AFFINITY_ROUTING | GICD_GROUPS);
    wait_clear(d + GICD_CTLR, GICD_RWP);
}

/* -- Redistributors -- */

/* Affinity as redistributors and IROUTER's halves have it: Aff3.Aff2.Aff1.Aff0 in 32 bits. */
static uint32_t packed_affinity(void)
{
    uint64_t affinity = cpu_affinity();

    return (uint32_t)(affinity >> 32 << 24 | (affinity & 0xFFFFFF));
}

static paddr_t find_in(struct gic_region region)
{
    uint64_t offset = 0;

    while (offset < region.size && region.size - offset >= GICR_STRIDE) {
        paddr_t base = region.base + offset;
        uint32_t type = read(base + GICR_TYPER);
        if (read(base + GICR_TYPER + 4) == packed_affinity())
            return base;
        if ((type & GICR_LAST) != 0)
            break;
        offset += gic.stride >= GICR_STRIDE ? gic.stride : (type & GICR_VLPIS) != 0 ? 2 * GICR_STRIDE : GICR_STRIDE;
    }
    return 0;
}

static paddr_t find_redistributor(void)
{
    paddr_t base = 0;

    for (uint32_t i = 0; i < gic.cpu_regions && base == 0; i++)
        base = find_in(gic.cpu[i]);
    if (base == 0)
        boot_fail("GIC: no redistributor for CPU %lx", (unsigned long)cpu_affinity());
    return base;
}

static void init_cpu(void)
{
    paddr_t base = find_redistributor();

    hal_cpu()->port.redistributor = base;
    arch_io_write32(base + GICR_WAKER, read(base + GICR_WAKER) & ~GICR_SLEEP);
    wait_clear(base + GICR_WAKER, GICR_ASLEEP);
    quiet(base + GICR_SGI, 0);
    arch_io_write32(base + GICR_SGI + GICD_IPRIORITYR + gic_timer() / 4 * 4, GIC_PRIORITY_TIMER);
    wait_clear(base + GICR_CTLR, GICR_RWP);
    arch_io_write32(base + GICR_SGI + GICD_ISENABLER, (1u << GIC_SGIS) - 1);
    SYSREG_WRITE(ICC_SRE_EL1, SRE_ENABLED);
    isb();
    if ((SYSREG_READ(ICC_SRE_EL1) & SRE_ENABLED) == 0)
        boot_fail("unsupported GIC: firmware denies its system registers");
    SYSREG_WRITE(ICC_PMR_EL1, GIC_HEAR_ALL);
    SYSREG_WRITE(ICC_BPR1_EL1, 0);
    SYSREG_WRITE(ICC_CTLR_EL1, CTLR_EOI_MODE);
    SYSREG_WRITE(ICC_IGRPEN1_EL1, 1);
    isb();
}

/* -- Taking and sending -- */

static uint32_t acknowledge(void)
{
    uint32_t intid = (uint32_t)SYSREG_READ(ICC_IAR1_EL1) & INTID_MASK;

    DSB(sy);
    if (intid < GIC_INTID_MAX) {
        SYSREG_WRITE(ICC_EOIR1_EL1, intid);
        isb();
    }
    return intid;
}

static void deactivate(uint32_t token)
{
    SYSREG_WRITE(ICC_DIR_EL1, token);
    isb();
}

/* One CPU at a time: they may be in different clusters. */
static void send(uint32_t cpu_mask, uint32_t sgi)
{
    DSB(ishst); /* what was written before is there when the interrupt is */
    for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
        uint64_t affinity = hal_state.cpu[i].hardware_id;
        uint64_t cluster = (affinity >> 32 & 0xFF) << 48 | (affinity >> 16 & 0xFF) << 32 | (affinity >> 8 & 0xFF) << 16;
        uint64_t range = (affinity >> 4 & 15) << 44; /* of 16 CPUs each, in a cluster */
        if ((cpu_mask >> i & 1) != 0)
            SYSREG_WRITE(ICC_SGI1R_EL1, cluster | range | (uint64_t)sgi << 24 | 1u << (affinity & 15));
    }
    isb();
}

/* Only switching off takes time to arrive. */
static void enable(uint32_t intid, bool on)
{
    bool private = intid < GIC_SPI_FIRST;
    paddr_t redistributor = hal_cpu()->port.redistributor;
    paddr_t base = private ? redistributor + GICR_SGI : gic.distributor;
    paddr_t status = private ? redistributor + GICR_CTLR : gic.distributor + GICD_CTLR;
    uint32_t busy = private ? GICR_RWP : GICD_RWP;

    gic_write(base + (on ? GICD_ISENABLER : GICD_ICENABLER) + intid / 32 * 4, 1u << intid % 32);
    if (!on && (gic_read(status) & busy) != 0)
        wait_clear(status, busy);
}

static void hush(bool on)
{
    SYSREG_WRITE(ICC_PMR_EL1, on ? GIC_HEAR_TIMER : GIC_HEAR_ALL);
    isb();
}

const struct gic_driver gicv3_driver = {
    .init_distributor = init_distributor,
    .init_cpu = init_cpu,
    .acknowledge = acknowledge,
    .deactivate = deactivate,
    .send = send,
    .enable = enable,
    .hush = hush,
};
