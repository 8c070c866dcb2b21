/* SPDX-License-Identifier: MIT */
/*
 * AArch64 stage 1, 4 KiB granule, 48-bit addresses, four levels; user in TTBR0, kernel in TTBR1 (a root of its own).
 * Memory types follow MAIR_EL1 = 0x04FF4400: 2 normal write-back, 3 device nGnRE. Every leaf is non-global, since a
 * supervisor page may stand in the user half too.
 */
#include <arch/isa.h>

#define DESC_VALID   (UINT64_C(1) << 0)
#define DESC_TABLE   (UINT64_C(1) << 1) /* a table; at level 0 a page; clear: a block */
#define ATTR_NORMAL  (UINT64_C(2) << 2)
#define ATTR_DEVICE  (UINT64_C(3) << 2)
#define ATTR_MASK    (UINT64_C(7) << 2)
#define AP_USER      (UINT64_C(1) << 6)
#define AP_READ_ONLY (UINT64_C(1) << 7)
#define SH_INNER     (UINT64_C(3) << 8)
#define ACCESSED     (UINT64_C(1) << 10)
#define NOT_GLOBAL   (UINT64_C(1) << 11)
#define PXN          (UINT64_C(1) << 53)
#define UXN          (UINT64_C(1) << 54)
#define ADDRESS_MASK UINT64_C(0x0000FFFFFFFFF000)

static uint64_t make_table(paddr_t table)
{
    return (table & ADDRESS_MASK) | DESC_TABLE | DESC_VALID;
}

/* EL1 never executes a user page and EL0 never a kernel page, whatever else is asked for. */
static uint64_t make_leaf(paddr_t pa, uint32_t flags, uint32_t level)
{
    uint64_t d = (pa & ADDRESS_MASK) | DESC_VALID | ACCESSED | SH_INNER | NOT_GLOBAL;

    d |= level == 0 ? DESC_TABLE : 0;
    d |= flags & ARCH_MAP_NOCACHE ? ATTR_DEVICE : ATTR_NORMAL;
    d |= flags & ARCH_MAP_WRITABLE ? 0 : AP_READ_ONLY;
    if (flags & ARCH_MAP_USER)
        return d | AP_USER | PXN | (flags & ARCH_MAP_NO_EXECUTE ? UXN : 0);
    return d | UXN | (flags & ARCH_MAP_NO_EXECUTE ? PXN : 0);
}

static bool is_present(uint64_t entry)
{
    return (entry & DESC_VALID) != 0;
}

static bool is_leaf(uint64_t entry, uint32_t level)
{
    return level == 0 || (entry & DESC_TABLE) == 0;
}

static paddr_t address(uint64_t entry)
{
    return entry & ADDRESS_MASK;
}

static uint32_t flags(uint64_t entry)
{
    uint32_t f = ARCH_MAP_PRESENT;

    f |= entry & AP_READ_ONLY ? 0 : ARCH_MAP_WRITABLE;
    f |= entry & AP_USER ? ARCH_MAP_USER : 0;
    f |= (entry & ATTR_MASK) == ATTR_NORMAL ? 0 : ARCH_MAP_NOCACHE;
    return f | (entry & (entry & AP_USER ? UXN : PXN) ? ARCH_MAP_NO_EXECUTE : 0);
}

const struct pt_format isa_pt_format = {
    .levels = 4,
    .block_level = 2,
    .user_top = UINT64_C(0x0000FFFFFFFFFFFF),
    .make_table = make_table,
    .make_leaf = make_leaf,
    .is_present = is_present,
    .is_leaf = is_leaf,
    .address = address,
    .flags = flags,
};
