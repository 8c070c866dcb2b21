/* SPDX-License-Identifier: MIT */
/* A tree as libfdt reads it, node by node, against the reader. */
#include <string.h>

#include <libfdt.h>

#include "check.h"
#include "fdt_fuzz.h"

#define PATH_SIZE 512

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

void libfdt_compare(const struct tree *tree)
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

bool libfdt_must_open(const uint8_t *blob)
{
    uint32_t strings = fdt_off_dt_strings(blob), structs = fdt_off_dt_struct(blob);
    uint32_t length = fdt_size_dt_strings(blob);

    return fdt_version(blob) == 17 && structs % 4 == 0 && structs >= FDT_V17_SIZE && strings >= FDT_V17_SIZE &&
           fdt_off_mem_rsvmap(blob) >= FDT_V17_SIZE && (length == 0 || blob[strings + length - 1] == 0) &&
           reservations_end_alike(blob) && shape_is_strict(blob);
}

/* libfdt's own check follows a null pointer in blobs of old versions, which the reader refuses anyway. */
bool libfdt_accepts(const uint8_t *data, size_t size)
{
    return size >= FDT_V17_SIZE && fdt_version(data) >= 16 && fdt_check_full(data, size) == 0;
}
