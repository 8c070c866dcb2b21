/* SPDX-License-Identifier: MIT */
/* Walking, looking up and reading properties, also in damaged blobs. */
#include "fdt_blob.h"

#include <support/random.h>
#include <support/unit.h>

#include <string.h>

static void nodes_in_the_order_of_the_file(void **state)
{
    static const char *const names[] = {"",       "cpus", "cpu@0",       "cpu@1", "memory@40000000",
                                        "chosen", "soc",  "uart@9000000"};
    static const uint32_t depths[] = {0, 1, 2, 2, 1, 1, 1, 2};
    uint32_t node = fdt_root(&blob.fdt);
    uint32_t depth = 0;

    (void)state;
    for (int i = 0; i < 8; i++) {
        assert_string_equal(fdt_node_name(&blob.fdt, node), names[i]);
        assert_int_equal(depth, depths[i]);
        node = fdt_node_next(&blob.fdt, node, &depth);
    }
    assert_int_equal(node, FDT_NONE);
    assert_int_equal(depth, 2); /* as it was */
}

static void children_and_siblings(void **state)
{
    uint32_t cpus = fdt_node_child(&blob.fdt, fdt_root(&blob.fdt));
    uint32_t cpu0 = fdt_node_child(&blob.fdt, cpus);
    uint32_t cpu1 = fdt_node_sibling(&blob.fdt, cpu0);

    (void)state;
    assert_string_equal(fdt_node_name(&blob.fdt, cpu0), "cpu@0");
    assert_string_equal(fdt_node_name(&blob.fdt, cpu1), "cpu@1");
    assert_int_equal(fdt_node_sibling(&blob.fdt, cpu1), FDT_NONE);
    assert_int_equal(fdt_node_child(&blob.fdt, cpu1), FDT_NONE);
    assert_string_equal(fdt_node_name(&blob.fdt, fdt_node_sibling(&blob.fdt, cpus)), "memory@40000000");
    assert_int_equal(fdt_node_sibling(&blob.fdt, fdt_root(&blob.fdt)), FDT_NONE);
}

/* A last child whose ancestors end with it: the walk leaves several levels at once. */
static void last_descendant_has_no_sibling(void **state)
{
    uint32_t node;

    (void)state;
    blob_begin("");
    blob_begin("a");
    blob_begin("b");
    blob_begin("c");
    blob_end();
    blob_end();
    blob_end();
    blob_begin("z");
    blob_end();
    blob_end();
    blob_token(BLOB_END);
    assert_ok(blob_open());
    node = fdt_find_path(&blob.fdt, "/a/b/c");
    assert_int_not_equal(node, FDT_NONE);
    assert_int_equal(fdt_node_sibling(&blob.fdt, node), FDT_NONE);
    assert_int_equal(fdt_node_sibling(&blob.fdt, fdt_find_path(&blob.fdt, "/z")), FDT_NONE);
    assert_string_equal(fdt_node_name(&blob.fdt, fdt_node_sibling(&blob.fdt, fdt_find_path(&blob.fdt, "/a"))), "z");
}

static void parents(void **state)
{
    uint32_t cpus = fdt_find_path(&blob.fdt, "/cpus");

    (void)state;
    assert_int_equal(fdt_node_parent(&blob.fdt, fdt_find_path(&blob.fdt, "/cpus/cpu@1")), cpus);
    assert_int_equal(fdt_node_parent(&blob.fdt, cpus), fdt_root(&blob.fdt));
    assert_int_equal(fdt_node_parent(&blob.fdt, fdt_root(&blob.fdt)), FDT_NONE);
    assert_int_equal(fdt_node_parent(&blob.fdt, cpus + 4), FDT_NONE);
}

static void no_node_has_nothing(void **state)
{
    struct fdt_prop found;
    uint32_t pos = 0, value;
    uint64_t addr, size;
    const char *text;

    (void)state;
    assert_int_equal(fdt_node_next(&blob.fdt, FDT_NONE, NULL), FDT_NONE);
    assert_int_equal(fdt_node_child(&blob.fdt, FDT_NONE), FDT_NONE);
    assert_int_equal(fdt_node_sibling(&blob.fdt, FDT_NONE), FDT_NONE);
    assert_int_equal(fdt_node_parent(&blob.fdt, FDT_NONE), FDT_NONE);
    assert_string_equal(fdt_node_name(&blob.fdt, FDT_NONE), "");
    assert_false(fdt_prop_next(&blob.fdt, FDT_NONE, &pos, &found));
    assert_false(fdt_prop_u32(&blob.fdt, FDT_NONE, "a", &value));
    assert_false(fdt_prop_string(&blob.fdt, FDT_NONE, "a", &text));
    assert_false(fdt_reg(&blob.fdt, FDT_NONE, 0, &addr, &size));
}

static void path_of_the_root(void **state)
{
    (void)state;
    assert_int_equal(fdt_find_path(&blob.fdt, "/"), fdt_root(&blob.fdt));
}

static void path_with_and_without_unit_address(void **state)
{
    uint32_t uart = fdt_find_path(&blob.fdt, "/soc/uart@9000000");

    (void)state;
    assert_string_equal(fdt_node_name(&blob.fdt, uart), "uart@9000000");
    assert_int_equal(fdt_find_path(&blob.fdt, "/soc/uart"), uart);
    assert_string_equal(fdt_node_name(&blob.fdt, fdt_find_path(&blob.fdt, "/cpus/cpu")), "cpu@0");
    assert_string_equal(fdt_node_name(&blob.fdt, fdt_find_path(&blob.fdt, "/cpus/cpu@1")), "cpu@1");
}

/* A unit address ends a name; it is not cut itself. */
static void path_with_a_part_of_a_unit_address(void **state)
{
    (void)state;
    blob_begin("");
    blob_begin("bus@1@2");
    blob_end();
    blob_end();
    blob_token(BLOB_END);
    assert_ok(blob_open());
    assert_int_equal(fdt_find_path(&blob.fdt, "/bus@1"), FDT_NONE);
    assert_int_equal(fdt_find_path(&blob.fdt, "/bus"), fdt_node_child(&blob.fdt, fdt_root(&blob.fdt)));
}

static void path_that_leads_nowhere(void **state)
{
    static const char *const paths[] = {"",
                                        "chosen",
                                        "/nothing",
                                        "/chosen/x",
                                        "/soc/uart@9",
                                        "/soc/uar",
                                        "/cpus/cpu@2",
                                        "/nothing/cpus",
                                        "/soc/uartx",
                                        "/chosenx",
                                        "/soc/uart@9000000x",
                                        "/memory@",
                                        "/soc/uart@"};

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        assert_int_equal(fdt_find_path(&blob.fdt, paths[i]), FDT_NONE);
}

static void path_with_extra_slashes(void **state)
{
    (void)state;
    assert_int_equal(fdt_find_path(&blob.fdt, "//cpus//cpu@1/"), fdt_find_path(&blob.fdt, "/cpus/cpu@1"));
}

static void compatible_in_the_list(void **state)
{
    uint32_t uart = fdt_find_path(&blob.fdt, "/soc/uart");

    (void)state;
    assert_int_equal(fdt_find_compatible(&blob.fdt, FDT_NONE, "arm,pl011"), uart);
    assert_int_equal(fdt_find_compatible(&blob.fdt, FDT_NONE, "arm,primecell"), uart);
    assert_int_equal(fdt_find_compatible(&blob.fdt, FDT_NONE, "arm,pl0"), FDT_NONE);
    assert_int_equal(fdt_find_compatible(&blob.fdt, FDT_NONE, "primecell"), FDT_NONE);
}

static void compatible_from_the_root_and_behind_a_node(void **state)
{
    (void)state;
    blob_setup(state);
    blob_begin("");
    blob_prop_string("compatible", "x");
    blob_begin("a");
    blob_prop_string("compatible", "x");
    blob_end();
    blob_end();
    blob_token(BLOB_END);
    assert_ok(blob_open());
    assert_int_equal(fdt_find_compatible(&blob.fdt, FDT_NONE, "x"), fdt_root(&blob.fdt));
    assert_int_equal(fdt_find_compatible(&blob.fdt, fdt_root(&blob.fdt), "x"), fdt_find_path(&blob.fdt, "/a"));
    assert_int_equal(fdt_find_compatible(&blob.fdt, fdt_find_path(&blob.fdt, "/a"), "x"), FDT_NONE);
}

static void phandle_lookup(void **state)
{
    (void)state;
    assert_int_equal(fdt_find_phandle(&blob.fdt, 7), fdt_find_path(&blob.fdt, "/cpus/cpu@1"));
    assert_int_equal(fdt_find_phandle(&blob.fdt, 8), FDT_NONE);
}

static void phandles_that_are_none(void **state)
{
    (void)state;
    blob_begin("");
    blob_begin("zero");
    blob_prop_cell("phandle", 0);
    blob_end();
    blob_begin("ones");
    blob_prop_cell("phandle", 0xFFFFFFFF);
    blob_end();
    blob_end();
    blob_token(BLOB_END);
    assert_ok(blob_open());
    assert_int_equal(fdt_find_phandle(&blob.fdt, 0), FDT_NONE);
    assert_int_equal(fdt_find_phandle(&blob.fdt, 0xFFFFFFFF), FDT_NONE);
}

static void properties_in_order(void **state)
{
    uint32_t root = fdt_root(&blob.fdt);
    uint32_t pos = 0;
    struct fdt_prop found;

    (void)state;
    assert_true(fdt_prop_next(&blob.fdt, root, &pos, &found));
    assert_string_equal(found.name, "#address-cells");
    assert_true(fdt_prop_next(&blob.fdt, root, &pos, &found));
    assert_string_equal(found.name, "#size-cells");
    assert_true(fdt_prop_next(&blob.fdt, root, &pos, &found));
    assert_string_equal(found.name, "model");
    assert_int_equal(found.len, 11);
    assert_memory_equal(found.data, "aegis,test", 11);
    assert_false(fdt_prop_next(&blob.fdt, root, &pos, &found));
}

static void property_by_name(void **state)
{
    struct fdt_prop found;

    (void)state;
    assert_true(fdt_prop(&blob.fdt, fdt_root(&blob.fdt), "model", &found));
    assert_int_equal(found.len, 11);
    assert_false(fdt_prop(&blob.fdt, fdt_root(&blob.fdt), "mode", &found));
    assert_false(fdt_prop(&blob.fdt, fdt_root(&blob.fdt), "bootargs", &found)); /* a child's */
}

static void empty_property_is_there(void **state)
{
    struct fdt_prop found;

    (void)state;
    blob_begin("");
    blob_prop("dma-coherent", NULL, 0);
    blob_prop_cell("behind", 3);
    blob_end();
    blob_token(BLOB_END);
    assert_ok(blob_open());
    assert_true(fdt_prop(&blob.fdt, fdt_root(&blob.fdt), "dma-coherent", &found));
    assert_int_equal(found.len, 0);
    assert_true(fdt_prop(&blob.fdt, fdt_root(&blob.fdt), "behind", &found));
}

static int setup_numbers(void **state)
{
    const uint32_t wide[] = {0x01234567, 0x89ABCDEF, 5};

    blob_setup(state);
    blob_begin("");
    blob_prop_cells("one", 1, wide);
    blob_prop_cells("two", 2, wide);
    blob_prop_cells("three", 3, wide);
    blob_prop("bytes", "abc", 3);
    blob_prop("none", NULL, 0);
    blob_prop("list", "first\0second", 13);
    blob_prop("unterminated", "first\0second", 12);
    blob_prop("half", "ab\0cd", 5);
    blob_end();
    blob_token(BLOB_END);
    assert_ok(blob_open());
    return 0;
}

static void number_of_32_bits(void **state)
{
    uint32_t value = 0;

    (void)state;
    assert_true(fdt_prop_u32(&blob.fdt, fdt_root(&blob.fdt), "one", &value));
    assert_int_equal(value, 0x01234567);
    assert_false(fdt_prop_u32(&blob.fdt, fdt_root(&blob.fdt), "two", &value));
    assert_false(fdt_prop_u32(&blob.fdt, fdt_root(&blob.fdt), "bytes", &value));
    assert_false(fdt_prop_u32(&blob.fdt, fdt_root(&blob.fdt), "none", &value));
    assert_false(fdt_prop_u32(&blob.fdt, fdt_root(&blob.fdt), "absent", &value));
}

static void number_of_64_bits(void **state)
{
    uint64_t value = 0;

    (void)state;
    assert_true(fdt_prop_u64(&blob.fdt, fdt_root(&blob.fdt), "two", &value));
    assert_true(value == 0x0123456789ABCDEF);
    assert_true(fdt_prop_u64(&blob.fdt, fdt_root(&blob.fdt), "one", &value));
    assert_true(value == 0x01234567);
    assert_false(fdt_prop_u64(&blob.fdt, fdt_root(&blob.fdt), "three", &value));
    assert_false(fdt_prop_u64(&blob.fdt, fdt_root(&blob.fdt), "bytes", &value));
    assert_false(fdt_prop_u64(&blob.fdt, fdt_root(&blob.fdt), "absent", &value));
}

static void string_property(void **state)
{
    const char *text = NULL;

    (void)state;
    assert_true(fdt_prop_string(&blob.fdt, fdt_root(&blob.fdt), "list", &text));
    assert_string_equal(text, "first");
    assert_false(fdt_prop_string(&blob.fdt, fdt_root(&blob.fdt), "unterminated", &text));
    assert_false(fdt_prop_string(&blob.fdt, fdt_root(&blob.fdt), "none", &text));
    assert_false(fdt_prop_string(&blob.fdt, fdt_root(&blob.fdt), "absent", &text));
}

static void string_list(void **state)
{
    (void)state;
    assert_true(fdt_prop_lists(&blob.fdt, fdt_root(&blob.fdt), "list", "first"));
    assert_true(fdt_prop_lists(&blob.fdt, fdt_root(&blob.fdt), "list", "second"));
    assert_false(fdt_prop_lists(&blob.fdt, fdt_root(&blob.fdt), "list", "econd"));
    assert_false(fdt_prop_lists(&blob.fdt, fdt_root(&blob.fdt), "list", ""));
    assert_false(fdt_prop_lists(&blob.fdt, fdt_root(&blob.fdt), "half", "ab")); /* the list is not terminated */
    assert_false(fdt_prop_lists(&blob.fdt, fdt_root(&blob.fdt), "absent", "first"));
}

static void reg_of_two_and_two_cells(void **state)
{
    uint32_t memory = fdt_find_path(&blob.fdt, "/memory");
    uint64_t addr, size;

    (void)state;
    assert_true(fdt_reg(&blob.fdt, memory, 0, &addr, &size));
    assert_true(addr == 0x40000000 && size == 0x4000000);
    assert_true(fdt_reg(&blob.fdt, memory, 1, &addr, &size));
    assert_true(addr == 0x100000000 && size == 0x200000000);
    assert_false(fdt_reg(&blob.fdt, memory, 2, &addr, &size));
    assert_false(fdt_reg(&blob.fdt, memory, UINT32_MAX, &addr, &size));
}

static void reg_of_one_and_one_cell(void **state)
{
    uint64_t addr, size;

    (void)state;
    assert_true(fdt_reg(&blob.fdt, fdt_find_path(&blob.fdt, "/soc/uart"), 0, &addr, &size));
    assert_true(addr == 0x9000000 && size == 0x1000);
}

static void reg_without_a_size(void **state)
{
    uint64_t addr, size = 9;

    (void)state;
    assert_true(fdt_reg(&blob.fdt, fdt_find_path(&blob.fdt, "/cpus/cpu@1"), 0, &addr, &size));
    assert_true(addr == 1 && size == 0);
}

static void reg_absent(void **state)
{
    uint64_t addr, size;

    (void)state;
    assert_false(fdt_reg(&blob.fdt, fdt_find_path(&blob.fdt, "/chosen"), 0, &addr, &size));
}

/* A node `n` with `count` cells of reg, below a parent of these cells (0xFF: not said). */
static void reg_tree(uint32_t address_cells, uint32_t size_cells, uint32_t count)
{
    const uint32_t cells[8] = {1, 2, 3, 4, 5, 6, 7, 8};

    blob_setup(NULL);
    blob_begin("");
    if (address_cells != 0xFF)
        blob_prop_cell("#address-cells", address_cells);
    if (size_cells != 0xFF)
        blob_prop_cell("#size-cells", size_cells);
    blob_begin("n");
    blob_prop_cells("reg", count, cells);
    blob_end();
    blob_end();
    blob_token(BLOB_END);
    assert_ok(blob_open());
}

static void reg_defaults_are_two_and_one(void **state)
{
    uint64_t addr, size;

    (void)state;
    reg_tree(0xFF, 0xFF, 6);
    assert_true(fdt_reg(&blob.fdt, fdt_find_path(&blob.fdt, "/n"), 1, &addr, &size));
    assert_true(addr == 0x400000005 && size == 6);
}

static void reg_of_odd_length_is_refused(void **state)
{
    uint64_t addr, size;

    (void)state;
    reg_tree(2, 2, 5);
    assert_false(fdt_reg(&blob.fdt, fdt_find_path(&blob.fdt, "/n"), 0, &addr, &size));
}

static void reg_cells_out_of_range(void **state)
{
    static const uint32_t cells[][2] = {{0, 1}, {3, 1}, {1, 3}, {0x40000000, 1}, {1, 0xFFFFFFFF}};
    uint64_t addr, size;

    (void)state;
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        reg_tree(cells[i][0], cells[i][1], 8);
        assert_false(fdt_reg(&blob.fdt, fdt_find_path(&blob.fdt, "/n"), 0, &addr, &size));
    }
    reg_tree(2, 2, 8);
    assert_true(fdt_reg(&blob.fdt, fdt_find_path(&blob.fdt, "/n"), 1, &addr, &size));
}

static void reservations(void **state)
{
    uint64_t addr, size;

    (void)state;
    blob_board();
    blob_put32(BLOB_HEADER + 4, 0x48000000);
    blob_put32(BLOB_HEADER + 12, 0x1000);
    blob_put32(BLOB_HEADER + 16, 1); /* 0x100000000, 0: not the end */
    assert_ok(blob_open());
    assert_true(fdt_reservation(&blob.fdt, 0, &addr, &size));
    assert_true(addr == 0x48000000 && size == 0x1000);
    assert_true(fdt_reservation(&blob.fdt, 1, &addr, &size));
    assert_true(addr == 0x100000000 && size == 0);
    assert_false(fdt_reservation(&blob.fdt, 2, &addr, &size));
    assert_false(fdt_reservation(&blob.fdt, UINT32_MAX, &addr, &size));
}

static void no_reservations(void **state)
{
    uint64_t addr, size;

    (void)state;
    assert_false(fdt_reservation(&blob.fdt, 0, &addr, &size));
}

/* Everything the reader can be asked, about every node. */
static void ask_everything(void)
{
    struct fdt_prop found;
    uint64_t addr, size;

    for (uint32_t node = fdt_root(&blob.fdt); node != FDT_NONE; node = fdt_node_next(&blob.fdt, node, NULL)) {
        uint32_t pos = 0;

        while (fdt_prop_next(&blob.fdt, node, &pos, &found)) {
            assert_true(found.data >= blob.fdt.blob && found.data + found.len <= blob.fdt.blob + blob.fdt.size);
            assert_true(strlen(found.name) < blob.fdt.size);
            (void)fdt_prop_lists(&blob.fdt, node, found.name, "arm,primecell");
        }
        assert_true(strlen(fdt_node_name(&blob.fdt, node)) < blob.fdt.size);
        (void)fdt_reg(&blob.fdt, node, 0, &addr, &size);
        (void)fdt_node_sibling(&blob.fdt, node);
    }
    (void)fdt_find_path(&blob.fdt, "/soc/uart");
    (void)fdt_find_phandle(&blob.fdt, 7);
    for (uint32_t i = 0; fdt_reservation(&blob.fdt, i, &addr, &size); i++)
        ;
}

static void damaged_blobs_stay_inside(void **state)
{
    struct test_random random = {9};
    uint32_t accepted = 0;

    for (int round = 0; round < 20000; round++) {
        blob_setup(state);
        blob_board();
        blob_header();
        for (uint32_t i = 1 + test_random_below(&random, 3); i > 0; i--) {
            uint32_t at = test_random_below(&random, 3) == 0 ? test_random_below(&random, BLOB_HEADER)
                                                             : BLOB_STRUCTS + test_random_below(&random, blob.structs);

            blob.bytes[at] = (uint8_t)test_random_next(&random) >> test_random_below(&random, 8);
        }
        if (blob_open_size(blob_size()) == STATUS_OK) {
            ask_everything();
            accepted++;
        }
    }
    assert_in_range(accepted, 1000, 19000);
}

static void walks_from_any_offset_stay_inside(void **state)
{
    (void)state;
    for (uint32_t at = 0; at < blob.fdt.size + 8; at++) {
        struct fdt_prop found;
        uint32_t pos = 0;

        (void)fdt_node_next(&blob.fdt, at, NULL);
        (void)fdt_node_sibling(&blob.fdt, at);
        assert_true(strlen(fdt_node_name(&blob.fdt, at)) < blob.fdt.size);
        while (fdt_prop_next(&blob.fdt, at, &pos, &found))
            assert_true(found.data + found.len <= blob.fdt.blob + blob.fdt.size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nodes_in_the_order_of_the_file, blob_setup_board),
        cmocka_unit_test_setup(children_and_siblings, blob_setup_board),
        cmocka_unit_test_setup(last_descendant_has_no_sibling, blob_setup),
        cmocka_unit_test_setup(parents, blob_setup_board),
        cmocka_unit_test_setup(no_node_has_nothing, blob_setup_board),
        cmocka_unit_test_setup(path_of_the_root, blob_setup_board),
        cmocka_unit_test_setup(path_with_and_without_unit_address, blob_setup_board),
        cmocka_unit_test_setup(path_with_a_part_of_a_unit_address, blob_setup),
        cmocka_unit_test_setup(path_that_leads_nowhere, blob_setup_board),
        cmocka_unit_test_setup(path_with_extra_slashes, blob_setup_board),
        cmocka_unit_test_setup(compatible_in_the_list, blob_setup_board),
        cmocka_unit_test_setup(compatible_from_the_root_and_behind_a_node, blob_setup),
        cmocka_unit_test_setup(phandle_lookup, blob_setup_board),
        cmocka_unit_test_setup(phandles_that_are_none, blob_setup),
        cmocka_unit_test_setup(properties_in_order, blob_setup_board),
        cmocka_unit_test_setup(property_by_name, blob_setup_board),
        cmocka_unit_test_setup(empty_property_is_there, blob_setup),
        cmocka_unit_test_setup(number_of_32_bits, setup_numbers),
        cmocka_unit_test_setup(number_of_64_bits, setup_numbers),
        cmocka_unit_test_setup(string_property, setup_numbers),
        cmocka_unit_test_setup(string_list, setup_numbers),
        cmocka_unit_test_setup(reg_of_two_and_two_cells, blob_setup_board),
        cmocka_unit_test_setup(reg_of_one_and_one_cell, blob_setup_board),
        cmocka_unit_test_setup(reg_without_a_size, blob_setup_board),
        cmocka_unit_test_setup(reg_absent, blob_setup_board),
        cmocka_unit_test(reg_defaults_are_two_and_one),
        cmocka_unit_test(reg_of_odd_length_is_refused),
        cmocka_unit_test(reg_cells_out_of_range),
        cmocka_unit_test_setup(reservations, blob_setup),
        cmocka_unit_test_setup(no_reservations, blob_setup_board),
        cmocka_unit_test_setup(damaged_blobs_stay_inside, blob_setup),
        cmocka_unit_test_setup(walks_from_any_offset_stay_inside, blob_setup_board),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
