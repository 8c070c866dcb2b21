/* SPDX-License-Identifier: MIT */
/*
 * Printing. A struct text collects one line and sends it with one WRITE, so that lines of different tasks do not mix.
 *     struct text t = {0};
 *     text_str(&t, "counter ");
 *     text_hex(&t, counter);
 *     text_print(&t);
 */
#pragma once
#include <abi/types.h>

#define TEXT_SIZE 128u

/** A line under construction; what does not fit is cut off. All zero is empty. */
struct text {
    uint32_t len;
    char buf[TEXT_SIZE];
};

void text_str(struct text *t, const char *s);
/** Hexadecimal without prefix and leading zeros. */
void text_hex(struct text *t, uint64_t value);
/** Decimal. */
void text_dec(struct text *t, uint64_t value);
/** Write the line to the console and empty it. The status of WRITE; an empty line is none. */
status_t text_print(struct text *t);

/** Write a string of any length to the console, 256 bytes a call. The first status that is not STATUS_OK ends it. */
status_t print(const char *s);
/** print() for one number, as text_hex(). */
status_t print_hex(uint64_t value);
