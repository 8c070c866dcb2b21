/* SPDX-License-Identifier: MIT */
#include "fake.h"

#include <arch/boot.h>
#include <arch/cpu.h>
#include <common/port.h>

#include <string.h>

/* The image: its parts as the linker script of a port gives them. */
__asm__(".data\n"
        ".balign 4096\n"
        ".globl image_start, image_text_end, image_rodata_end, image_end\n"
        "image_start: .zero 3 * 4096\n"
        "image_text_end: .zero 2 * 4096\n"
        "image_rodata_end: .zero 8 * 4096\n"
        "image_end:\n"
        ".text\n");

_Static_assert(IMAGE_TEXT_PAGES == 3 && IMAGE_RODATA_PAGES == 2 && IMAGE_DATA_PAGES == 8, "the image above");

struct fake fake;

/* Tables lie in a pool that is only ever handed out once; what was built is wiped where it is. */
static void wipe_tables(paddr_t table, uint32_t level)
{
    uint64_t *entry = hal_direct(table);

    for (uint32_t i = 0; i < PT_ENTRIES; i++) {
        if (isa_pt_format.is_present(entry[i]) && !isa_pt_format.is_leaf(entry[i], level))
            wipe_tables(isa_pt_format.address(entry[i]), level - 1);
        entry[i] = 0;
    }
}

int fake_setup(void **state)
{
    (void)state;
    memset(__start_kstate, 0, (size_t)(__stop_kstate - __start_kstate));
    memset(&fake, 0, sizeof fake);
    fake.guards = 2;
    return 0;
}

int fake_teardown(void **state)
{
    (void)state;
    if (hal_map.root != 0)
        wipe_tables(hal_map.root, isa_pt_format.levels - 1);
    return 0;
}

paddr_t fake_guard(uint32_t index)
{
    return hal_image_phys(image_rodata_end) + (index == 0 ? 2 : 5) * PAGE_SIZE;
}

struct hal_range fake_image_ram(void)
{
    paddr_t start = hal_image_phys(image_start) & ~(paddr_t)0x1FFFFF;
    paddr_t end = (hal_image_phys(image_end) + 0x1FFFFF) & ~(paddr_t)0x1FFFFF;

    return (struct hal_range){start, end - start};
}

bool port_boot_guard(uint32_t index, paddr_t *guard)
{
    if (index >= fake.guards)
        return false;
    *guard = fake_guard(index);
    return true;
}

void arch_panic(const char *message)
{
    static char copy[256];

    strncpy(copy, message, sizeof copy - 1);
    fake.panic = copy;
    if (fake.catcher == NULL)
        fail_msg("panic: %s", message);
    longjmp(*fake.catcher, 1);
}

void arch_serial_early_init(void)
{
}

void arch_serial_putchar(char c)
{
    size_t len = strlen(fake.console);

    if (len + 1 < sizeof fake.console)
        fake.console[len] = c;
}
