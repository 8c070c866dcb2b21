/* SPDX-License-Identifier: MIT */
/*
 * x86_64 four-level paging, user and kernel half in one root. Accessed and (with W) dirty are set from the start, so
 * that the CPU never writes to a table. EFER.NXE is on. NOCACHE is PCD and PWT, uncacheable in the PAT as it comes out
 * of reset.
 */
#include <arch/isa.h>

#define PTE_P        (UINT64_C(1) << 0)
#define PTE_W        (UINT64_C(1) << 1)
#define PTE_U        (UINT64_C(1) << 2)
#define PTE_PWT      (UINT64_C(1) << 3)
#define PTE_PCD      (UINT64_C(1) << 4)
#define PTE_A        (UINT64_C(1) << 5)
#define PTE_D        (UINT64_C(1) << 6)
#define PTE_PS       (UINT64_C(1) << 7) /* a leaf above level 0 */
#define PTE_NX       (UINT64_C(1) << 63)
#define ADDRESS_MASK UINT64_C(0x000FFFFFFFFFF000)

static uint64_t make_table(paddr_t table)
{
    return (table & ADDRESS_MASK) | PTE_P | PTE_W | PTE_U | PTE_A;
}

static uint64_t make_leaf(paddr_t pa, uint32_t flags, uint32_t level)
{
    uint64_t e = (pa & ADDRESS_MASK) | PTE_P | PTE_A;

    e |= level > 0 ? PTE_PS : 0;
    e |= flags & ARCH_MAP_WRITABLE ? PTE_W | PTE_D : 0;
    e |= flags & ARCH_MAP_USER ? PTE_U : 0;
    e |= flags & ARCH_MAP_NOCACHE ? PTE_PCD | PTE_PWT : 0;
    return e | (flags & ARCH_MAP_NO_EXECUTE ? PTE_NX : 0);
}

static bool is_present(uint64_t entry)
{
    return (entry & PTE_P) != 0;
}

/* At level 0 bit 7 is the PAT bit, not PS. */
static bool is_leaf(uint64_t entry, uint32_t level)
{
    return level == 0 || (entry & PTE_PS) != 0;
}

static paddr_t address(uint64_t entry)
{
    return entry & ADDRESS_MASK;
}

static uint32_t flags(uint64_t entry)
{
    uint32_t f = ARCH_MAP_PRESENT;

    f |= entry & PTE_W ? ARCH_MAP_WRITABLE : 0;
    f |= entry & PTE_U ? ARCH_MAP_USER : 0;
    f |= entry & PTE_PCD ? ARCH_MAP_NOCACHE : 0;
    return f | (entry & PTE_NX ? ARCH_MAP_NO_EXECUTE : 0);
}

const struct pt_format isa_pt_format = {
    .levels = 4,
    .block_level = 2,
    .user_top = UINT64_C(0x00007FFFFFFFFFFF),
    .make_table = make_table,
    .make_leaf = make_leaf,
    .is_present = is_present,
    .is_leaf = is_leaf,
    .address = address,
    .flags = flags,
};
