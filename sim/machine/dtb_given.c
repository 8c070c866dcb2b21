/* SPDX-License-Identifier: MIT */
/* A device tree of the user's: judged, and completed as a boot loader does. */
#include <libfdt.h>

#include "machine_priv.h"

#define OLDEST_VERSION 16u /* that the kernel reads; libfdt's own check of older ones follows a null pointer */

static int check(const void *blob, uint64_t size)
{
    if (size < sizeof(struct fdt_header))
        return -FDT_ERR_TRUNCATED;
    if (fdt_magic(blob) == FDT_MAGIC && fdt_version(blob) < OLDEST_VERSION)
        return -FDT_ERR_BADVERSION;
    return fdt_check_full(blob, size);
}

const char *dtb_damage(const void *blob, uint64_t size)
{
    int error = check(blob, size);

    return error == 0 ? NULL : fdt_strerror(error);
}

static int set_initrd(void *blob, int node, uint64_t start, uint64_t end)
{
    if (start == end) {
        (void)fdt_delprop(blob, node, "linux,initrd-start");
        (void)fdt_delprop(blob, node, "linux,initrd-end");
        return 0;
    }
    int error = fdt_setprop_u64(blob, node, "linux,initrd-start", start);
    return error != 0 ? error : fdt_setprop_u64(blob, node, "linux,initrd-end", end);
}

bool dtb_adapt(void *blob, size_t size, uint64_t initrd_start, uint64_t initrd_end)
{
    const char *words = machine.config.append;

    if (fdt_open_into(machine.config.dtb, blob, (int)size) != 0)
        return false;
    int node = fdt_path_offset(blob, "/chosen");
    if (node < 0)
        node = fdt_add_subnode(blob, fdt_path_offset(blob, "/"), "chosen");
    if (node < 0 || set_initrd(blob, node, initrd_start, initrd_end) != 0)
        return false;
    if (words != NULL && words[0] != '\0' && fdt_setprop_string(blob, node, "bootargs", words) != 0)
        return false;
    return fdt_pack(blob) == 0;
}
