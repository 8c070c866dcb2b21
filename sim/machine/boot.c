/* SPDX-License-Identifier: MIT */
/* What a boot loader would do: device tree below the kernel's load address, boot module at the end of RAM. */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include <board.h>
#include <config/config.h>

#include "machine_priv.h"

#define PAGE UINT64_C(4096)
#define DTB_ROOM (UINT64_C(128) << 10)
#define DTB_BASE (BOARD_KERNEL_LOAD - DTB_ROOM)
#define KERNEL_ROOM (CONFIG_POOL_FRAMES * PAGE) /* least RAM that must stay free above the load address */

static uint64_t pages(uint64_t bytes)
{
    return (bytes + PAGE - 1) / PAGE * PAGE;
}

int boot_check(void)
{
    uint64_t need = BOARD_KERNEL_LOAD - BOARD_RAM_BASE + KERNEL_ROOM + pages(machine.config.image_size);

    if (machine.config.boot_ram_size >= need)
        return 0;
    fprintf(stderr, "aegis-sim: %llu KiB of RAM are too little for this image; give at least --memory=%lluM\n",
        (unsigned long long)(machine.config.boot_ram_size >> 10), (unsigned long long)(need >> 20) + 1);
    return 78;
}

static int load_tree(uint64_t initrd_start, uint64_t initrd_end)
{
    uint8_t *dtb = ram_at(DTB_BASE, DTB_ROOM);

    machine.fdt = DTB_BASE;
    if (machine.config.dtb != NULL && !dtb_adapt(dtb, DTB_ROOM, initrd_start, initrd_end)) {
        fprintf(stderr, "aegis-sim: --dtb=%s: the device tree is larger than %llu KiB\n", machine.config.dtb_name,
            (unsigned long long)(DTB_ROOM >> 10));
        return 65;
    }
    if (machine.config.dtb == NULL && !dtb_generate(dtb, DTB_ROOM, initrd_start, initrd_end)) {
        fprintf(stderr, "aegis-sim: the device tree does not fit; shorten --append\n");
        return 64;
    }
    return 0;
}

int boot_load(void)
{
    uint64_t start = BOARD_RAM_BASE + machine.config.boot_ram_size - pages(machine.config.image_size);

    if (machine.config.image_size != 0)
        memcpy(ram_at(start, machine.config.image_size), machine.config.image, machine.config.image_size);
    return load_tree(start, start + machine.config.image_size);
}

const void *machine_dtb(uint64_t *size)
{
    const void *dtb = ram_at(machine.fdt, DTB_ROOM);

    *size = fdt_totalsize(dtb);
    return dtb;
}
