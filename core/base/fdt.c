/* SPDX-License-Identifier: MIT */
/*
 * One function reads a token of the structure block and checks every byte of it; all else is built on that, so no walk
 * can leave the blob even if it starts at a wrong offset.
 */
#include "fdt_priv.h"

#include <abi/status.h>
#include <base/string.h>

/*@ requires \valid_read(p + (0 .. 3));
  @ assigns \nothing;
  @ ensures \result == be32(p);
  @*/
static uint32_t load_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/*@ requires \valid_read(p + (0 .. 7));
  @ assigns \nothing;
  @ ensures \result == be64(p);
  @*/
static uint64_t load_be64(const uint8_t *p)
{
    return (uint64_t)load_be32(p) << 32 | load_be32(p + CELL);
}

/* Do `size` bytes at `off` lie before `end`? */
/*@ assigns \nothing;
  @ ensures \result <==> off + size <= end;
  @*/
static bool fits(uint32_t off, uint32_t size, uint32_t end)
{
    return off <= end && size <= end - off;
}

/* The token, continued behind the padding of a name or value that ends at `off`. */
static struct token pad(const struct fdt *fdt, struct token token, uint32_t off)
{
    uint32_t padding = (CELL - off % CELL) % CELL;

    if (!fits(off, padding, fdt->structs_end))
        token.kind = BAD;
    token.next = off + padding;
    return token;
}

static struct token read_node(const struct fdt *fdt, uint32_t off)
{
    struct token token = {.kind = BEGIN_NODE, .name = off};

    while (off < fdt->structs_end && fdt->blob[off] != '\0')
        off++;
    if (off >= fdt->structs_end)
        return (struct token){.kind = BAD};
    return pad(fdt, token, off + 1);
}

/* Any name in the strings block is terminated, because fdt_open() saw that the block ends with a NUL. */
static struct token read_prop(const struct fdt *fdt, uint32_t off)
{
    struct token token = {.kind = PROP, .data = off + 2 * CELL};
    uint32_t name;

    if (!fits(off, 2 * CELL, fdt->structs_end))
        return (struct token){.kind = BAD};
    token.len = load_be32(fdt->blob + off);
    name = load_be32(fdt->blob + off + CELL);
    if (!fits(token.data, token.len, fdt->structs_end) || name >= fdt->strings_end - fdt->strings)
        return (struct token){.kind = BAD};
    token.name = fdt->strings + name;
    return pad(fdt, token, token.data + token.len);
}

static struct token read_token(const struct fdt *fdt, uint32_t off)
{
    uint32_t kind;

    if (off % CELL != 0 || !fits(off, CELL, fdt->structs_end))
        return (struct token){.kind = BAD};
    kind = load_be32(fdt->blob + off);
    off += CELL;
    switch (kind) {
    case BEGIN_NODE:
        return read_node(fdt, off);
    case PROP:
        return read_prop(fdt, off);
    case END_NODE:
    case NOP:
    case END:
        return (struct token){.kind = (enum token_kind)kind, .next = off};
    default:
        return (struct token){.kind = BAD};
    }
}

/* The whole structure block: one root, properties before children, balanced, not too deep, END behind it. */
static status_t check_structs(const struct fdt *fdt)
{
    uint32_t off = fdt->structs;
    uint32_t depth = 0;
    bool closed = true; /* no property may stand here */
    bool seen_root = false;

    for (;;) {
        struct token token = read_token(fdt, off);

        off = token.next;
        switch (token.kind) {
        case BEGIN_NODE:
            if ((depth == 0 && seen_root) || depth > FDT_DEPTH_MAX)
                return ERR_FDT_BAD_STRUCT;
            seen_root = true;
            closed = false;
            depth++;
            break;
        case END_NODE:
            if (depth == 0)
                return ERR_FDT_BAD_STRUCT;
            closed = true;
            depth--;
            break;
        case PROP:
            if (closed)
                return ERR_FDT_BAD_STRUCT;
            break;
        case NOP:
            break;
        case END:
            return seen_root && depth == 0 ? STATUS_OK : ERR_FDT_BAD_STRUCT;
        default:
            return ERR_FDT_BAD_STRUCT;
        }
    }
}

/* Is the reservation at `p` the one that ends the list? */
/*@ requires \valid_read(p + (0 .. RESERVATION_SIZE - 1));
  @ assigns \nothing;
  @ ensures \result <==> zeros(p);
  @*/
static bool is_end(const uint8_t *p)
{
    return load_be64(p) == 0 && load_be64(p + 8) == 0;
}

/* The list of reservations at `off` ends with two zeros, before `end`. */
/*@ requires \valid_read(blob + (0 .. end - 1));
  @ assigns \nothing;
  @ ensures \result <==> reserved_ends(blob, off, end);
  @*/
static bool reservations_end(const uint8_t *blob, uint32_t off, uint32_t end)
{
    /*@ loop invariant reserved_ends(blob, off, end) <==> reserved_ends(blob, \at(off, LoopEntry), end);
      @ loop assigns off;
      @ loop variant end - off;
      @*/
    while (fits(off, RESERVATION_SIZE, end)) {
        /*@ assert reserved_ends(blob, off, end) <==> zeros(blob + off) || reserved_ends(blob, off + RESERVATION_SIZE, end); @*/
        if (is_end(blob + off))
            return true;
        /*@ assert (uint32_t)(off + RESERVATION_SIZE) == off + RESERVATION_SIZE; @*/
        /*@ assert reserved_ends(blob, (uint32_t)(off + RESERVATION_SIZE), end) <==> reserved_ends(blob, \at(off, LoopEntry), end); @*/
        off += RESERVATION_SIZE;
    }
    return false;
}

/* Does a block lie in the blob of `total` bytes, behind the header? */
/*@ assigns \nothing;
  @ ensures \result <==> block(off, size, total);
  @*/
static bool is_block(uint32_t off, uint32_t size, uint32_t total)
{
    return off >= HEADER_SIZE && fits(off, size, total);
}

/* What the header says; to be believed when check_header() accepted it. */
/*@ requires \valid_read(blob + (0 .. HEADER_SIZE - 1));
  @ assigns \nothing;
  @ ensures blocks_ok(blob) ==> is_header(\result, blob);
  @ ensures \result.blob == blob && \result.size == total_of(blob);
  @*/
static struct fdt read_header(const uint8_t *blob)
{
    struct fdt fdt = {
        .blob = blob,
        .size = load_be32(blob + H_TOTAL_SIZE),
        .structs = load_be32(blob + H_STRUCTS),
        .strings = load_be32(blob + H_STRINGS),
        .reservations = load_be32(blob + H_RESERVATIONS),
    };

    fdt.structs_end = load_be32(blob + H_VERSION) > VERSION_MIN ? fdt.structs + load_be32(blob + H_STRUCTS_SIZE) : fdt.size;
    fdt.strings_end = fdt.strings + load_be32(blob + H_STRINGS_SIZE);
    return fdt;
}

/*@ requires \valid_read(blob + (0 .. total_of(blob) - 1)) && total_of(blob) >= HEADER_SIZE;
  @ assigns \nothing;
  @ ensures \result <==> blocks_ok(blob);
  @*/
static bool has_blocks(const uint8_t *blob)
{
    uint32_t total = load_be32(blob + H_TOTAL_SIZE);
    uint32_t structs = load_be32(blob + H_STRUCTS);
    uint32_t reservations = load_be32(blob + H_RESERVATIONS);
    uint32_t structs_size = load_be32(blob + H_VERSION) > VERSION_MIN ? load_be32(blob + H_STRUCTS_SIZE) : 0;

    return is_block(structs, structs_size, total) &&
           is_block(load_be32(blob + H_STRINGS), load_be32(blob + H_STRINGS_SIZE), total) && reservations >= HEADER_SIZE &&
           reservations_end(blob, reservations, total);
}

/* Every name in the strings block ends inside it if the block ends with a NUL. */
/*@ requires \valid_read(blob + (0 .. total_of(blob) - 1)) && total_of(blob) >= HEADER_SIZE &&
  @   block(be32(blob + H_STRINGS), be32(blob + H_STRINGS_SIZE), total_of(blob));
  @ assigns \nothing;
  @ ensures \result <==> strings_ok(blob);
  @*/
static bool strings_end(const uint8_t *blob)
{
    uint32_t size = load_be32(blob + H_STRINGS_SIZE);

    return size == 0 || blob[load_be32(blob + H_STRINGS) + size - 1] == '\0';
}

/*@ requires \valid_read(blob + (0 .. size - 1));
  @ assigns \nothing;
  @ ensures \result == STATUS_OK <==> header_ok(blob, size);
  @ ensures \result == ERR_FDT_TRUNCATED ==> size < HEADER_SIZE || !total_ok(blob, size) || !blocks_ok(blob);
  @ ensures \result == ERR_FDT_BAD_MAGIC ==> be32(blob + H_MAGIC) != MAGIC;
  @ ensures \result == ERR_FDT_BAD_VERSION ==> !version_ok(blob);
  @ ensures \result == ERR_FDT_BAD_STRUCT ==> !strings_ok(blob);
  @ ensures \result \in {STATUS_OK, ERR_FDT_TRUNCATED, ERR_FDT_BAD_MAGIC, ERR_FDT_BAD_VERSION, ERR_FDT_BAD_STRUCT};
  @*/
static status_t check_header(const uint8_t *blob, uint64_t size)
{
    uint32_t total;

    if (size < HEADER_SIZE)
        return ERR_FDT_TRUNCATED;
    if (load_be32(blob + H_MAGIC) != MAGIC)
        return ERR_FDT_BAD_MAGIC;
    total = load_be32(blob + H_TOTAL_SIZE);
    if (total < HEADER_SIZE || total > size)
        return ERR_FDT_TRUNCATED;
    if (load_be32(blob + H_VERSION) < VERSION_MIN || load_be32(blob + H_COMPATIBLE_VERSION) > VERSION_MIN + 1)
        return ERR_FDT_BAD_VERSION;
    if (!has_blocks(blob))
        return ERR_FDT_TRUNCATED;
    return strings_end(blob) ? STATUS_OK : ERR_FDT_BAD_STRUCT;
}

status_t fdt_open(struct fdt *fdt, const void *blob, uint64_t size)
{
    status_t status = check_header(blob, size);

    *fdt = (struct fdt){.blob = blob};
    if (status != STATUS_OK)
        return status;
    *fdt = read_header(blob);
    return check_structs(fdt);
}

/* The first token at or behind `off` that is not a NOP. */
static struct token skip_nops(const struct fdt *fdt, uint32_t off, uint32_t *at)
{
    struct token token = read_token(fdt, off);

    while (token.kind == NOP) {
        off = token.next;
        token = read_token(fdt, off);
    }
    *at = off;
    return token;
}

/* The first token behind the properties of `node`. */
static struct token skip_props(const struct fdt *fdt, uint32_t node, uint32_t *at)
{
    struct token token = read_token(fdt, node);

    if (token.kind != BEGIN_NODE)
        return (struct token){.kind = BAD};
    do {
        token = skip_nops(fdt, token.next, at);
    } while (token.kind == PROP);
    return token;
}

uint32_t fdt_root(const struct fdt *fdt)
{
    uint32_t at;

    return skip_nops(fdt, fdt->structs, &at).kind == BEGIN_NODE ? at : FDT_NONE;
}

uint32_t fdt_node_next(const struct fdt *fdt, uint32_t node, uint32_t *depth)
{
    uint32_t level = depth != NULL ? *depth : 0;
    uint32_t at;
    struct token token = skip_props(fdt, node, &at);

    level++;
    while (token.kind == END_NODE) {
        level--;
        token = skip_nops(fdt, token.next, &at);
    }
    if (token.kind != BEGIN_NODE)
        return FDT_NONE;
    if (depth != NULL)
        *depth = level;
    return at;
}

uint32_t fdt_node_child(const struct fdt *fdt, uint32_t node)
{
    uint32_t at;

    return skip_props(fdt, node, &at).kind == BEGIN_NODE ? at : FDT_NONE;
}

uint32_t fdt_node_sibling(const struct fdt *fdt, uint32_t node)
{
    const uint32_t own = FDT_DEPTH_MAX + 1; /* the walk may leave as many levels */
    uint32_t depth = own;

    do {
        node = fdt_node_next(fdt, node, &depth);
    } while (node != FDT_NONE && depth > own);
    return depth == own ? node : FDT_NONE;
}

uint32_t fdt_node_parent(const struct fdt *fdt, uint32_t node)
{
    uint32_t path[FDT_DEPTH_MAX + 1];
    uint32_t depth = 0;

    for (uint32_t n = fdt_root(fdt); n != FDT_NONE && depth <= FDT_DEPTH_MAX; n = fdt_node_next(fdt, n, &depth)) {
        path[depth] = n;
        if (n == node)
            return depth > 0 ? path[depth - 1] : FDT_NONE;
    }
    return FDT_NONE;
}

const char *fdt_node_name(const struct fdt *fdt, uint32_t node)
{
    struct token token = read_token(fdt, node);

    return token.kind == BEGIN_NODE ? (const char *)fdt->blob + token.name : "";
}

/* Does one component of a path, `n` bytes, name a node called `name`? */
static bool component_matches(const char *name, const char *component, size_t n)
{
    if (!str_eq_n(name, component, n))
        return false;
    if (name[n] == '\0')
        return true;
    for (size_t i = 0; i < n; i++) {
        if (component[i] == '@')
            return false;
    }
    return name[n] == '@';
}

uint32_t fdt_find_path(const struct fdt *fdt, const char *path)
{
    uint32_t node = fdt_root(fdt);

    if (*path != '/')
        return FDT_NONE;
    for (;;) {
        size_t n = 0;

        while (*path == '/')
            path++;
        if (*path == '\0')
            return node;
        while (path[n] != '/' && path[n] != '\0')
            n++;
        node = fdt_node_child(fdt, node);
        while (node != FDT_NONE && !component_matches(fdt_node_name(fdt, node), path, n))
            node = fdt_node_sibling(fdt, node);
        path += n;
    }
}

uint32_t fdt_find_compatible(const struct fdt *fdt, uint32_t after, const char *compatible)
{
    uint32_t node = after == FDT_NONE ? fdt_root(fdt) : fdt_node_next(fdt, after, NULL);

    while (node != FDT_NONE && !fdt_prop_lists(fdt, node, "compatible", compatible))
        node = fdt_node_next(fdt, node, NULL);
    return node;
}

uint32_t fdt_find_phandle(const struct fdt *fdt, uint32_t phandle)
{
    uint32_t node = fdt_root(fdt);
    uint32_t value;

    if (phandle == 0 || phandle == UINT32_MAX)
        return FDT_NONE;
    while (node != FDT_NONE && !(fdt_prop_u32(fdt, node, "phandle", &value) && value == phandle))
        node = fdt_node_next(fdt, node, NULL);
    return node;
}

bool fdt_prop_next(const struct fdt *fdt, uint32_t node, uint32_t *pos, struct fdt_prop *out)
{
    struct token token = read_token(fdt, node);
    uint32_t at;

    if (token.kind != BEGIN_NODE)
        return false;
    token = skip_nops(fdt, *pos == 0 ? token.next : *pos, &at);
    if (token.kind != PROP)
        return false;
    *pos = token.next;
    *out = (struct fdt_prop){(const char *)fdt->blob + token.name, fdt->blob + token.data, token.len};
    return true;
}

bool fdt_prop(const struct fdt *fdt, uint32_t node, const char *name, struct fdt_prop *out)
{
    uint32_t pos = 0;

    while (fdt_prop_next(fdt, node, &pos, out)) {
        if (str_eq(out->name, name))
            return true;
    }
    return false;
}

bool fdt_prop_u32(const struct fdt *fdt, uint32_t node, const char *name, uint32_t *out)
{
    struct fdt_prop prop;

    if (!fdt_prop(fdt, node, name, &prop) || prop.len != CELL)
        return false;
    *out = load_be32(prop.data);
    return true;
}

bool fdt_prop_u64(const struct fdt *fdt, uint32_t node, const char *name, uint64_t *out)
{
    struct fdt_prop prop;

    if (!fdt_prop(fdt, node, name, &prop) || (prop.len != CELL && prop.len != 2 * CELL))
        return false;
    *out = prop.len == CELL ? load_be32(prop.data) : load_be64(prop.data);
    return true;
}

/* A list of strings is one or more bytes, the last of them a NUL. */
static bool find_strings(const struct fdt *fdt, uint32_t node, const char *name, struct fdt_prop *out)
{
    return fdt_prop(fdt, node, name, out) && out->len > 0 && out->data[out->len - 1] == '\0';
}

bool fdt_prop_string(const struct fdt *fdt, uint32_t node, const char *name, const char **out)
{
    struct fdt_prop prop;

    if (!find_strings(fdt, node, name, &prop))
        return false;
    *out = (const char *)prop.data;
    return true;
}

bool fdt_prop_lists(const struct fdt *fdt, uint32_t node, const char *name, const char *value)
{
    struct fdt_prop prop;

    if (!find_strings(fdt, node, name, &prop))
        return false;
    for (size_t at = 0; at < prop.len; at += str_len((const char *)prop.data + at) + 1) {
        if (str_eq((const char *)prop.data + at, value))
            return true;
    }
    return false;
}

static uint32_t cells_of(const struct fdt *fdt, uint32_t node, const char *name, uint32_t by_default)
{
    uint32_t cells;

    return fdt_prop_u32(fdt, node, name, &cells) ? cells : by_default;
}

static uint64_t load_cells(const uint8_t *p, uint32_t cells)
{
    if (cells == 0)
        return 0;
    return cells == 1 ? load_be32(p) : load_be64(p);
}

bool fdt_reg(const struct fdt *fdt, uint32_t node, uint32_t index, uint64_t *addr, uint64_t *size)
{
    uint32_t parent = fdt_node_parent(fdt, node);
    uint32_t address_cells = cells_of(fdt, parent, "#address-cells", 2);
    uint32_t size_cells = cells_of(fdt, parent, "#size-cells", 1);
    struct fdt_prop prop;
    uint32_t entry;

    if (address_cells < 1 || address_cells > 2 || size_cells > 2 || !fdt_prop(fdt, node, "reg", &prop))
        return false;
    entry = (address_cells + size_cells) * CELL;
    if (prop.len % entry != 0 || index >= prop.len / entry)
        return false;
    *addr = load_cells(prop.data + index * entry, address_cells);
    *size = load_cells(prop.data + index * entry + address_cells * CELL, size_cells);
    return true;
}

bool fdt_reservation(const struct fdt *fdt, uint32_t index, uint64_t *addr, uint64_t *size)
{
    for (uint32_t off = fdt->reservations;; off += RESERVATION_SIZE) {
        uint64_t first = load_be64(fdt->blob + off);
        uint64_t second = load_be64(fdt->blob + off + 8);

        if (first == 0 && second == 0)
            return false;
        if (index-- == 0) {
            *addr = first;
            *size = second;
            return true;
        }
    }
}
