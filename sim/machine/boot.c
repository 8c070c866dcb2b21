/* SPDX-License-Identifier: MIT */
/* What a boot loader would do: device tree below the kernel's load address, boot module at the end of RAM. */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include <board.h>

#include "machine_priv.h"

#define PAGE UINT64_C(4096)
#define DTB_ROOM (UINT64_C(128) << 10)
#define DTB_BASE (BOARD_KERNEL_LOAD - DTB_ROOM)
#define KERNEL_ROOM (UINT64_C(1) << 20) /* least RAM that must stay free above the load address */

static int too_small(uint64_t need)
{
    fprintf(stderr, "aegis-sim: --memory: %llu KiB is too little; the machine needs at least %llu KiB with this image\n",
        (unsigned long long)(machine.config.ram_size >> 10), (unsigned long long)(need >> 10));
    return 78;
}

/* What is wrong with the device tree that was given, or NULL. */
static const char *dtb_defect(void)
{
    if (machine.config.dtb_size > DTB_ROOM)
        return "larger than 128 KiB";
    int error = fdt_check_full(machine.config.dtb, machine.config.dtb_size);
    return error == 0 ? NULL : fdt_strerror(error);
}

int boot_load(void)
{
    uint64_t image = (machine.config.image_size + PAGE - 1) / PAGE * PAGE;
    uint64_t end = BOARD_RAM_BASE + machine.config.ram_size;
    uint64_t need = BOARD_KERNEL_LOAD - BOARD_RAM_BASE + KERNEL_ROOM + image;

    if (machine.config.ram_size < need)
        return too_small(need);
    uint64_t start = end - image;
    if (image != 0)
        memcpy(ram_at(start, image), machine.config.image, machine.config.image_size);

    uint8_t *dtb = ram_at(DTB_BASE, DTB_ROOM);
    if (machine.config.dtb != NULL) {
        const char *wrong = dtb_defect();
        if (wrong != NULL) {
            fprintf(stderr, "aegis-sim: --dtb: not a device tree that can be booted: %s\n", wrong);
            return 65;
        }
        memcpy(dtb, machine.config.dtb, machine.config.dtb_size);
    } else if (dtb_generate(dtb, DTB_ROOM, start, start + machine.config.image_size) == 0) {
        fprintf(stderr, "aegis-sim: the device tree does not fit; shorten --append\n");
        return 64;
    }
    machine.fdt = DTB_BASE;
    return 0;
}
