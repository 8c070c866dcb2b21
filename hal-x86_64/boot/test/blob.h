/* SPDX-License-Identifier: MIT */
/* A piece of physical memory that a test writes firmware data into. */
#pragma once
#include <x86/bytes.h>

#define BLOB_BASE 0x10000u
#define BLOB_SIZE 8192u

struct blob {
    uint8_t bytes[BLOB_SIZE];
    uint32_t used;
};

void put8(struct blob *b, uint32_t value);
void put16(struct blob *b, uint32_t value);
void put32(struct blob *b, uint32_t value);
void put64(struct blob *b, uint64_t value);
void put_text(struct blob *b, const char *text, uint32_t len);
/** Zeros up to a multiple of `n`. */
void put_align(struct blob *b, uint32_t n);
/** Overwrite what is at an offset. */
void patch32(struct blob *b, uint32_t offset, uint32_t value);
/** Physical address of what comes next. */
paddr_t blob_here(const struct blob *b);

/**
 * The first `size` bytes in memory of their own, so that a checker sees every access behind them; blob_free() gives it
 * back.
 */
struct phys_window blob_window(const struct blob *b, uint32_t size);
void blob_free(struct phys_window *window);
