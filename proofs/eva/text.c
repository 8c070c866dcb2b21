/* SPDX-License-Identifier: MIT */
/*
 * The command line, and numbers in text: every line of LENGTH bytes. For values the line is one word, because
 * Eva forgets which of several words was found; proofs/cbmc/text.c has them all.
 */
#include "harness.h"

#include "core/base/cmdline.c"
#include "core/base/parse.c"
#include "core/base/string.c"

void eva_text(void)
{
    char line[LENGTH + 1], out[8], one[1];
    const char *p = line;
    uint64_t value;

    any_bytes((uint8_t *)line, LENGTH);
    line[LENGTH] = '\0';
    (void)cmdline_has(line, "k");
    (void)parse_u64(&p, &value);
    line[0] = 'k';
    //@ loop unroll 64;
    for (uint32_t i = 1; i < LENGTH; i++)
        line[i] = line[i] == ' ' ? '=' : line[i];
    (void)cmdline_get(line, "k", out, sizeof(out));
    (void)cmdline_get(line, "k", one, sizeof(one));
}
