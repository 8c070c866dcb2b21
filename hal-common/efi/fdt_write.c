/* SPDX-License-Identifier: MIT */
/*
 * The structure block is written token by token while the reader walks the original; new nodes become the last children
 * of the root. The original's strings keep their offsets, the names of new properties stand behind them.
 */
#include <efi/fdt_write.h>

#include <abi/status.h>
#include <base/format.h>
#include <base/mem.h>
#include <base/string.h>

#define MAGIC              0xD00DFEEDu
#define VERSION            17u
#define COMPATIBLE_VERSION 16u
#define RESERVATION_SIZE   16u
#define CELL               4u
#define NAME_MAX           48u

enum token { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, END = 9 };

/* Offsets in the header. */
enum header {
    H_MAGIC = 0,
    H_TOTAL_SIZE = 4,
    H_STRUCTS = 8,
    H_STRINGS = 12,
    H_RESERVATIONS = 16,
    H_VERSION = 20,
    H_COMPATIBLE_VERSION = 24,
    H_BOOT_CPU = 28,
    H_STRINGS_SIZE = 32,
    H_STRUCTS_SIZE = 36,
    HEADER_SIZE = 40,
};

struct writer {
    const struct fdt *from;
    const struct efi_fdt_edit *edit;
    uint8_t *out;
    uint32_t used, size;
    uint32_t address_cells, size_cells; /* of the root */
    bool full;
};

/* Names of new properties; a name is its offset behind the original's strings. */
static const char new_names[] = "bootargs\0linux,initrd-start\0linux,initrd-end\0device_type\0reg\0compatible\0width\0"
                                "height\0stride\0format";

static uint32_t new_name(const struct writer *w, const char *name)
{
    uint32_t at = 0;

    while (!str_eq(new_names + at, name))
        at += (uint32_t)str_len(new_names + at) + 1;
    return w->from->strings_end - w->from->strings + at;
}

static void put(struct writer *w, const void *data, uint32_t size)
{
    if (w->full || size > w->size - w->used) {
        w->full = true;
        return;
    }
    memcpy(w->out + w->used, data, size);
    w->used += size;
}

static void store_cell(uint8_t *to, uint32_t value)
{
    for (uint32_t i = 0; i < CELL; i++)
        to[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put_cell(struct writer *w, uint32_t value)
{
    uint8_t cell[CELL];

    store_cell(cell, value);
    put(w, cell, sizeof cell);
}

static void put_double_cell(struct writer *w, uint64_t value)
{
    put_cell(w, (uint32_t)(value >> 32));
    put_cell(w, (uint32_t)value);
}

static void align(struct writer *w)
{
    static const uint8_t zero[CELL];

    put(w, zero, (CELL - w->used % CELL) % CELL);
}

static void begin_prop(struct writer *w, uint32_t name, uint32_t size)
{
    put_cell(w, PROP);
    put_cell(w, size);
    put_cell(w, name);
}

static void put_prop(struct writer *w, uint32_t name, const void *data, uint32_t size)
{
    begin_prop(w, name, size);
    put(w, data, size);
    align(w);
}

static void put_string(struct writer *w, const char *name, const char *text)
{
    put_prop(w, new_name(w, name), text, (uint32_t)str_len(text) + 1);
}

static void put_u32(struct writer *w, const char *name, uint32_t value)
{
    begin_prop(w, new_name(w, name), CELL);
    put_cell(w, value);
}

static void put_u64(struct writer *w, const char *name, uint64_t value)
{
    begin_prop(w, new_name(w, name), 2 * CELL);
    put_double_cell(w, value);
}

static void put_cells(struct writer *w, uint64_t value, uint32_t cells)
{
    if (cells == 2)
        put_double_cell(w, value);
    else
        put_cell(w, (uint32_t)value);
}

static void begin_reg(struct writer *w, uint32_t entries)
{
    begin_prop(w, new_name(w, "reg"), entries * CELL * (w->address_cells + w->size_cells));
}

static void begin_node(struct writer *w, const char *name)
{
    put_cell(w, BEGIN_NODE);
    put(w, name, (uint32_t)str_len(name) + 1);
    align(w);
}

/* -- What is new -- */

static void put_memory(struct writer *w)
{
    const struct efi_ranges *ram = w->edit->ram;
    char name[NAME_MAX];

    if (ram->count == 0)
        return;
    (void)format(name, sizeof name, "memory@%llx", (unsigned long long)ram->range[0].base);
    begin_node(w, name);
    put_string(w, "device_type", "memory");
    begin_reg(w, ram->count);
    for (uint32_t i = 0; i < ram->count; i++) {
        put_cells(w, ram->range[i].base, w->address_cells);
        put_cells(w, ram->range[i].size, w->size_cells);
    }
    put_cell(w, END_NODE);
}

static void put_screen(struct writer *w)
{
    const struct efi_screen *screen = w->edit->screen;
    char name[NAME_MAX];

    if (screen->address == 0)
        return;
    (void)format(name, sizeof name, "framebuffer@%llx", (unsigned long long)screen->address);
    begin_node(w, name);
    put_string(w, "compatible", "simple-framebuffer");
    begin_reg(w, 1);
    put_cells(w, screen->address, w->address_cells);
    put_cells(w, screen->size, w->size_cells);
    put_u32(w, "width", screen->width);
    put_u32(w, "height", screen->height);
    put_u32(w, "stride", screen->stride);
    put_string(w, "format", screen->format == EFI_PIXEL_BGRX ? "x8r8g8b8" : "x8b8g8r8");
    put_cell(w, END_NODE);
}

static void put_chosen(struct writer *w)
{
    put_string(w, "bootargs", w->edit->bootargs);
    put_u64(w, "linux,initrd-start", w->edit->initrd_start);
    put_u64(w, "linux,initrd-end", w->edit->initrd_end);
}

static void put_new_nodes(struct writer *w)
{
    if (fdt_find_path(w->from, "/chosen") == FDT_NONE) {
        begin_node(w, "chosen");
        put_chosen(w);
        put_cell(w, END_NODE);
    }
    put_memory(w);
    put_screen(w);
}

/* -- What is copied -- */

static bool is_replaced(const char *name)
{
    return str_eq(name, "bootargs") || str_eq(name, "linux,initrd-start") || str_eq(name, "linux,initrd-end");
}

static bool is_memory(const struct fdt *fdt, uint32_t node)
{
    const char *type;

    return fdt_prop_string(fdt, node, "device_type", &type) && str_eq(type, "memory");
}

static void copy_node(struct writer *w, uint32_t node, bool chosen)
{
    struct fdt_prop prop;
    uint32_t pos = 0;

    begin_node(w, fdt_node_name(w->from, node));
    while (fdt_prop_next(w->from, node, &pos, &prop)) {
        if (!chosen || !is_replaced(prop.name))
            put_prop(w, (uint32_t)((const uint8_t *)prop.name - w->from->blob) - w->from->strings, prop.data, prop.len);
    }
    if (chosen)
        put_chosen(w);
}

/* Every node; `open` are begun and not ended. A memory node has no children worth keeping. */
static void copy_nodes(struct writer *w)
{
    uint32_t chosen = fdt_find_path(w->from, "/chosen");
    uint32_t depth = 0, open = 0;
    uint32_t skipped = FDT_DEPTH_MAX + 2; /* depth of the memory node in which we are */

    for (uint32_t n = fdt_root(w->from); n != FDT_NONE; n = fdt_node_next(w->from, n, &depth)) {
        if (depth > skipped)
            continue;
        skipped = depth > 0 && is_memory(w->from, n) ? depth : FDT_DEPTH_MAX + 2;
        if (skipped == depth)
            continue;
        for (; open > depth; open--)
            put_cell(w, END_NODE);
        copy_node(w, n, n == chosen);
        open++;
    }
    for (; open > 1; open--)
        put_cell(w, END_NODE);
    put_new_nodes(w);
    put_cell(w, END_NODE);
    put_cell(w, END);
}

static void copy_reservations(struct writer *w)
{
    uint64_t base, size;

    for (uint32_t i = 0; fdt_reservation(w->from, i, &base, &size); i++) {
        put_double_cell(w, base);
        put_double_cell(w, size);
    }
    put_double_cell(w, 0);
    put_double_cell(w, 0);
}

static bool read_cells(struct writer *w)
{
    uint32_t root = fdt_root(w->from);

    w->address_cells = 2;
    w->size_cells = 1;
    (void)fdt_prop_u32(w->from, root, "#address-cells", &w->address_cells);
    (void)fdt_prop_u32(w->from, root, "#size-cells", &w->size_cells);
    return w->address_cells - 1 < 2 && w->size_cells - 1 < 2;
}

status_t efi_fdt_write(const struct fdt *from, const struct efi_fdt_edit *edit, void *out, uint32_t size)
{
    struct writer w = {.from = from, .edit = edit, .out = out, .used = HEADER_SIZE, .size = size};
    uint8_t *header = out;
    uint32_t structs, strings;

    if (size < HEADER_SIZE)
        return ERR_OUT_OF_RANGE;
    if (!read_cells(&w))
        return ERR_INVALID_ARGS;
    memset(header, 0, HEADER_SIZE);
    store_cell(header + H_RESERVATIONS, w.used);
    copy_reservations(&w);
    structs = w.used;
    copy_nodes(&w);
    strings = w.used;
    put(&w, from->blob + from->strings, from->strings_end - from->strings);
    put(&w, new_names, sizeof new_names);
    if (w.full)
        return ERR_OUT_OF_RANGE;
    store_cell(header + H_MAGIC, MAGIC);
    store_cell(header + H_TOTAL_SIZE, w.used);
    store_cell(header + H_STRUCTS, structs);
    store_cell(header + H_STRINGS, strings);
    store_cell(header + H_VERSION, VERSION);
    store_cell(header + H_COMPATIBLE_VERSION, COMPATIBLE_VERSION);
    memcpy(header + H_BOOT_CPU, from->blob + H_BOOT_CPU, CELL);
    store_cell(header + H_STRINGS_SIZE, w.used - strings);
    store_cell(header + H_STRUCTS_SIZE, strings - structs);
    return STATUS_OK;
}
