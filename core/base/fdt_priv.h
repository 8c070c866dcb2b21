/* SPDX-License-Identifier: MIT */
/* The numbers of the flattened device tree, and its rules as logic: the contracts in fdt.c speak with these words. */
#pragma once
#include <base/fdt.h>

#define MAGIC            0xD00DFEEDu
#define VERSION_MIN      16u /* version 17 added the size of the structure block */
#define HEADER_SIZE      40u
#define RESERVATION_SIZE 16u
#define CELL             4u

/* Offsets in the header. */
#define H_MAGIC              0u
#define H_TOTAL_SIZE         4u
#define H_STRUCTS            8u
#define H_STRINGS            12u
#define H_RESERVATIONS       16u
#define H_VERSION            20u
#define H_COMPATIBLE_VERSION 24u
#define H_STRINGS_SIZE       32u
#define H_STRUCTS_SIZE       36u

enum token_kind { BAD = 0, BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

struct token {
    enum token_kind kind;
    uint32_t next; /* offset of the next token */
    uint32_t name; /* BEGIN_NODE, PROP: offset of a NUL-terminated name */
    uint32_t data; /* PROP: offset of the value */
    uint32_t len;  /* PROP: bytes of the value */
};

/* The header. Blocks may overlap each other: nothing is written, so that harms nobody. */
/*@ logic integer be32{L}(uint8_t *p) = 0x1000000 * p[0] + 0x10000 * p[1] + 0x100 * p[2] + p[3];
  @ logic integer be64{L}(uint8_t *p) = 0x100000000 * be32(p) + be32(p + CELL);
  @ predicate block(integer off, integer size, integer total) = HEADER_SIZE <= off && 0 <= size && off + size <= total;
  @ logic boolean zeros{L}(uint8_t *p) = be64(p) == 0 && be64(p + 8) == 0;
  @ logic boolean reserved_ends{L}(uint8_t *blob, integer off, integer total) =
  @   off + RESERVATION_SIZE <= total && (zeros(blob + off) || reserved_ends(blob, off + RESERVATION_SIZE, total));
  @ logic integer total_of{L}(uint8_t *blob) = be32(blob + H_TOTAL_SIZE);
  @ logic integer structs_size{L}(uint8_t *blob) =
  @   be32(blob + H_VERSION) > VERSION_MIN ? be32(blob + H_STRUCTS_SIZE) : total_of(blob) - be32(blob + H_STRUCTS);
  @ predicate total_ok{L}(uint8_t *blob, integer size) = HEADER_SIZE <= total_of(blob) <= size;
  @ predicate version_ok{L}(uint8_t *blob) =
  @   be32(blob + H_VERSION) >= VERSION_MIN && be32(blob + H_COMPATIBLE_VERSION) <= VERSION_MIN + 1;
  @ predicate blocks_ok{L}(uint8_t *blob) = block(be32(blob + H_STRUCTS), structs_size(blob), total_of(blob)) &&
  @   block(be32(blob + H_STRINGS), be32(blob + H_STRINGS_SIZE), total_of(blob)) &&
  @   HEADER_SIZE <= be32(blob + H_RESERVATIONS) && reserved_ends(blob, be32(blob + H_RESERVATIONS), total_of(blob));
  @ predicate strings_ok{L}(uint8_t *blob) = be32(blob + H_STRINGS_SIZE) == 0 ||
  @   blob[be32(blob + H_STRINGS) + be32(blob + H_STRINGS_SIZE) - 1] == 0;
  @ predicate header_ok{L}(uint8_t *blob, integer size) = size >= HEADER_SIZE && be32(blob + H_MAGIC) == MAGIC &&
  @   total_ok(blob, size) && version_ok(blob) && blocks_ok(blob) && strings_ok(blob);
  @ predicate is_header{L}(struct fdt f, uint8_t *blob) = f.blob == blob && f.size == total_of(blob) &&
  @   f.structs == be32(blob + H_STRUCTS) && f.structs_end == f.structs + structs_size(blob) &&
  @   f.strings == be32(blob + H_STRINGS) && f.strings_end == f.strings + be32(blob + H_STRINGS_SIZE) &&
  @   f.reservations == be32(blob + H_RESERVATIONS);
  @*/
