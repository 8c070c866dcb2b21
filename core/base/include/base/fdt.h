/* SPDX-License-Identifier: MIT */
/*
 * Reader of flattened device trees (version 16 and 17), in place. The blob is untrusted: fdt_open() checks all of it
 * once, and every later access is bounded by the same checks. It must not change while the reader is in use.
 * A node is named by its offset; FDT_NONE is no node. Every function that takes a node accepts FDT_NONE and finds
 * nothing. Pure; any context; time is at most linear in the size of the blob (fdt_node_parent, fdt_reg) per call.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

#define FDT_NONE UINT32_MAX
/** Deepest nesting accepted; the root has depth 0. */
#define FDT_DEPTH_MAX 32u

struct fdt {
    const uint8_t *blob;
    uint32_t size;         /* total size by its header */
    uint32_t structs;      /* offset of the structure block */
    uint32_t structs_end;  /* first byte behind it */
    uint32_t strings;      /* offset of the strings block */
    uint32_t strings_end;  /* first byte behind it */
    uint32_t reservations; /* offset of the memory reservation block */
};

/** A property: pointers into the blob; numbers in it are big-endian. */
struct fdt_prop {
    const char *name;
    const uint8_t *data;
    uint32_t len; /* bytes */
};

/**
 * Check the blob of at most `size` bytes. Errors: FDT_BAD_MAGIC, FDT_TRUNCATED (shorter than its header says, or a
 * block outside), FDT_BAD_VERSION, FDT_BAD_STRUCT (tokens, nesting, names or strings malformed).
 */
MUST_CHECK status_t fdt_open(struct fdt *fdt, const void *blob, uint64_t size);

/** The root node. */
uint32_t fdt_root(const struct fdt *fdt);
/** The next node in the order of the file, children first; *depth (may be NULL) follows. FDT_NONE behind the last. */
uint32_t fdt_node_next(const struct fdt *fdt, uint32_t node, uint32_t *depth);
/** First child, next sibling, parent; FDT_NONE if there is none. */
uint32_t fdt_node_child(const struct fdt *fdt, uint32_t node);
uint32_t fdt_node_sibling(const struct fdt *fdt, uint32_t node);
uint32_t fdt_node_parent(const struct fdt *fdt, uint32_t node);
/** Name with its unit address, "" for the root and FDT_NONE. */
const char *fdt_node_name(const struct fdt *fdt, uint32_t node);

/** Node by absolute path; a component without '@' also matches the first sibling of that name with a unit address. */
uint32_t fdt_find_path(const struct fdt *fdt, const char *path);
/** First node behind `after` (FDT_NONE: from the root on) whose `compatible` list names `compatible`. */
uint32_t fdt_find_compatible(const struct fdt *fdt, uint32_t after, const char *compatible);
/** Node with this phandle; FDT_NONE also for the invalid values 0 and 0xFFFFFFFF. */
uint32_t fdt_find_phandle(const struct fdt *fdt, uint32_t phandle);

/** Step through a node's properties: *pos is 0 for the first. False behind the last. */
bool fdt_prop_next(const struct fdt *fdt, uint32_t node, uint32_t *pos, struct fdt_prop *out);
/** Property by name. */
bool fdt_prop(const struct fdt *fdt, uint32_t node, const char *name, struct fdt_prop *out);
/** A property of exactly 4 bytes. */
bool fdt_prop_u32(const struct fdt *fdt, uint32_t node, const char *name, uint32_t *out);
/** A property of 8 bytes, or of 4. */
bool fdt_prop_u64(const struct fdt *fdt, uint32_t node, const char *name, uint64_t *out);
/** A property that is one or more NUL-terminated strings: the first. */
bool fdt_prop_string(const struct fdt *fdt, uint32_t node, const char *name, const char **out);
/** Is `value` one of the strings of a list such as `compatible`? */
bool fdt_prop_lists(const struct fdt *fdt, uint32_t node, const char *name, const char *value);
/**
 * Entry `index` of `reg`, by the parent's #address-cells (default 2) and #size-cells (default 1). False if there is no
 * such entry, a count of cells is not 0..2 (address: 1..2), or the length of `reg` is not a multiple of an entry.
 */
bool fdt_reg(const struct fdt *fdt, uint32_t node, uint32_t index, uint64_t *addr, uint64_t *size);
/** Memory reservation `index`; false behind the last. */
bool fdt_reservation(const struct fdt *fdt, uint32_t index, uint64_t *addr, uint64_t *size);
