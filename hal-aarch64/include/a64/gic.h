/* SPDX-License-Identifier: MIT */
/* The interrupt controller: GICv2 and GICv3 behind one table of functions. */
#pragma once
#include <abi/types.h>
#include <base/fdt.h>
#include <common/kernel_map.h>

#define GIC_SGIS 16u
#define GIC_SPI_FIRST 32u
#define GIC_INTID_MAX 1020u /* from here on: special numbers */
#define GIC_INTID_MASK 0x3FFu
#define GIC_REGIONS_MAX 4u

struct gic_region {
    paddr_t base;
    uint64_t size;
};

struct gic_driver {
    void (*init_distributor)(void); /* once; every line masked, level-triggered, to the boot CPU */
    void (*init_cpu)(void);         /* on each CPU */
    uint32_t (*acknowledge)(void);  /* a token: what came, in GIC_INTID_MASK, or GIC_INTID_MAX and up */
    void (*deactivate)(uint32_t token);
    void (*send)(uint32_t cpu_mask, uint32_t sgi);
    void (*enable)(uint32_t intid, bool on); /* private ones: of the executing CPU */
    void (*hush)(bool on);                   /* on: only the timer is heard on the executing CPU */
};

struct gic {
    const struct gic_driver *driver;   /* [I] as everything here after boot */
    paddr_t distributor;
    struct gic_region cpu[GIC_REGIONS_MAX]; /* GICv2: CPU interface; GICv3: redistributors */
    uint32_t cpu_regions;
    uint64_t stride;                   /* GICv3: bytes from one redistributor to the next; 0: as they say themselves */
    uint32_t lines;                    /* INTIDs below this exist */
    bool secure;                       /* the kernel runs in Secure state */
};

extern struct gic gic;
extern const struct gic_driver gicv2_driver, gicv3_driver;

/** Find the controller in the tree and make its registers device windows. Panics, naming what is missing. */
void gic_find(const struct fdt *fdt, bool secure);
/** Deliver the device line `vector` from `intid`; 0: the machine has no such line. Boot context. */
void gic_connect(uint32_t vector, uint32_t intid);
/** Acknowledge and deliver what is pending for the executing CPU, each vector at most once; false: nothing was. */
bool gic_take(void);
/** Unmask the timer's line on the executing CPU. */
void gic_enable_timer(void);
/** The timer's INTID. */
uint32_t gic_timer(void);

/* Registers that have answered before, on the way of every interrupt: without the look for a window. */
static inline uint32_t gic_read(paddr_t reg)
{
    uint32_t value;

    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(hal_direct(reg)) : "memory");
    return value;
}

static inline void gic_write(paddr_t reg, uint32_t value)
{
    __asm__ volatile("str %w0, [%1]" : : "rZ"(value), "r"(hal_direct(reg)) : "memory");
}

/* Registers that both versions have, as offsets in the distributor. */
#define GICD_CTLR 0x000
#define GICD_TYPER 0x004
#define GICD_IGROUPR 0x080
#define GICD_ISENABLER 0x100
#define GICD_ICENABLER 0x180
#define GICD_ICPENDR 0x280
#define GICD_ICACTIVER 0x380
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR 0x800
#define GICD_ICFGR 0xC00
#define GICD_SGIR 0xF00

/*
 * A byte per interrupt; lower values are more urgent. Where there is a Secure state, what we write to priorities is halved
 * and moved into the upper half, and so is the mask or not, as firmware has set SCR_EL3.FIQ. These fit all three cases.
 */
#define GIC_PRIORITY 0xA0A0A0A0u
#define GIC_PRIORITY_TIMER 0u
#define GIC_HEAR_ALL 0xFFu
#define GIC_HEAR_TIMER 0x90u
