/* SPDX-License-Identifier: MIT */
/*
 * The device tree reader over arbitrary blobs. What it opens it walks completely, within bounds and in bounded steps; wrong
 * node handles find nothing or something inside the blob. Where libfdt finds the blob sound too, both must read the same
 * tree, and what libfdt and the rules of <base/fdt.h> accept must open. The input is the blob.
 */
#include <string.h>

#include <abi/status.h>

#include "check.h"
#include "fdt_fuzz.h"

#define WRONG_HANDLES 8u

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tree tree = {.blob = data, .size = size};
    status_t status = fdt_open(&tree.fdt, data, size);
    bool sound = libfdt_accepts(data, size);

    REQUIRE(status == STATUS_OK || (status <= ERR_FDT_BAD_MAGIC && status >= ERR_FDT_BAD_STRUCT), "only FDT errors");
    if (status != STATUS_OK) {
        REQUIRE(!sound || !libfdt_must_open(data), "a sound blob opens");
        return 0;
    }
    check_all(&tree);
    try_wrong_handles(&tree);
    if (sound)
        libfdt_compare(&tree);
    return 0;
}
