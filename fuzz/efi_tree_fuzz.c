/* SPDX-License-Identifier: MIT */
/*
 * The device tree that the EFI stub writes, for any tree that the reader opens: it stays within its room, whatever that is;
 * what comes out opens again and says what the loader has to say, once. The input is the blob.
 */
#include <string.h>

#include <abi/status.h>
#include <efi/fdt_write.h>

#include "check.h"

/* The three blocks of a hostile blob may lie over each other: a copy has them apart. */
#define ROOM(size) (3 * (size) + EFI_FDT_ROOM)

static const struct efi_ranges ram = {.count = 2, .range = {{0x40000000, 0x8000000}, {0x80000000, 0x1000}}};
static const struct efi_screen screen = {.address = 0x10000000, .size = 0x1000, .width = 8, .height = 8, .stride = 32};

static status_t copy(const struct fdt *from, uint8_t *out, uint32_t size)
{
    struct efi_fdt_edit edit = {
        .bootargs = "seed=1", .initrd_start = 0x41000000, .initrd_end = 0x41001000, .ram = &ram, .screen = &screen};

    return efi_fdt_write(from, &edit, out, size);
}

static void check_copy(const uint8_t *out, uint32_t size)
{
    const char *bootargs;
    uint64_t start;
    struct fdt fdt;

    REQUIRE(fdt_open(&fdt, out, size) == STATUS_OK, "the copy is a sound tree");
    uint32_t chosen = fdt_find_path(&fdt, "/chosen");
    REQUIRE(fdt_prop_string(&fdt, chosen, "bootargs", &bootargs) && strcmp(bootargs, "seed=1") == 0, "the command line");
    REQUIRE(fdt_prop_u64(&fdt, chosen, "linux,initrd-start", &start) && start == 0x41000000, "the task image");
    uint32_t memory = 0;
    for (uint32_t n = fdt_node_child(&fdt, fdt_root(&fdt)); n != FDT_NONE; n = fdt_node_sibling(&fdt, n)) {
        const char *type;
        memory += fdt_prop_string(&fdt, n, "device_type", &type) && strcmp(type, "memory") == 0;
    }
    REQUIRE(memory == 1, "one memory node");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fdt fdt;
    uint32_t room = ROOM((uint32_t)size);
    uint8_t *in = malloc(size > 0 ? size : 1), *out = malloc(room);

    memcpy(in, data, size);
    if (fdt_open(&fdt, in, size) == STATUS_OK) {
        status_t status = copy(&fdt, out, room);
        REQUIRE(status == STATUS_OK || status == ERR_INVALID_ARGS, "there is room enough");
        if (status == STATUS_OK)
            check_copy(out, room);
        uint32_t less = (uint32_t)size;
        uint8_t *tight = malloc(less);
        (void)copy(&fdt, tight, less); /* the sanitizers look */
        free(tight);
    }
    free(in);
    free(out);
    return 0;
}
