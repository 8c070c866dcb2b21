/* SPDX-License-Identifier: MIT */
/*
 * One function reads a token of the structure block and checks every byte of it; all else is built on that, so no walk
 * can leave the blob even if it starts at a wrong offset.
 */
#include <abi/status.h>
#include <base/fdt.h>
#include <base/string.h>

#define MAGIC            0xD00DFEEDu
#define VERSION_MIN      16u /* version 17 added the size of the structure block */
#define HEADER_SIZE      40u
#define RESERVATION_SIZE 16u
#define CELL             4u

/* Offsets in the header. */
enum header {
    H_MAGIC = 0,
    H_TOTAL_SIZE = 4,
    H_STRUCTS = 8,
    H_STRINGS = 12,
    H_RESERVATIONS = 16,
    H_VERSION = 20,
    H_COMPATIBLE_VERSION = 24,
    H_STRINGS_SIZE = 32,
    H_STRUCTS_SIZE = 36,
};

enum token_kind { BAD = 0, BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

struct token {
    enum token_kind kind;
    uint32_t next; /* offset of the next token */
    uint32_t name; /* BEGIN_NODE, PROP: offset of a NUL-terminated name */
    uint32_t data; /* PROP: offset of the value */
    uint32_t len;  /* PROP: bytes of the value */
};

static uint32_t load32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t load64(const uint8_t *p)
{
    return (uint64_t)load32(p) << 32 | load32(p + CELL);
}

/* Do `size` bytes at `off` lie before `end`? */
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
    token.len = load32(fdt->blob + off);
    name = load32(fdt->blob + off + CELL);
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
    kind = load32(fdt->blob + off);
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

/* The list of reservations ends with two zeros, inside the blob. */
static bool reservations_end(const struct fdt *fdt)
{
    uint32_t off = fdt->reservations;

    while (fits(off, RESERVATION_SIZE, fdt->size)) {
        if (load64(fdt->blob + off) == 0 && load64(fdt->blob + off + 8) == 0)
            return true;
        off += RESERVATION_SIZE;
    }
    return false;
}

/* Take the blocks out of the header; false if one is not inside the blob, behind the header. */
static bool read_blocks(struct fdt *fdt, uint32_t version)
{
    uint32_t strings_size = load32(fdt->blob + H_STRINGS_SIZE);
    uint32_t structs_size;

    fdt->structs = load32(fdt->blob + H_STRUCTS);
    fdt->strings = load32(fdt->blob + H_STRINGS);
    fdt->reservations = load32(fdt->blob + H_RESERVATIONS);
    if (fdt->structs < HEADER_SIZE || fdt->strings < HEADER_SIZE || fdt->reservations < HEADER_SIZE)
        return false;
    if (fdt->structs > fdt->size || !fits(fdt->strings, strings_size, fdt->size))
        return false;
    structs_size = version > VERSION_MIN ? load32(fdt->blob + H_STRUCTS_SIZE) : fdt->size - fdt->structs;
    if (!fits(fdt->structs, structs_size, fdt->size))
        return false;
    fdt->structs_end = fdt->structs + structs_size;
    fdt->strings_end = fdt->strings + strings_size;
    return reservations_end(fdt);
}

status_t fdt_open(struct fdt *fdt, const void *blob, uint64_t size)
{
    uint32_t version;

    *fdt = (struct fdt){.blob = blob};
    if (size < HEADER_SIZE)
        return ERR_FDT_TRUNCATED;
    if (load32(fdt->blob + H_MAGIC) != MAGIC)
        return ERR_FDT_BAD_MAGIC;
    fdt->size = load32(fdt->blob + H_TOTAL_SIZE);
    if (fdt->size < HEADER_SIZE || fdt->size > size)
        return ERR_FDT_TRUNCATED;
    version = load32(fdt->blob + H_VERSION);
    if (version < VERSION_MIN || load32(fdt->blob + H_COMPATIBLE_VERSION) > VERSION_MIN + 1)
        return ERR_FDT_BAD_VERSION;
    if (!read_blocks(fdt, version))
        return ERR_FDT_TRUNCATED;
    if (fdt->strings_end > fdt->strings && fdt->blob[fdt->strings_end - 1] != '\0')
        return ERR_FDT_BAD_STRUCT;
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
    *out = load32(prop.data);
    return true;
}

bool fdt_prop_u64(const struct fdt *fdt, uint32_t node, const char *name, uint64_t *out)
{
    struct fdt_prop prop;

    if (!fdt_prop(fdt, node, name, &prop) || (prop.len != CELL && prop.len != 2 * CELL))
        return false;
    *out = prop.len == CELL ? load32(prop.data) : load64(prop.data);
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
    return cells == 1 ? load32(p) : load64(p);
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
        uint64_t first = load64(fdt->blob + off);
        uint64_t second = load64(fdt->blob + off + 8);

        if (first == 0 && second == 0)
            return false;
        if (index-- == 0) {
            *addr = first;
            *size = second;
            return true;
        }
    }
}
