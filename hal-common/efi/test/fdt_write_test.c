/* SPDX-License-Identifier: MIT */
/* The copy is read back by core's reader, which checks every token, and by libfdt. */
#include <support/unit.h>

#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <efi/fdt_write.h>
#include <fdt_blob.h>

#define ROOM 16384u

static struct efi_ranges ram;
static struct efi_screen screen;
static struct efi_fdt_edit edit;
static uint8_t *out;
static struct fdt tree;

static int begin(void **state)
{
    (void)blob_setup(state);
    ram = (struct efi_ranges){.count = 2, .range = {{0x40000000, 0x3000}, {0x123456000, 0x200000}}};
    screen = (struct efi_screen){.address = 0};
    edit = (struct efi_fdt_edit){
        .bootargs = "seed=2 quiet", .initrd_start = 0x41000000, .initrd_end = 0x4100ABCD, .ram = &ram, .screen = &screen};
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(out);
    out = NULL;
    return 0;
}

/* The copy in a buffer of exactly `size` bytes, so that the sanitizers see any access behind it. */
static status_t copy(uint32_t size)
{
    free(out);
    out = malloc(size > 0 ? size : 1);
    return efi_fdt_write(&blob.fdt, &edit, out, size);
}

static void copy_well(void)
{
    assert_ok(blob_open());
    assert_ok(copy(ROOM));
    assert_ok(fdt_open(&tree, out, ROOM));
    assert_int_equal(fdt_check_full(out, ROOM), 0);
}

static void has_string(const char *path, const char *name, const char *value)
{
    const char *found;

    assert_true(fdt_prop_string(&tree, fdt_find_path(&tree, path), name, &found));
    assert_string_equal(found, value);
}

static void has_number(const char *path, const char *name, uint64_t value)
{
    uint64_t found;

    assert_true(fdt_prop_u64(&tree, fdt_find_path(&tree, path), name, &found));
    assert_int_equal(found, value);
}

static uint32_t count_named(const char *path, const char *name)
{
    uint32_t node = fdt_find_path(&tree, path), pos = 0, count = 0;
    struct fdt_prop prop;

    while (fdt_prop_next(&tree, node, &pos, &prop))
        count += strcmp(prop.name, name) == 0;
    return count;
}

TEST(the_loader_speaks_in_chosen)
{
    blob_board();
    copy_well();
    has_string("/chosen", "bootargs", "seed=2 quiet");
    has_number("/chosen", "linux,initrd-start", 0x41000000);
    has_number("/chosen", "linux,initrd-end", 0x4100ABCD);
    assert_int_equal(count_named("/chosen", "bootargs"), 1);
}

TEST(what_is_told_twice_is_replaced)
{
    blob_board();
    assert_ok(blob_open());
    assert_ok(copy(ROOM));
    struct fdt first;
    assert_ok(fdt_open(&first, out, ROOM));
    uint8_t *again = malloc(ROOM);
    edit.bootargs = "";
    edit.initrd_start = 5;
    assert_ok(efi_fdt_write(&first, &edit, again, ROOM));
    assert_ok(fdt_open(&tree, again, ROOM));
    has_string("/chosen", "bootargs", "");
    has_number("/chosen", "linux,initrd-start", 5);
    assert_int_equal(count_named("/chosen", "linux,initrd-start"), 1);
    free(again);
}

TEST(memory_is_what_the_firmware_leaves)
{
    uint64_t base, size;

    blob_board();
    copy_well();
    uint32_t node = fdt_find_path(&tree, "/memory@40000000");
    has_string("/memory@40000000", "device_type", "memory");
    assert_true(fdt_reg(&tree, node, 0, &base, &size));
    assert_int_equal(base, 0x40000000);
    assert_int_equal(size, 0x3000);
    assert_true(fdt_reg(&tree, node, 1, &base, &size));
    assert_int_equal(base, 0x123456000);
    assert_int_equal(size, 0x200000);
    assert_false(fdt_reg(&tree, node, 2, &base, &size));
}

TEST(a_screen_becomes_a_node)
{
    uint64_t base, size;

    screen = (struct efi_screen){.address = 0x10000000, .size = 0x300000, .width = 1024, .height = 768, .stride = 4096,
                                 .format = EFI_PIXEL_BGRX};
    blob_board();
    copy_well();
    uint32_t node = fdt_find_compatible(&tree, FDT_NONE, "simple-framebuffer");
    assert_true(fdt_reg(&tree, node, 0, &base, &size));
    assert_int_equal(base, 0x10000000);
    assert_int_equal(size, 0x300000);
    has_number("/framebuffer@10000000", "width", 1024);
    has_number("/framebuffer@10000000", "height", 768);
    has_number("/framebuffer@10000000", "stride", 4096);
    has_string("/framebuffer@10000000", "format", "x8r8g8b8");
    screen.format = EFI_PIXEL_RGBX;
    copy_well();
    has_string("/framebuffer@10000000", "format", "x8b8g8r8");
}

TEST(a_tree_without_chosen_and_memory)
{
    blob_begin("");
    blob_end();
    blob_token(BLOB_END);
    copy_well();
    has_string("/chosen", "bootargs", "seed=2 quiet");
    assert_int_not_equal(fdt_find_path(&tree, "/memory@40000000"), FDT_NONE);
}

TEST(all_else_is_copied)
{
    struct fdt_prop theirs, ours;
    uint32_t node;

    blob_board();
    blob_put32(28, 0x11); /* boot CPU */
    copy_well();
    for (node = fdt_root(&blob.fdt); node != FDT_NONE; node = fdt_node_next(&blob.fdt, node, NULL)) {
        char path[256];
        uint32_t pos = 0, own_pos = 0;
        int offset = (int)(node - fdt_off_dt_struct(blob.fdt.blob));
        if (strncmp(fdt_node_name(&blob.fdt, node), "memory", 6) == 0 || strcmp(fdt_node_name(&blob.fdt, node), "chosen") == 0)
            continue;
        assert_int_equal(fdt_get_path(blob.fdt.blob, offset, path, sizeof path), 0);
        uint32_t own = fdt_find_path(&tree, path);
        while (fdt_prop_next(&blob.fdt, node, &pos, &theirs)) {
            assert_true(fdt_prop_next(&tree, own, &own_pos, &ours));
            assert_string_equal(ours.name, theirs.name);
            assert_int_equal(ours.len, theirs.len);
            assert_memory_equal(ours.data, theirs.data, theirs.len);
        }
        assert_false(fdt_prop_next(&tree, own, &own_pos, &ours));
    }
    assert_int_equal(fdt_boot_cpuid_phys(out), 0x11);
}

TEST(children_of_a_memory_node_go_with_it)
{
    blob_begin("");
    blob_begin("memory");
    blob_prop_string("device_type", "memory");
    blob_begin("bank");
    blob_end();
    blob_end();
    blob_begin("soc");
    blob_begin("uart");
    blob_end();
    blob_end();
    blob_end();
    blob_token(BLOB_END);
    copy_well();
    assert_int_equal(fdt_find_path(&tree, "/memory/bank"), FDT_NONE);
    assert_int_not_equal(fdt_find_path(&tree, "/soc/uart"), FDT_NONE);
}

TEST(reservations_are_kept)
{
    uint64_t base, size;

    blob_board();
    blob_put32(BLOB_HEADER, 1);
    blob_put32(BLOB_HEADER + 4, 0x2000);
    blob_put32(BLOB_HEADER + 12, 0x3000);
    copy_well();
    assert_true(fdt_reservation(&tree, 0, &base, &size));
    assert_int_equal(base, 0x100002000);
    assert_int_equal(size, 0x3000);
    assert_false(fdt_reservation(&tree, 1, &base, &size));
}

TEST(narrow_cells)
{
    uint64_t base, size;

    blob_begin("");
    blob_prop_cell("#address-cells", 1);
    blob_prop_cell("#size-cells", 1);
    blob_end();
    blob_token(BLOB_END);
    ram = (struct efi_ranges){.count = 1, .range = {{0x80000000, 0x1000}}};
    copy_well();
    assert_true(fdt_reg(&tree, fdt_find_path(&tree, "/memory@80000000"), 0, &base, &size));
    assert_int_equal(base, 0x80000000);
    assert_int_equal(size, 0x1000);
}

TEST(cells_that_hold_no_address)
{
    static const uint32_t cells[][2] = {{0, 1}, {3, 1}, {2, 0}, {2, 3}};

    for (uint32_t i = 0; i < 4; i++) {
        (void)blob_setup(NULL);
        blob_begin("");
        blob_prop_cell("#address-cells", cells[i][0]);
        blob_prop_cell("#size-cells", cells[i][1]);
        blob_end();
        blob_token(BLOB_END);
        assert_ok(blob_open());
        assert_status(copy(ROOM), ERR_INVALID_ARGS);
    }
}

TEST(too_little_room)
{
    blob_board();
    copy_well();
    uint32_t needed = fdt_totalsize(out);
    assert_true(needed < blob_size() + EFI_FDT_ROOM);
    for (uint32_t size = 0; size < needed; size++)
        assert_status(copy(size), ERR_OUT_OF_RANGE);
    assert_ok(copy(needed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_loader_speaks_in_chosen, begin, end),
        cmocka_unit_test_setup_teardown(what_is_told_twice_is_replaced, begin, end),
        cmocka_unit_test_setup_teardown(memory_is_what_the_firmware_leaves, begin, end),
        cmocka_unit_test_setup_teardown(a_screen_becomes_a_node, begin, end),
        cmocka_unit_test_setup_teardown(a_tree_without_chosen_and_memory, begin, end),
        cmocka_unit_test_setup_teardown(all_else_is_copied, begin, end),
        cmocka_unit_test_setup_teardown(children_of_a_memory_node_go_with_it, begin, end),
        cmocka_unit_test_setup_teardown(reservations_are_kept, begin, end),
        cmocka_unit_test_setup_teardown(narrow_cells, begin, end),
        cmocka_unit_test_setup_teardown(cells_that_hold_no_address, begin, end),
        cmocka_unit_test_setup_teardown(too_little_room, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
