/* SPDX-License-Identifier: MIT */
/* Translation tables of the running system, TLB and instruction cache. TLBI ...IS reaches every CPU by itself. */
#include <a64/kernel.h>

#include <a64/sysreg.h>
#include <arch/mmu.h>
#include <common/kernel_map.h>
#include <common/port.h>

#define ASID_SHIFT 48
#define TLBI_VA_MASK ((UINT64_C(1) << 44) - 1)
#define SCTLR_WXN (1u << 19)
#define GIB_LEAVES 2u /* level of leaves of 1 GiB */

#define MMFR1_PAN 20
#define SET_PAN ".inst 0xD500419F" /* msr pan, #1: old assemblers do not know it */

#define CTR_IMINLINE(ctr) (4u << ((ctr) & 15u)) /* bytes */
#define CTR_DMINLINE(ctr) (4u << ((ctr) >> 16 & 15u))
#define CTR_L1IP(ctr) ((ctr) >> 14 & 3u)
#define L1IP_PIPT 3u

uint8_t boot_stacks[ARCH_MAX_CPUS][BOOT_STACKS_SPAN] __attribute__((aligned(PAGE_SIZE)));

bool port_boot_guard(uint32_t index, paddr_t *guard)
{
    const uint8_t *stacks;

    if (index >= 2 * ARCH_MAX_CPUS)
        return false;
    stacks = boot_stacks[index / 2];
    *guard = hal_image_phys(index % 2 == 0 ? stacks : stacks + BOOT_STACK_TOP);
    return true;
}

void mmu_start(void)
{
    paddr_t root = hal_map_build(GIB_LEAVES);

    DSB(ishst);
    mmu_replace(root, hal_image_phys(empty_table));
}

void mmu_finish(void)
{
    if (id_field(SYSREG_READ(id_aa64mmfr1_el1), MMFR1_PAN) != 0)
        __asm__ volatile(SET_PAN);
    port_space_load(0, 0);
    SYSREG_WRITE(sctlr_el1, SYSREG_READ(sctlr_el1) | SCTLR_WXN);
    isb();
    port_tlb_flush_all();
}

/* -- Spaces -- */

void port_space_load(paddr_t root, uint32_t asid)
{
    if (root == 0)
        root = hal_image_phys(empty_table);
    SYSREG_WRITE(ttbr0_el1, root | (uint64_t)asid << ASID_SHIFT);
    isb();
}

/* -- TLB -- */

static uint64_t tlbi_va(vaddr_t va)
{
    return va >> PAGE_SHIFT & TLBI_VA_MASK;
}

static void tlb_done(void)
{
    DSB(ish);
    isb();
}

void port_tlb_flush_page(vaddr_t va)
{
    DSB(ishst);
    TLBI_ARG(vaae1, tlbi_va(va));
    DSB(nsh);
    isb();
}

void port_tlb_flush_all(void)
{
    DSB(ishst);
    TLBI(vmalle1);
    DSB(nsh);
    isb();
}

/* Only leaves: tables above them stay as long as the space. */
void port_tlb_invalidate(uint32_t asid, vaddr_t va)
{
    DSB(ishst);
    TLBI_ARG(vale1is, tlbi_va(va) | (uint64_t)asid << ASID_SHIFT);
    tlb_done();
}

void port_tlb_invalidate_space(uint32_t asid)
{
    DSB(ishst);
    TLBI_ARG(aside1is, (uint64_t)asid << ASID_SHIFT);
    tlb_done();
}

/* Nothing that was not there is remembered: the new entries only have to reach memory. */
void port_kernel_map_changed(void)
{
    DSB(ishst);
    isb();
}

/* -- Instruction cache -- */

void arch_sync_code(paddr_t pa, uint64_t len)
{
    uint64_t ctr = SYSREG_READ(ctr_el0);
    uint64_t dline = CTR_DMINLINE(ctr), iline = CTR_IMINLINE(ctr);
    uintptr_t start = (uintptr_t)hal_direct(pa), end = start + len;

    for (uintptr_t p = start & ~(dline - 1); p < end; p += dline)
        __asm__ volatile("dc cvau, %0" : : "r"(p) : "memory");
    DSB(ish);
    if (CTR_L1IP(ctr) != L1IP_PIPT) {
        __asm__ volatile("ic ialluis" : : : "memory"); /* the user's address may lie in other sets than ours */
    } else {
        for (uintptr_t p = start & ~(iline - 1); p < end; p += iline)
            __asm__ volatile("ic ivau, %0" : : "r"(p) : "memory");
    }
    tlb_done();
}
