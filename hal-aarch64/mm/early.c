/* SPDX-License-Identifier: MIT */
/*
 * The tables of the first instructions: blocks of 2 MiB, the same for identity (TTBR0) and kernel half (TTBR1). head.S
 * enters the image, boot adds what it must read before it knows the machine; later they serve the start of other CPUs.
 */
#include <a64/kernel.h>

#include <a64/sysreg.h>
#include <base/mem.h>
#include <common/kernel_map.h>

#define BLOCK (UINT64_C(1) << 21)
#define TABLES_MAX 6u
#define L1_REACH (UINT64_C(1) << 39)
#define ENTRIES 512u

#define DESC_TABLE 3u
#define DESC_BLOCK (1u | 3u << 8 | 1u << 10 | 1u << 11) /* inner shareable, accessed, not global */
#define DESC_MEMORY (2u << 2)
#define DESC_DEVICE (3u << 2)
#define DESC_READ_ONLY (1u << 7)
#define DESC_NO_EXECUTE (UINT64_C(3) << 53)
#define DESC_ADDRESS UINT64_C(0x0000FFFFFFFFF000)

#define TABLE __attribute__((aligned(PAGE_SIZE)))

/* Named by head.S; not in .kstate: the machine's state. */
uint64_t early_l0[ENTRIES] TABLE, early_l1[ENTRIES] TABLE, early_l2[ENTRIES] TABLE, empty_table[ENTRIES] TABLE;
static uint64_t more[TABLES_MAX][ENTRIES] TABLE;
static uint32_t more_used;

static uint64_t *table_of(paddr_t pa)
{
    uint64_t *entry = &early_l1[pa >> 30];

    if (*entry == 0 && more_used < TABLES_MAX)
        *entry = hal_image_phys(more[more_used++]) | DESC_TABLE;
    return *entry != 0 ? hal_direct(*entry & DESC_ADDRESS) : NULL;
}

bool early_map(paddr_t pa, uint64_t size, bool device)
{
    uint64_t attributes = DESC_BLOCK | (device ? DESC_DEVICE | DESC_NO_EXECUTE : DESC_MEMORY);

    if (pa >= L1_REACH || size > L1_REACH - pa)
        return false;
    for (paddr_t block = pa & ~(BLOCK - 1); block < pa + size; block += BLOCK) {
        uint64_t *table = table_of(block);
        if (table == NULL)
            return false;
        uint64_t *entry = &table[block / BLOCK % ENTRIES];
        if (*entry != 0 && *entry != (block | attributes))
            return false;
        *entry = block | attributes;
    }
    DSB(ishst);
    isb();
    return true;
}

void early_seal(void)
{
    for (uint32_t i = 0; i < ENTRIES; i++) {
        if (early_l1[i] != 0 && (early_l1[i] & DESC_ADDRESS) != hal_image_phys(early_l2))
            early_l1[i] = 0;
        paddr_t block = early_l2[i] & DESC_ADDRESS;
        bool image = block + BLOCK > hal_image_phys(image_start) && block < hal_image_phys(image_end);
        early_l2[i] = early_l2[i] != 0 && image ? early_l2[i] | DESC_READ_ONLY : 0;
    }
    DSB(ishst);
    TLBI(vmalle1);
    DSB(nsh);
    isb();
}
