/* SPDX-License-Identifier: MIT */
/*
 * RISC-V Sv39: three levels, user and kernel half in one root. A is always set and D with W, so that no hardware needs
 * to update an entry. Sv39 has no memory type (the platform knows its devices); a software bit remembers NOCACHE.
 */
#include <arch/isa.h>

#define PTE_V          (UINT64_C(1) << 0)
#define PTE_R          (UINT64_C(1) << 1)
#define PTE_W          (UINT64_C(1) << 2)
#define PTE_X          (UINT64_C(1) << 3)
#define PTE_U          (UINT64_C(1) << 4)
#define PTE_A          (UINT64_C(1) << 6)
#define PTE_D          (UINT64_C(1) << 7)
#define PTE_NOCACHE    (UINT64_C(1) << 8) /* RSW: free for software */
#define PPN_MASK       UINT64_C(0x003FFFFFFFFFFC00)
#define PPN_TO_ADDRESS 4u /* the page number stands two bits below its address bits */

static uint64_t ppn(paddr_t pa)
{
    return (pa - pa % PAGE_SIZE) / PPN_TO_ADDRESS & PPN_MASK;
}

static uint64_t make_table(paddr_t table)
{
    return ppn(table) | PTE_V;
}

static uint64_t make_leaf(paddr_t pa, uint32_t flags, uint32_t level)
{
    uint64_t e = ppn(pa) | PTE_V | PTE_R | PTE_A;

    (void)level; /* a leaf looks the same everywhere */
    e |= flags & ARCH_MAP_WRITABLE ? PTE_W | PTE_D : 0;
    e |= flags & ARCH_MAP_NO_EXECUTE ? 0 : PTE_X;
    e |= flags & ARCH_MAP_USER ? PTE_U : 0;
    return e | (flags & ARCH_MAP_NOCACHE ? PTE_NOCACHE : 0);
}

static bool is_present(uint64_t entry)
{
    return (entry & PTE_V) != 0;
}

static bool is_leaf(uint64_t entry, uint32_t level)
{
    return level == 0 || (entry & (PTE_R | PTE_W | PTE_X)) != 0;
}

static paddr_t address(uint64_t entry)
{
    return (entry & PPN_MASK) * PPN_TO_ADDRESS;
}

static uint32_t flags(uint64_t entry)
{
    uint32_t f = ARCH_MAP_PRESENT;

    f |= entry & PTE_W ? ARCH_MAP_WRITABLE : 0;
    f |= entry & PTE_U ? ARCH_MAP_USER : 0;
    f |= entry & PTE_NOCACHE ? ARCH_MAP_NOCACHE : 0;
    return f | (entry & PTE_X ? 0 : ARCH_MAP_NO_EXECUTE);
}

const struct pt_format isa_pt_format = {
    .levels = 3,
    .block_level = 2,
    .user_top = UINT64_C(0x0000003FFFFFFFFF),
    .make_table = make_table,
    .make_leaf = make_leaf,
    .is_present = is_present,
    .is_leaf = is_leaf,
    .address = address,
    .flags = flags,
};
