/* SPDX-License-Identifier: MIT */
/* What the machine says of itself: memory map, modules, summary, RAM access, serial line. */
#include <arch/cpu.h>
#include <arch/memory.h>
#include <base/mem.h>
#include <base/string.h>

#include "suite.h"

static void map_is_sorted(void)
{
    CHECK(hal.map_count > 0);
    for (uint32_t i = 0; i < hal.map_count; i++) {
        CHECK(hal.map[i].size > 0);
        CHECK(hal.map[i].base + hal.map[i].size > hal.map[i].base);
        CHECK(i == 0 || hal.map[i - 1].base + hal.map[i - 1].size <= hal.map[i].base);
    }
}

static void map_types_are_known(void)
{
    for (uint32_t i = 0; i < hal.map_count; i++)
        CHECK(hal.map[i].type == BOOT_MMAP_USABLE || hal.map[i].type == BOOT_MMAP_RESERVED);
}

static void map_needs_room(void)
{
    struct boot_mmap_entry map[BOOT_MMAP_MAX];
    uint32_t count = 0;
    CHECK_STATUS(arch_parse_memory_map(hal.info, map, &count), ERR_OUT_OF_RANGE);
    count = hal.map_count - 1;
    CHECK_STATUS(arch_parse_memory_map(hal.info, map, &count), ERR_OUT_OF_RANGE);
    count = hal.map_count;
    CHECK_OK(arch_parse_memory_map(hal.info, map, &count));
    CHECK(count == hal.map_count);
}

static void map_agrees_with_summary(void)
{
    struct hw_summary summary;
    uint64_t usable = 0;
    arch_get_hw_summary(&summary);
    for (uint32_t i = 0; i < hal.map_count; i++)
        usable += hal.map[i].type == BOOT_MMAP_USABLE ? hal.map[i].size : 0;
    CHECK(usable > 0 && usable <= summary.total_ram_bytes);
    CHECK(summary.cpu_count == arch_cpu_count());
    CHECK(str_eq(summary.cmdline, hal.info->cmdline));
    CHECK(summary.framebuffer_available == (hal.info->framebuffer.addr != 0));
}

/* True if no byte of [start, end) is usable RAM. */
static bool not_usable(paddr_t start, paddr_t end)
{
    for (uint32_t i = 0; i < hal.map_count; i++) {
        const struct boot_mmap_entry *e = &hal.map[i];
        if (e->type == BOOT_MMAP_USABLE && start < e->base + e->size && e->base < end)
            return false;
    }
    return true;
}

static void modules_are_reserved(void)
{
    struct boot_module modules[BOOT_MODULES_MAX];
    struct hw_summary summary;
    uint32_t count = BOOT_MODULES_MAX;
    arch_get_hw_summary(&summary);
    CHECK_OK(arch_parse_modules(hal.info, modules, &count));
    CHECK(count == summary.module_count);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(modules[i].start < modules[i].end);
        CHECK(arch_phys_ptr(modules[i].start) != NULL && arch_phys_ptr(modules[i].end - 1) != NULL);
        CHECK(not_usable(modules[i].start, modules[i].end));
        CHECK(i == 0 || modules[i].start >= modules[i - 1].end || modules[i].end <= modules[i - 1].start);
    }
    if (count == 0)
        SKIP("no modules");
    uint32_t room = count - 1;
    CHECK_STATUS(arch_parse_modules(hal.info, modules, &room), ERR_OUT_OF_RANGE);
}

static void device_tree_is_reserved(void)
{
    if (hal.info->fdt == 0)
        SKIP("no device tree");
    CHECK(hal.info->fdt_size > 0);
    CHECK(not_usable(hal.info->fdt, hal.info->fdt + hal.info->fdt_size));
    static const uint8_t magic[4] = {0xD0, 0x0D, 0xFE, 0xED};
    CHECK(memcmp(arch_phys_ptr(hal.info->fdt), magic, sizeof(magic)) == 0);
}

static void command_line_is_text(void)
{
    uint32_t length = 0;
    while (length < BOOT_CMDLINE_MAX && hal.info->cmdline[length] != '\0')
        CHECK((uint8_t)hal.info->cmdline[length++] >= ' ');
    CHECK(length < BOOT_CMDLINE_MAX);
}

static void ram_is_reachable(void)
{
    for (uint32_t i = 0; i < hal.map_count; i++) {
        const struct boot_mmap_entry *e = &hal.map[i];
        if (e->type != BOOT_MMAP_USABLE)
            continue;
        uint8_t *first = arch_phys_ptr(e->base);
        uint8_t *last = arch_phys_ptr(e->base + e->size - 1);
        CHECK(first != NULL && last != NULL);
        CHECK((uint64_t)(last - first) == e->size - 1);
        CHECK(arch_ptr_phys(first) == e->base && arch_ptr_phys(last) == e->base + e->size - 1);
        *last = 0x5A;
        CHECK(*(volatile uint8_t *)last == 0x5A);
    }
}

static void other_addresses_are_not_ram(void)
{
    const struct boot_framebuffer *fb = &hal.info->framebuffer;
    paddr_t start = hal.map[0].base;
    paddr_t end = hal.map[hal.map_count - 1].base + hal.map[hal.map_count - 1].size; /* RAM may have holes */
    CHECK(arch_phys_ptr(~0ull) == NULL);
    CHECK(arch_phys_ptr(1ull << 60) == NULL);
    CHECK(start == 0 || arch_phys_ptr(start - 1) == NULL);
    CHECK(fb->addr == end || arch_phys_ptr(end) == NULL);
    CHECK(arch_ptr_phys(NULL) == 0);
}

static void framebuffer_is_reachable(void)
{
    const struct boot_framebuffer *fb = &hal.info->framebuffer;
    if (fb->addr == 0)
        SKIP("no framebuffer");
    CHECK(fb->bpp == 32 && fb->pitch >= fb->width * 4 && fb->height > 0);
    uint8_t *first = arch_phys_ptr(fb->addr);
    uint8_t *last = arch_phys_ptr(fb->addr + (uint64_t)fb->pitch * fb->height - 1);
    CHECK(first != NULL && last == first + (uint64_t)fb->pitch * fb->height - 1);
    CHECK(not_usable(fb->addr, fb->addr + (uint64_t)fb->pitch * fb->height));
}

static void constants_make_sense(void)
{
    CHECK(ARCH_USER_VBASE < ARCH_USER_VTOP && ARCH_USER_VTOP < ARCH_KERNEL_VBASE);
    CHECK((ARCH_USER_VTOP + 1) % PAGE_SIZE == 0 && ARCH_KERNEL_VBASE % PAGE_SIZE == 0);
    CHECK(ARCH_PT_LEVELS == 3 || ARCH_PT_LEVELS == 4);
    CHECK(ARCH_STACK_SIZE % PAGE_SIZE == 0 && ARCH_STACK_SIZE >= 4 * PAGE_SIZE);
    CHECK(ARCH_KERNEL_LOAD >= ARCH_RAM_BASE);
}

static void cpu_numbers_are_sane(void)
{
    CHECK(arch_cpu_count() >= 1 && arch_cpu_count() <= ARCH_MAX_CPUS);
    CHECK(arch_cpu_id() == 0);
}

static void serial_becomes_idle(void)
{
    /* FIFO bytes at 9600 baud take 17 ms; nothing is slower. */
    hal_wait_milliseconds(20);
    CHECK(arch_serial_idle());
    for (uint32_t i = 0; i < ARCH_SERIAL_FIFO; i++)
        arch_serial_putchar(i + 1 < ARCH_SERIAL_FIFO ? '#' : '\n');
    hal_wait_milliseconds(20);
    CHECK(arch_serial_idle());
}

static const struct hal_test tests[] = {
    {"memory map is sorted and free of overlaps", map_is_sorted},
    {"memory map knows usable and reserved", map_types_are_known},
    {"memory map refuses too little room", map_needs_room},
    {"summary agrees with memory map, CPUs and command line", map_agrees_with_summary},
    {"modules lie in reserved RAM", modules_are_reserved},
    {"device tree lies in reserved RAM", device_tree_is_reserved},
    {"command line is terminated text", command_line_is_text},
    {"RAM is reachable and contiguous", ram_is_reachable},
    {"other addresses are not RAM", other_addresses_are_not_ram},
    {"framebuffer is reachable", framebuffer_is_reachable},
    {"address-space constants make sense", constants_make_sense},
    {"CPU numbers are sane", cpu_numbers_are_sane},
    {"serial line becomes idle", serial_becomes_idle},
};
const struct hal_group hal_boot_group = {tests, ARRAY_LEN(tests)};
