/* SPDX-License-Identifier: MIT */
#include <common/kernel_map.h>

#include <abi/status.h>
#include <arch/cpu.h>
#include <common/fdt_boot.h>
#include <common/port.h>

#define POOL_FRAMES 40u /* 16 GiB of RAM in 2 MiB leaves, and the edges of ranges in pages */
#define RW (ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE)

struct hal_map hal_map KSTATE;
struct hal_range hal_first_ram KSTATE;

/* Inside the image, but not in .kstate: page tables are the machine's state. */
static struct {
    uint8_t frame[POOL_FRAMES][PAGE_SIZE];
} pool __attribute__((aligned(PAGE_SIZE)));

static KSTATE struct {
    uint32_t pool_used;
    uint32_t block_level;
} state;

static status_t pool_alloc(void *ctx, paddr_t *out)
{
    (void)ctx;
    if (state.pool_used == POOL_FRAMES)
        return ERR_NO_MEMORY;
    *out = hal_image_phys(pool.frame[state.pool_used++]);
    return STATUS_OK;
}

static void pool_free(void *ctx, paddr_t pa)
{
    (void)ctx;
    (void)pa; /* only after a failure, which is the end */
}

static const struct frame_source pool_source = {.alloc = pool_alloc, .free = pool_free};

static uint64_t *table_view(void *ctx, paddr_t table)
{
    (void)ctx;
    return hal_direct(table);
}

static struct pt tree(const struct frame_source *frames)
{
    return (struct pt){
        .format = &isa_pt_format, .mem = {.entry = table_view}, .frames = frames, .root = hal_map.root};
}

/* -- What is where -- */

static bool overlaps(struct hal_range a, struct hal_range b)
{
    return a.base < b.base + b.size && b.base < a.base + a.size;
}

static void insert_ram(struct hal_range range)
{
    uint32_t at = hal_map.ram_count;

    for (; at > 0 && hal_map.ram[at - 1].base > range.base; at--)
        hal_map.ram[at] = hal_map.ram[at - 1];
    hal_map.ram[at] = range;
    hal_map.ram_count++;
}

status_t hal_map_add_ram(paddr_t base, uint64_t size)
{
    paddr_t first = base + (PAGE_SIZE - base % PAGE_SIZE) % PAGE_SIZE;
    paddr_t end = (base + size) - (base + size) % PAGE_SIZE;
    struct hal_range range = {first, end - first};

    if (base + size < base)
        return ERR_INVALID_ARGS;
    if (end <= first)
        return STATUS_OK;
    for (uint32_t i = 0; i < hal_map.ram_count; i++) {
        if (overlaps(hal_map.ram[i], range))
            return ERR_INVALID_ARGS;
    }
    for (uint32_t i = 0; i < hal_map.ram_count; i++) {
        if (hal_map.ram[i].base + hal_map.ram[i].size == range.base) {
            hal_map.ram[i].size += range.size;
            return STATUS_OK;
        }
    }
    if (hal_map.ram_count == HAL_RAM_RANGES_MAX)
        return ERR_OUT_OF_RANGE;
    insert_ram(range);
    return STATUS_OK;
}

bool hal_ram_range(uint32_t index, uint64_t *base, uint64_t *size)
{
    if (index >= hal_map.ram_count)
        return false;
    *base = hal_map.ram[index].base;
    *size = hal_map.ram[index].size;
    return true;
}

void hal_map_add_device(paddr_t base, uint64_t size)
{
    if (hal_map.device_count == HAL_DEVICE_RANGES_MAX)
        arch_panic("boot: more device windows than supported");
    hal_map.device[hal_map.device_count++] = (struct hal_range){base, size};
}

void *hal_map_device(paddr_t pa, uint32_t size)
{
    for (uint32_t i = 0; i < hal_map.device_count; i++) {
        uint64_t offset = pa - hal_map.device[i].base;
        if (offset < hal_map.device[i].size && size <= hal_map.device[i].size - offset)
            return hal_direct(pa);
    }
    return NULL;
}

/* -- Building -- */

static void must(status_t status)
{
    if (status == ERR_NO_MEMORY)
        arch_panic("boot: more memory or device windows than supported");
    if (status != STATUS_OK)
        arch_panic("boot: the kernel half does not fit together");
}

/* With the largest leaves that alignment and CPU allow. */
static void map_range(paddr_t from, paddr_t to, uint32_t flags)
{
    struct pt pt = tree(&pool_source);

    while (from < to) {
        uint32_t level = state.block_level;
        while (level > 0 && (from % pt_span(level) != 0 || to - from < pt_span(level)))
            level--;
        must(pt_map_kernel(&pt, ARCH_KERNEL_VBASE + from, from, flags, level));
        from += pt_span(level);
    }
}

/* [from, to) but for what other parts of the map take: the image and its parts. */
static void map_ram_around_image(paddr_t from, paddr_t to)
{
    paddr_t start = hal_image_phys(image_start), end = hal_image_phys(image_end);

    if (end <= from || start >= to) {
        map_range(from, to, RW);
        return;
    }
    if (from < start)
        map_range(from, start, RW);
    if (end < to)
        map_range(end, to, RW);
}

static void map_image(void)
{
    paddr_t text = hal_image_phys(image_start), rodata = hal_image_phys(image_text_end);
    paddr_t data = hal_image_phys(image_rodata_end), end = hal_image_phys(image_end);
    paddr_t guard;

    map_range(text, rodata, 0);
    map_range(rodata, data, ARCH_MAP_NO_EXECUTE);
    for (uint32_t i = 0; port_boot_guard(i, &guard) && guard >= data && guard < end; i++) {
        map_range(data, guard, RW);
        data = guard + PAGE_SIZE;
    }
    map_range(data, end, RW);
}

/* One that the firmware set up; a display of our own lies in a device window. */
static void map_framebuffer(void)
{
    paddr_t base = hal_map.framebuffer.base - hal_map.framebuffer.base % PAGE_SIZE;
    paddr_t end = hal_map.framebuffer.base + hal_map.framebuffer.size;

    if (hal_map.framebuffer.size != 0 && hal_map_device(hal_map.framebuffer.base, 1) == NULL)
        map_range(base, end + (PAGE_SIZE - end % PAGE_SIZE) % PAGE_SIZE, RW | ARCH_MAP_NOCACHE);
}

/* Every space copies the root entries of the kernel half, so the one of the stacks must be there before. */
static void reserve_stack_window(void)
{
    struct pt pt = tree(&pool_source);
    uint64_t *entry = hal_direct(hal_map.root);
    uint32_t index = pt_index(PORT_KSTACK_VBASE, isa_pt_format.levels - 1);
    paddr_t table;

    if (isa_pt_format.is_present(entry[index]))
        return;
    must(pt.frames->alloc(pt.frames->ctx, &table));
    entry[index] = isa_pt_format.make_table(table);
}

paddr_t hal_map_build(uint32_t block_level)
{
    state.block_level = block_level < isa_pt_format.block_level ? block_level : isa_pt_format.block_level;
    must(pool_alloc(NULL, &hal_map.root));
    for (uint32_t i = 0; i < hal_map.ram_count; i++) {
        if (hal_map.ram[i].size > hal_first_ram.size)
            hal_first_ram = hal_map.ram[i];
    }
    for (uint32_t i = 0; i < hal_map.ram_count; i++)
        map_ram_around_image(hal_map.ram[i].base, hal_map.ram[i].base + hal_map.ram[i].size);
    map_image();
    for (uint32_t i = 0; i < hal_map.device_count; i++)
        map_range(hal_map.device[i].base, hal_map.device[i].base + hal_map.device[i].size, RW | ARCH_MAP_NOCACHE);
    map_framebuffer();
    reserve_stack_window();
    return hal_map.root;
}

status_t hal_map_kernel_page(vaddr_t va, paddr_t pa, const struct frame_source *frames)
{
    struct pt pt = tree(frames);

    return pt_map_kernel(&pt, va, pa, RW, 0);
}

status_t hal_map_walk(vaddr_t va, struct pt_leaf *leaf)
{
    struct pt pt = tree(NULL);

    return pt_walk(&pt, va, leaf);
}

/* -- RAM as core sees it -- */

void *hal_phys_ptr_slow(paddr_t pa)
{
    for (uint32_t i = 0; i < hal_map.ram_count; i++) {
        if (pa - hal_map.ram[i].base < hal_map.ram[i].size)
            return hal_direct(pa);
    }
    return pa - hal_map.framebuffer.base < hal_map.framebuffer.size ? hal_direct(pa) : NULL;
}

paddr_t arch_ptr_phys(const void *p)
{
    paddr_t pa = hal_image_phys(p);

    for (uint32_t i = 0; i < hal_map.ram_count; i++) {
        if (pa - hal_map.ram[i].base < hal_map.ram[i].size)
            return pa;
    }
    return 0;
}
