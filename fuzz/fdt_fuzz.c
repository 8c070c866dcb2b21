/* SPDX-License-Identifier: MIT */
/*
 * The device tree reader over arbitrary blobs. What it opens it walks completely, within bounds and in bounded steps; wrong
 * node handles find nothing or something inside the blob. Where libfdt finds the blob sound too, both must read the same
 * tree, and what libfdt and the rules of <base/fdt.h> accept must open. The input is the blob.
 */
#include <string.h>

#include <libfdt.h>

#include <abi/status.h>
#include <base/fdt.h>

#include "check.h"

#define PATH_SIZE 512
#define WRONG_HANDLES 8u

struct tree {
    struct fdt fdt;
    const uint8_t *blob;
    size_t size;
    bool linux_phandle; /* an old kind of phandle, which only libfdt knows */
};

static bool inside(const struct tree *tree, const void *p, size_t len)
{
    uintptr_t start = (uintptr_t)tree->blob, at = (uintptr_t)p;

    return at >= start && at - start <= tree->size && len <= tree->size - (at - start);
}

/* A string whose NUL is inside too. */
static bool string_inside(const struct tree *tree, const char *s)
{
    return inside(tree, s, 1) && memchr(s, 0, tree->size - (size_t)((const uint8_t *)s - tree->blob)) != NULL;
}

/* ---- bounds ---- */

static void check_property(struct tree *tree, uint32_t node, const struct fdt_prop *prop)
{
    struct fdt_prop first;
    const char *text;
    uint32_t u32 = 0;
    uint64_t u64 = 0;

    REQUIRE(inside(tree, prop->data, prop->len) && string_inside(tree, prop->name), "a property lies in the blob");
    tree->linux_phandle |= strcmp(prop->name, "linux,phandle") == 0;
    REQUIRE(fdt_prop(&tree->fdt, node, prop->name, &first), "a property that was seen is found by name");
    REQUIRE(strcmp(first.name, prop->name) == 0 && first.data <= prop->data, "the first of a name is found");
    REQUIRE(fdt_prop_u32(&tree->fdt, node, prop->name, &u32) == (first.len == 4), "u32 has 4 bytes");
    REQUIRE(fdt_prop_u64(&tree->fdt, node, prop->name, &u64) == (first.len == 4 || first.len == 8), "u64 has 4 or 8 bytes");
    REQUIRE(first.len != 4 || u32 == u64, "one cell reads the same in both widths");
    if (fdt_prop_string(&tree->fdt, node, prop->name, &text))
        REQUIRE(text == (const char *)first.data && memchr(text, 0, first.len) != NULL, "a string ends in its property");
    else
        REQUIRE(first.len == 0 || first.data[first.len - 1] != 0, "what ends with NUL is a string");
}

static void check_node(struct tree *tree, uint32_t node)
{
    struct fdt_prop prop;
    uint64_t addr, size;
    uint32_t pos = 0, count = 0, entries = 0;

    REQUIRE(node < tree->fdt.size && string_inside(tree, fdt_node_name(&tree->fdt, node)), "a node lies in the blob");
    while (fdt_prop_next(&tree->fdt, node, &pos, &prop)) {
        REQUIRE(++count <= tree->size / 12, "no more properties than fit");
        check_property(tree, node, &prop);
    }
    while (fdt_reg(&tree->fdt, node, entries, &addr, &size))
        REQUIRE(++entries <= tree->size / 4, "no more entries of reg than fit");
    REQUIRE(!fdt_reg(&tree->fdt, node, UINT32_MAX, &addr, &size), "reg does not have 2^32 entries");
}

static void check_relations(const struct tree *tree, uint32_t node, uint32_t parent)
{
    uint32_t child = fdt_node_child(&tree->fdt, node), sibling = fdt_node_sibling(&tree->fdt, node);

    REQUIRE(fdt_node_parent(&tree->fdt, node) == parent, "the parent is the last node one level up");
    REQUIRE(child == FDT_NONE || fdt_node_parent(&tree->fdt, child) == node, "a child's parent is its node");
    REQUIRE(sibling == FDT_NONE || fdt_node_parent(&tree->fdt, sibling) == parent, "siblings share their parent");
}

static void check_all(struct tree *tree)
{
    uint32_t path[FDT_DEPTH_MAX + 1];
    uint32_t depth = 0, count = 0, rsv = 0;
    uint64_t addr, size;

    REQUIRE(fdt_root(&tree->fdt) != FDT_NONE, "an opened tree has a root");
    for (uint32_t n = fdt_root(&tree->fdt); n != FDT_NONE; n = fdt_node_next(&tree->fdt, n, &depth)) {
        REQUIRE(++count <= tree->size / 8, "no more nodes than fit");
        REQUIRE(depth <= FDT_DEPTH_MAX && (depth > 0 || count == 1), "only the root has depth 0");
        path[depth] = n;
        check_node(tree, n);
        check_relations(tree, n, depth > 0 ? path[depth - 1] : FDT_NONE);
    }
    while (fdt_reservation(&tree->fdt, rsv, &addr, &size))
        REQUIRE(++rsv <= tree->size / 16, "no more reservations than fit");
}

/* A handle that names no node: everything answers, nothing leaves the blob. */
static void try_wrong_handle(struct tree *tree, uint32_t node)
{
    const struct fdt *fdt = &tree->fdt;
    struct fdt_prop prop;
    const char *name = fdt_node_name(fdt, node);
    uint32_t pos = node, depth = 0, next;
    uint64_t addr, size;

    REQUIRE(*name == '\0' || string_inside(tree, name), "a wrong handle's name lies in the blob");
    next = fdt_node_next(fdt, node, &depth);
    REQUIRE(next == FDT_NONE || next < fdt->size, "a wrong handle leads into the blob");
    (void)fdt_node_child(fdt, node);
    (void)fdt_node_sibling(fdt, node);
    (void)fdt_node_parent(fdt, node);
    (void)fdt_reg(fdt, node, 0, &addr, &size);
    (void)fdt_find_compatible(fdt, node, "arm,pl011");
    (void)fdt_find_phandle(fdt, node);
    if (fdt_prop_next(fdt, node, &pos, &prop) || fdt_prop_next(fdt, fdt_root(fdt), &pos, &prop))
        REQUIRE(inside(tree, prop.data, prop.len) && string_inside(tree, prop.name), "a wrong position stays inside");
}

static void try_wrong_handles(struct tree *tree)
{
    uint32_t random = (uint32_t)tree->size + tree->blob[tree->size - 1];

    try_wrong_handle(tree, FDT_NONE);
    for (uint32_t i = 0; i < WRONG_HANDLES; i++) {
        random = random * 1664525u + 1013904223u;
        try_wrong_handle(tree, random / 4 * 4);
        try_wrong_handle(tree, random % (uint32_t)tree->size);
    }
}

/* ---- the same tree as libfdt's ---- */

/* libfdt counts from the structure block, the reader from the blob. */
static uint32_t handle(const struct tree *tree, int offset)
{
    return offset < 0 ? FDT_NONE : fdt_off_dt_struct(tree->blob) + (uint32_t)offset;
}

static void compare_properties(const struct tree *tree, int node)
{
    struct fdt_prop prop;
    uint32_t pos = 0;
    int offset;

    fdt_for_each_property_offset(offset, tree->blob, node)
    {
        const char *name;
        int len;
        const void *data = fdt_getprop_by_offset(tree->blob, offset, &name, &len);

        REQUIRE(fdt_prop_next(&tree->fdt, handle(tree, node), &pos, &prop), "libfdt's property is there");
        REQUIRE(strcmp(prop.name, name) == 0 && prop.data == data && (int)prop.len == len, "properties agree");
        REQUIRE(fdt_prop(&tree->fdt, handle(tree, node), name, &prop), "libfdt's property is found");
        REQUIRE(prop.data == fdt_getprop(tree->blob, node, name, NULL), "properties are found alike");
    }
    REQUIRE(!fdt_prop_next(&tree->fdt, handle(tree, node), &pos, &prop), "there is no more than libfdt sees");
}

static void compare_strings(const struct tree *tree, int node)
{
    int len;
    const char *list = fdt_getprop(tree->blob, node, "compatible", &len);
    const char *first;

    if (!fdt_prop_string(&tree->fdt, handle(tree, node), "compatible", &first))
        return;
    REQUIRE(first == list, "the first string is where the list begins");
    for (const char *s = list; s < list + len; s += strlen(s) + 1)
        REQUIRE(fdt_prop_lists(&tree->fdt, handle(tree, node), "compatible", s), "a listed string is found");
    REQUIRE(fdt_prop_lists(&tree->fdt, handle(tree, node), "compatible", "ns16550a") ==
                fdt_stringlist_contains(list, len, "ns16550a"), "lists are searched alike");
    REQUIRE(fdt_find_compatible(&tree->fdt, FDT_NONE, first) <= handle(tree, node), "a compatible node is found");
}

static void compare_lookups(const struct tree *tree, int node)
{
    char path[PATH_SIZE];
    uint32_t phandle = fdt_get_phandle(tree->blob, node);

    if (fdt_get_path(tree->blob, node, path, sizeof(path)) == 0)
        REQUIRE(fdt_find_path(&tree->fdt, path) == handle(tree, fdt_path_offset(tree->blob, path)), "paths lead to one node");
    if (!tree->linux_phandle)
        REQUIRE(fdt_find_phandle(&tree->fdt, phandle) == handle(tree, fdt_node_offset_by_phandle(tree->blob, phandle)),
                "phandles lead to one node");
    compare_strings(tree, node);
}

static void compare_reg(const struct tree *tree, int node)
{
    int parent = fdt_parent_offset(tree->blob, node), len;
    int na = parent < 0 ? 0 : fdt_address_cells(tree->blob, parent), ns = parent < 0 ? 0 : fdt_size_cells(tree->blob, parent);
    const fdt32_t *reg = fdt_getprop(tree->blob, node, "reg", &len);
    uint64_t addr, size;

    if (reg == NULL || na < 1 || na > 2 || ns < 0 || ns > 2 || len == 0 || len % (4 * (na + ns)) != 0)
        return;
    for (int i = 0; i < len / (4 * (na + ns)); i++) {
        uint64_t a = 0, s = 0;
        for (int k = 0; k < na; k++)
            a = a << 32 | fdt32_ld(reg++);
        for (int k = 0; k < ns; k++)
            s = s << 32 | fdt32_ld(reg++);
        REQUIRE(fdt_reg(&tree->fdt, handle(tree, node), (uint32_t)i, &addr, &size), "an entry of reg is there");
        REQUIRE(addr == a && size == s, "reg agrees");
    }
}

/* For libfdt a reservation of no bytes ends the list, for the reader and the specification only two zeros do. */
static bool reservations_end_alike(const uint8_t *blob)
{
    uint64_t addr = 1, size;
    int count = fdt_num_mem_rsv(blob);

    return count >= 0 && fdt_get_mem_rsv(blob, count, &addr, &size) == 0 && addr == 0;
}

static void compare_reservations(const struct tree *tree)
{
    uint64_t addr, size, their_addr, their_size;
    int count = fdt_num_mem_rsv(tree->blob);

    for (int i = 0; i < count; i++) {
        REQUIRE(fdt_get_mem_rsv(tree->blob, i, &their_addr, &their_size) == 0, "libfdt reads its own reservations");
        REQUIRE(fdt_reservation(&tree->fdt, (uint32_t)i, &addr, &size), "a reservation is there");
        REQUIRE(addr == their_addr && size == their_size, "reservations agree");
    }
    REQUIRE(!fdt_reservation(&tree->fdt, (uint32_t)count, &addr, &size), "no more reservations than libfdt's");
}

static void compare(const struct tree *tree)
{
    uint32_t ours = fdt_root(&tree->fdt), depth = 0;
    int theirs, their_depth = -1;

    for (theirs = fdt_next_node(tree->blob, -1, &their_depth); theirs >= 0 && their_depth >= 0;
         theirs = fdt_next_node(tree->blob, theirs, &their_depth)) {
        REQUIRE(ours == handle(tree, theirs) && (int)depth == their_depth, "the same nodes in the same order");
        REQUIRE(strcmp(fdt_node_name(&tree->fdt, ours), fdt_get_name(tree->blob, theirs, NULL)) == 0, "names agree");
        REQUIRE(fdt_node_child(&tree->fdt, ours) == handle(tree, fdt_first_subnode(tree->blob, theirs)), "children agree");
        REQUIRE(fdt_node_sibling(&tree->fdt, ours) == handle(tree, fdt_next_subnode(tree->blob, theirs)), "siblings agree");
        compare_properties(tree, theirs);
        compare_lookups(tree, theirs);
        compare_reg(tree, theirs);
        ours = fdt_node_next(&tree->fdt, ours, &depth);
    }
    REQUIRE(ours == FDT_NONE, "no more nodes than libfdt's");
    if (reservations_end_alike(tree->blob))
        compare_reservations(tree);
}

/* What the reader asks for beyond libfdt: one root, properties before children, and bounded depth. */
static bool shape_is_strict(const void *blob)
{
    int offset = 0, next, depth = 0;
    bool closed = true, rooted = false;

    for (;; offset = next) {
        switch (fdt_next_tag(blob, offset, &next)) {
        case FDT_BEGIN_NODE:
            if ((depth == 0 && rooted) || depth > (int)FDT_DEPTH_MAX)
                return false;
            rooted = true;
            closed = false;
            depth++;
            break;
        case FDT_END_NODE:
            closed = true;
            depth--;
            break;
        case FDT_PROP:
            if (closed)
                return false;
            break;
        case FDT_END:
            return rooted;
        default:
            break;
        }
    }
}

static bool must_open(const uint8_t *blob)
{
    uint32_t strings = fdt_off_dt_strings(blob), structs = fdt_off_dt_struct(blob);
    uint32_t length = fdt_size_dt_strings(blob);

    return fdt_version(blob) == 17 && structs % 4 == 0 && structs >= FDT_V17_SIZE && strings >= FDT_V17_SIZE &&
           fdt_off_mem_rsvmap(blob) >= FDT_V17_SIZE && (length == 0 || blob[strings + length - 1] == 0) &&
           reservations_end_alike(blob) && shape_is_strict(blob);
}

/* libfdt's own check follows a null pointer in blobs of old versions, which the reader refuses anyway. */
static bool libfdt_accepts(const uint8_t *data, size_t size)
{
    return size >= FDT_V17_SIZE && fdt_version(data) >= 16 && fdt_check_full(data, size) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tree tree = {.blob = data, .size = size};
    status_t status = fdt_open(&tree.fdt, data, size);
    bool sound = libfdt_accepts(data, size);

    REQUIRE(status == STATUS_OK || (status <= ERR_FDT_BAD_MAGIC && status >= ERR_FDT_BAD_STRUCT), "only FDT errors");
    if (status != STATUS_OK) {
        REQUIRE(!sound || !must_open(data), "a sound blob opens");
        return 0;
    }
    check_all(&tree);
    try_wrong_handles(&tree);
    if (sound)
        compare(&tree);
    return 0;
}
