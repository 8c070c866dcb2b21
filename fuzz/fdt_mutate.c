/* SPDX-License-Identifier: MIT */
/*
 * Mutations of device trees. Half of them are made by libfdt and leave a sound blob whose tree differs: nodes and properties
 * come and go, cells get other widths and values. The others damage what a sound blob promises: lengths, offsets and tokens.
 */
#include <string.h>

#include <libfdt.h>

#include "fdt_fuzz.h"
#include "mutate.h"

#define ROOM (64u * 1024)
#define DEPTH_MAX 64

static const char *const names[] = {
    "reg",   "ranges",     "#address-cells", "#size-cells", "compatible", "device_type", "status", "phandle",
    "model", "interrupts", "bootargs",       "linux,initrd-start", "linux,initrd-end", "x", "", "a-name-of-thirty-one-characters",
};
static const char *const nodes[] = {"memory", "memory@80000000", "chosen", "cpus", "cpu@0", "soc", "serial@9000000", "a", "@"};

#define PICK_OF(list, seed) ((list)[mutate_pick(seed, sizeof(list) / sizeof((list)[0]))])

/* Some node of the tree. */
static int random_node(const void *blob, unsigned *seed)
{
    uint32_t steps = mutate_pick(seed, 12);
    int node = 0, depth = 0;

    for (int next = 0; steps > 0 && next >= 0; steps--) {
        next = fdt_next_node(blob, node, &depth);
        if (next >= 0 && depth >= 0 && depth < DEPTH_MAX)
            node = next;
    }
    return node;
}

/* Some property of the node, or a new one. */
static const char *random_name(const void *blob, int node, unsigned *seed)
{
    uint32_t steps = mutate_pick(seed, 8);
    const char *name = PICK_OF(names, seed);
    int at, length;

    fdt_for_each_property_offset(at, blob, node) {
        const char *found;

        if (steps-- == 0 && fdt_getprop_by_offset(blob, at, &found, &length) != NULL)
            return found;
    }
    return name;
}

static void set_property(void *blob, int node, unsigned *seed)
{
    uint8_t value[32];
    char name[64] = "";
    uint32_t size = mutate_pick(seed, 3) == 0 ? mutate_pick(seed, sizeof(value)) : 4 * mutate_pick(seed, 9);

    strncpy(name, random_name(blob, node, seed), sizeof(name) - 1);
    for (uint32_t i = 0; i < size; i++)
        value[i] = (uint8_t)(mutate_pick(seed, 3) == 0 ? mutate_pick(seed, 256) : i % 4 == 3 ? mutate_pick(seed, 5) : 0);
    (void)fdt_setprop(blob, node, name, value, (int)size);
}

static void change_tree(void *blob, unsigned *seed)
{
    int node = random_node(blob, seed);
    char name[64] = "";

    switch (mutate_pick(seed, 8)) {
    case 0: (void)fdt_add_subnode(blob, node, PICK_OF(nodes, seed)); break;
    case 1: (void)fdt_del_node(blob, node); break;
    case 2: (void)fdt_nop_node(blob, node); break;
    case 3: (void)fdt_set_name(blob, node, PICK_OF(nodes, seed)); break;
    case 4:
        strncpy(name, random_name(blob, node, seed), sizeof(name) - 1);
        (void)fdt_delprop(blob, node, name);
        break;
    case 5: (void)fdt_add_mem_rsv(blob, (uint64_t)mutate_pick(seed, 1u << 20) << 12, (uint64_t)mutate_pick(seed, 256) << 12); break;
    default: set_property(blob, node, seed); break;
    }
}

/* Sound in, sound out; 0: the blob was not sound, or has no room. */
static size_t change_soundly(uint8_t *data, size_t size, size_t room, unsigned *seed)
{
    static _Alignas(8) uint8_t copy[ROOM], work[ROOM];

    if (size < sizeof(struct fdt_header) || size > sizeof(copy) / 2)
        return 0;
    memcpy(copy, data, size);
    if (!libfdt_accepts(copy, size) || fdt_open_into(copy, work, sizeof(work)) != 0)
        return 0;
    for (uint32_t changes = 1 + mutate_pick(seed, 4); changes > 0; changes--)
        change_tree(work, seed);
    if (fdt_pack(work) != 0 || fdt_totalsize(work) > room)
        return 0;
    memcpy(data, work, fdt_totalsize(work));
    return fdt_totalsize(work);
}

static void put_cell(uint8_t *at, uint32_t value)
{
    fdt32_st(at, value);
}

/* A cell of the header or of the structure gets a value that some rule compares with. */
static void damage(uint8_t *data, size_t size, unsigned *seed)
{
    uint32_t header = sizeof(struct fdt_header) / 4, cells = (uint32_t)(size / 4);
    uint32_t cell = mutate_pick(seed, 3) == 0 || cells <= header ? mutate_pick(seed, header) : header + mutate_pick(seed, cells - header);
    const uint32_t values[] = {
        FDT_BEGIN_NODE, FDT_END_NODE, FDT_PROP, FDT_NOP, FDT_END, 0, UINT32_MAX, 0x80000000, (uint32_t)size, (uint32_t)size - 4,
        fdt32_ld((const void *)(data + 4 * mutate_pick(seed, header))),
    };
    uint32_t old = fdt32_ld((const void *)(data + 4 * cell));

    put_cell(data + 4 * cell, mutate_pick(seed, 2) == 0 ? PICK_OF(values, seed) : old + mutate_pick(seed, 9) - 4);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size_t sound = 0;

    if (size < sizeof(struct fdt_header) || mutate_pick(&seed, 8) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    if (mutate_pick(&seed, 2) == 0)
        sound = change_soundly(data, size, max_size, &seed);
    if (sound != 0)
        return sound;
    for (uint32_t changes = 1 + mutate_pick(&seed, 2); changes > 0; changes--)
        damage(data, size, &seed);
    return size;
}
