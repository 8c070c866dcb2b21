/* SPDX-License-Identifier: MIT */
/*
 * GICv2. The group that a CPU may enable by bit 0 of both control registers is the one its interrupts belong to, in
 * either security state, once the group registers are zero (which Non-secure software cannot and need not do).
 */
#include <a64/gic.h>

#include <a64/kernel.h>
#include <a64/sysreg.h>
#include <arch/io.h>

#define GICC_CTLR 0x0000
#define GICC_PMR 0x0004
#define GICC_BPR 0x0008
#define GICC_IAR 0x000C
#define GICC_EOIR 0x0010
#define GICC_DIR 0x1000

#define GICC_ENABLE (1u << 0)
#define GICC_EOI_MODE (1u << 9) /* EOIR only drops the priority, DIR deactivates */
#define GICD_ENABLE (1u << 0)
#define GICD_LINES(typer) (32u * (((typer) & 31u) + 1))
#define SGIR_TARGET_SHIFT 16

static uint32_t read(uint32_t reg)
{
    return arch_io_read32(gic.distributor + reg);
}

static void write(uint32_t reg, uint32_t value)
{
    arch_io_write32(gic.distributor + reg, value);
}

/* Fields of `bits` bits, 32 / bits to a word, for the INTIDs [first, first + 32). */
static void fill(uint32_t reg, uint32_t first, uint32_t bits, uint32_t value)
{
    for (uint32_t i = 0; i < bits; i++)
        write(reg + first * bits / 8 + i * 4, value);
}

static void quiet(uint32_t first)
{
    fill(GICD_ICENABLER, first, 1, UINT32_MAX);
    fill(GICD_ICPENDR, first, 1, UINT32_MAX);
    fill(GICD_ICACTIVER, first, 1, UINT32_MAX);
    fill(GICD_IGROUPR, first, 1, 0);
    fill(GICD_IPRIORITYR, first, 8, GIC_PRIORITY);
}

/* A distributor of one CPU has no targets. */
static uint32_t own_target(void)
{
    uint32_t target = read(GICD_ITARGETSR) & 0xFF;

    return target != 0 ? target : 1;
}

static void init_distributor(void)
{
    write(GICD_CTLR, 0);
    gic.lines = GICD_LINES(read(GICD_TYPER));
    if (gic.lines > GIC_INTID_MAX)
        gic.lines = GIC_INTID_MAX;
    for (uint32_t first = GIC_SPI_FIRST; first < gic.lines; first += 32) {
        quiet(first);
        fill(GICD_ICFGR, first, 2, 0); /* level */
        fill(GICD_ITARGETSR, first, 8, own_target() * 0x01010101u);
    }
    write(GICD_CTLR, GICD_ENABLE);
}

static void init_cpu(void)
{
    hal_cpu()->port.gic_target = own_target();
    quiet(0);
    write(GICD_ISENABLER, (1u << GIC_SGIS) - 1);
    write(GICD_IPRIORITYR + gic_timer() / 4 * 4, GIC_PRIORITY_TIMER);
    arch_io_write32(gic.cpu[0].base + GICC_PMR, GIC_HEAR_ALL);
    arch_io_write32(gic.cpu[0].base + GICC_BPR, 0);
    arch_io_write32(gic.cpu[0].base + GICC_CTLR, GICC_ENABLE | GICC_EOI_MODE);
}

/* The token keeps the number of the sending CPU, which DIR wants back, above the INTID. */
static uint32_t acknowledge(void)
{
    uint32_t token = gic_read(gic.cpu[0].base + GICC_IAR);

    if ((token & GIC_INTID_MASK) < GIC_INTID_MAX)
        gic_write(gic.cpu[0].base + GICC_EOIR, token);
    return token;
}

static void deactivate(uint32_t token)
{
    gic_write(gic.cpu[0].base + GICC_DIR, token);
}

static void send(uint32_t cpu_mask, uint32_t sgi)
{
    uint32_t targets = 0;

    for (uint32_t i = 0; i < hal_state.cpu_count; i++)
        targets |= cpu_mask >> i & 1 ? hal_state.cpu[i].port.gic_target : 0;
    DSB(ishst); /* what was written before is there when the interrupt is */
    gic_write(gic.distributor + GICD_SGIR, targets << SGIR_TARGET_SHIFT | sgi);
}

static void enable(uint32_t intid, bool on)
{
    gic_write(gic.distributor + (on ? GICD_ISENABLER : GICD_ICENABLER) + intid / 32 * 4, 1u << intid % 32);
    (void)gic_read(gic.distributor + GICD_CTLR); /* the write has arrived */
}

static void hush(bool on)
{
    arch_io_write32(gic.cpu[0].base + GICC_PMR, on ? GIC_HEAR_TIMER : GIC_HEAR_ALL);
}

const struct gic_driver gicv2_driver = {
    .init_distributor = init_distributor,
    .init_cpu = init_cpu,
    .acknowledge = acknowledge,
    .deactivate = deactivate,
    .send = send,
    .enable = enable,
    .hush = hush,
};
