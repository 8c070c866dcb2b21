/* SPDX-License-Identifier: MIT */
/*
 * Builds device tree blobs token by token, because tests of a reader want most of them wrong: nothing here checks
 * whether the tree makes sense.
 */
#pragma once
#include <stdint.h>

#include <base/fdt.h>

enum { BLOB_BEGIN_NODE = 1, BLOB_END_NODE = 2, BLOB_PROP = 3, BLOB_NOP = 4, BLOB_END = 9 };

#define BLOB_HEADER  40u    /* bytes of the header; the reservations follow it */
#define BLOB_STRUCTS 0x100u /* where the structure block begins */
#define BLOB_STRINGS 0x800u /* where the strings begin */

struct blob {
    uint8_t bytes[0xA00];
    uint32_t structs, strings; /* bytes written to each block */
    struct fdt fdt;            /* what blob_open() opened */
};

extern struct blob blob;

/** cmocka setups: nothing, or the board opened. */
int blob_setup(void **state);
int blob_setup_board(void **state);

/** One big-endian number anywhere in the blob. */
void blob_put32(uint32_t at, uint32_t v);

/** Append to the structure block. */
void blob_token(uint32_t kind);
void blob_bytes(const void *data, uint32_t len);
void blob_begin(const char *name);
void blob_end(void);
void blob_prop(const char *name, const void *data, uint32_t len);
void blob_prop_string(const char *name, const char *value);
void blob_prop_cell(const char *name, uint32_t cell);
void blob_prop_cells(const char *name, uint32_t count, const uint32_t *cells);

/** / { model; cpus { cpu@0 cpu@1 } memory@40000000 { reg } chosen { bootargs } soc { uart@9000000 } } */
void blob_board(void);

/** The header for what was written so far, and the size it gives. */
void blob_header(void);
uint32_t blob_size(void);
/** Open an exact copy of the first `size` bytes, so that the sanitizers see any access behind them. */
status_t blob_open_size(uint32_t size);
/** The same with the header written and all of the blob. */
status_t blob_open(void);
