/* SPDX-License-Identifier: MIT */
/*
 * The ELF validator on a file of arbitrary bytes, with its program headers right behind the file header and its notes right
 * behind those. Fields that say where something is are fixed here, because Eva forgets how two unknown numbers relate; that
 * no value of them leads outside the file is what WP proves of the same functions, for any length.
 */
#include "harness.h"

#include "core/base/elf.c"

#define HEADERS 3u
#define NOTES (64u + HEADERS * PHDR_SIZE)

static void put(uint8_t *p, uint64_t value, uint32_t bytes)
{
    //@ loop unroll 8;
    for (uint32_t i = 0; i < bytes; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

void eva_elf(void)
{
    uint8_t image[NOTES + NOTE_BYTES];
    const struct elf_limits limits = {.machine = 62, .lo = 0x40000000, .hi = 0x80000000};
    struct elf_plan plan = {0}; /* that only entries below `count` are read is WP's to prove too */
    status_t status;

    any_bytes(image, sizeof(image));
    put(image + 32, 64, 8);
    put(image + 54, PHDR_SIZE, 2);
    put(image + 56, HEADERS, 2);
    //@ loop unroll 8;
    for (uint32_t i = 0; i < HEADERS; i++) {
        uint8_t *ph = image + 64 + i * PHDR_SIZE;

        put(ph, any_byte ? PT_LOAD : PT_INTERP, 4);
        if (any_byte || i == HEADERS - 1) {
            put(ph, PT_NOTE, 4);
            put(ph + 8, NOTES, 8);
            put(ph + 32, NOTE_BYTES, 8);
            put(image + NOTES, NAME_SIZE, 4);
        }
    }
    status = elf_plan_load(image, sizeof(image), limits, &plan);
    (void)status;
}
