/* SPDX-License-Identifier: MIT */
/*
 * The device-tree reader: fdt_open() on SIZE arbitrary bytes behind a header that says where the blocks are, then what boot
 * code asks of a tree.
 */
#include "harness.h"

#include "core/base/fdt.c"
#include "core/base/string.c"

static void put(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

void eva_fdt(void)
{
    uint8_t blob[SIZE];
    struct fdt fdt;

    any_bytes(blob, SIZE);
    put(blob, 0xD00DFEED);
    put(blob + 4, SIZE);
    put(blob + 8, 56);             /* structs */
    put(blob + 12, SIZE - 8);      /* strings */
    put(blob + 16, 40);            /* reservations: one entry, which must be the last */
    put(blob + 20, 17);
    put(blob + 24, 16);
    put(blob + 32, 8);             /* size of strings */
    put(blob + 36, SIZE - 8 - 56); /* size of structs */
    //@ loop unroll 16;
    for (uint32_t i = 40; i < 56; i++)
        blob[i] = 0;
    if (fdt_open(&fdt, blob, SIZE) == STATUS_OK) {
        uint32_t root = fdt_root(&fdt);

        (void)fdt_node_name(&fdt, root);
    }
}
