/* SPDX-License-Identifier: MIT */
/* Which blobs are accepted: the header, the blocks, the tokens. */
#include "fdt_blob.h"

#include <support/unit.h>

#include <string.h>

static void smallest_tree(void **state)
{
    (void)state;
    blob_begin("");
    blob_end();
    blob_token(BLOB_END);
    assert_ok(blob_open());
    assert_string_equal(fdt_node_name(&blob.fdt, fdt_root(&blob.fdt)), "");
    assert_int_equal(fdt_node_child(&blob.fdt, fdt_root(&blob.fdt)), FDT_NONE);
}

static void room_behind_the_blob_is_ignored(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    assert_ok(blob_open_size(blob_size() + 64));
    assert_int_equal(blob.fdt.size, blob_size());
}

static void bad_magic(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    for (int i = 0; i < 4; i++) {
        blob.bytes[i] ^= 1;
        assert_status(blob_open_size(blob_size()), ERR_FDT_BAD_MAGIC);
        blob.bytes[i] ^= 1;
    }
}

static void shorter_than_a_header(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    assert_status(blob_open_size(0), ERR_FDT_TRUNCATED);
    assert_status(blob_open_size(BLOB_HEADER - 1), ERR_FDT_TRUNCATED);
}

static void shorter_than_its_header_says(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    assert_status(blob_open_size(blob_size() - 1), ERR_FDT_TRUNCATED);
}

static void total_size_below_the_header(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    blob_put32(4, BLOB_HEADER - 1);
    assert_status(blob_open_size(blob_size()), ERR_FDT_TRUNCATED);
}

static void too_old_version(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    blob_put32(20, 15);
    assert_status(blob_open_size(blob_size()), ERR_FDT_BAD_VERSION);
}

static void too_new_version(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    blob_put32(20, 18);
    blob_put32(24, 18);
    assert_status(blob_open_size(blob_size()), ERR_FDT_BAD_VERSION);
}

static void newer_but_compatible_version(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    blob_put32(20, 18);
    blob_put32(24, 17);
    assert_ok(blob_open_size(blob_size()));
}

static void version_16_has_no_structure_size(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    blob_put32(20, 16);
    blob_put32(36, 0xFFFFFFFF);
    assert_ok(blob_open_size(blob_size()));
    assert_int_not_equal(fdt_find_path(&blob.fdt, "/chosen"), FDT_NONE);
}

static void version_17_ends_with_its_structure_size(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    blob_put32(36, blob.structs - 4); /* BLOB_END is outside */
    assert_status(blob_open_size(blob_size()), ERR_FDT_BAD_STRUCT);
}

/* Each block in turn at a place outside the blob or inside the header. */
static void blocks_outside_the_blob(void **state)
{
    static const uint32_t fields[] = {8, 12, 16};

    (void)state;
    blob_board();
    for (int i = 0; i < 3; i++) {
        blob_header();
        blob_put32(fields[i], blob_size() + 4);
        assert_status(blob_open_size(blob_size()), ERR_FDT_TRUNCATED);
        blob_put32(fields[i], 0xFFFFFFF8);
        assert_status(blob_open_size(blob_size()), ERR_FDT_TRUNCATED);
        blob_put32(fields[i], BLOB_HEADER - 4);
        assert_status(blob_open_size(blob_size()), ERR_FDT_TRUNCATED);
    }
}

static void structure_block_outside_in_version_16(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    blob_put32(20, 16);
    blob_put32(8, blob_size() + 4);
    assert_status(blob_open_size(blob_size()), ERR_FDT_TRUNCATED);
}

static void block_sizes_beyond_the_blob(void **state)
{
    static const uint32_t fields[] = {32, 36};

    (void)state;
    blob_board();
    for (int i = 0; i < 2; i++) {
        blob_header();
        blob_put32(fields[i], blob_size());
        assert_status(blob_open_size(blob_size()), ERR_FDT_TRUNCATED);
        blob_put32(fields[i], 0xFFFFFFFF);
        assert_status(blob_open_size(blob_size()), ERR_FDT_TRUNCATED);
    }
}

static void reservations_without_an_end(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    blob_put32(16, blob_size() - 16); /* the last bytes of the blob are text */
    assert_status(blob_open_size(blob_size()), ERR_FDT_TRUNCATED);
    blob_put32(16, blob_size() - 8);
    assert_status(blob_open_size(blob_size()), ERR_FDT_TRUNCATED);
}

static void strings_without_a_nul(void **state)
{
    (void)state;
    blob_board();
    blob_header();
    blob_put32(32, blob.strings - 1);
    assert_status(blob_open_size(blob_size()), ERR_FDT_BAD_STRUCT);
}

static void empty_strings_block(void **state)
{
    (void)state;
    blob_begin("");
    blob_begin("a");
    blob_end();
    blob_end();
    blob_token(BLOB_END);
    assert_ok(blob_open());
}

static void structure_block_not_aligned(void **state)
{
    (void)state;
    blob_board();
    memmove(blob.bytes + BLOB_STRUCTS + 2, blob.bytes + BLOB_STRUCTS, blob.structs);
    blob_header();
    blob_put32(8, BLOB_STRUCTS + 2);
    assert_status(blob_open_size(blob_size()), ERR_FDT_BAD_STRUCT);
}

static void empty_structure_block(void **state)
{
    (void)state;
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void no_root(void **state)
{
    (void)state;
    blob_token(BLOB_END);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void two_roots(void **state)
{
    (void)state;
    blob_begin("");
    blob_end();
    blob_begin("");
    blob_end();
    blob_token(BLOB_END);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void unknown_token(void **state)
{
    (void)state;
    blob_begin("");
    blob_token(5);
    blob_end();
    blob_token(BLOB_END);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void node_not_closed(void **state)
{
    (void)state;
    blob_begin("");
    blob_begin("a");
    blob_end();
    blob_token(BLOB_END);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void node_closed_twice(void **state)
{
    (void)state;
    blob_begin("");
    blob_end();
    blob_end();
    blob_token(BLOB_END);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void no_end_token(void **state)
{
    (void)state;
    blob_begin("");
    blob_end();
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void property_outside_the_root(void **state)
{
    (void)state;
    blob_prop_cell("a", 1);
    blob_begin("");
    blob_end();
    blob_token(BLOB_END);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void property_behind_a_child(void **state)
{
    (void)state;
    blob_begin("");
    blob_begin("a");
    blob_end();
    blob_prop_cell("late", 1);
    blob_end();
    blob_token(BLOB_END);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void property_behind_the_root(void **state)
{
    (void)state;
    blob_begin("");
    blob_end();
    blob_prop_cell("late", 1);
    blob_token(BLOB_END);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void node_name_without_a_nul(void **state)
{
    (void)state;
    blob_begin("");
    blob_token(BLOB_BEGIN_NODE);
    blob_bytes("abcdefgh", 8);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void node_name_whose_padding_is_missing(void **state)
{
    (void)state;
    blob_begin("");
    blob_token(BLOB_BEGIN_NODE);
    blob_bytes("a", 2);
    blob.structs -= 2;
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void property_header_cut_off(void **state)
{
    (void)state;
    blob_begin("");
    blob_token(BLOB_PROP);
    blob_token(0);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void property_value_too_long(void **state)
{
    (void)state;
    blob_begin("");
    blob_prop_cell("a", 1);
    blob_end();
    blob_token(BLOB_END);
    blob_put32(BLOB_STRUCTS + 12, 20); /* its length: to behind the block */
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
    blob_put32(BLOB_STRUCTS + 12, 0xFFFFFFFF);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void property_name_outside_the_strings(void **state)
{
    (void)state;
    blob_begin("");
    blob_prop_cell("a", 1);
    blob_end();
    blob_token(BLOB_END);
    blob_put32(BLOB_STRUCTS + 16, blob.strings - 1);
    assert_ok(blob_open()); /* the empty name, but inside */
    blob_put32(BLOB_STRUCTS + 16, blob.strings);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
    blob_put32(BLOB_STRUCTS + 16, 0xFFFFFFFF);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void deepest_nesting(void **state)
{
    uint32_t node;

    (void)state;
    for (uint32_t i = 0; i <= FDT_DEPTH_MAX; i++)
        blob_begin(i == 0 ? "" : "n");
    for (uint32_t i = 0; i <= FDT_DEPTH_MAX; i++)
        blob_end();
    blob_token(BLOB_END);
    assert_ok(blob_open());
    node = fdt_root(&blob.fdt);
    for (uint32_t i = 0; i < FDT_DEPTH_MAX; i++) {
        uint32_t child = fdt_node_child(&blob.fdt, node);

        assert_int_equal(fdt_node_parent(&blob.fdt, child), node);
        node = child;
    }
    assert_int_equal(fdt_node_child(&blob.fdt, node), FDT_NONE);
    assert_int_equal(fdt_node_sibling(&blob.fdt, node), FDT_NONE);
}

static void too_deep_nesting(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= FDT_DEPTH_MAX + 1; i++)
        blob_begin(i == 0 ? "" : "n");
    for (uint32_t i = 0; i <= FDT_DEPTH_MAX + 1; i++)
        blob_end();
    blob_token(BLOB_END);
    assert_status(blob_open(), ERR_FDT_BAD_STRUCT);
}

static void nops_are_nothing(void **state)
{
    uint32_t node, value;

    (void)state;
    blob_token(BLOB_NOP);
    blob_begin("");
    blob_token(BLOB_NOP);
    blob_prop_cell("a", 1);
    blob_token(BLOB_NOP);
    blob_prop_cell("b", 2);
    blob_token(BLOB_NOP);
    blob_begin("child");
    blob_token(BLOB_NOP);
    blob_end();
    blob_token(BLOB_NOP);
    blob_begin("other");
    blob_end();
    blob_end();
    blob_token(BLOB_NOP);
    blob_token(BLOB_END);
    assert_ok(blob_open());
    assert_true(fdt_prop_u32(&blob.fdt, fdt_root(&blob.fdt), "b", &value));
    assert_int_equal(value, 2);
    node = fdt_node_child(&blob.fdt, fdt_root(&blob.fdt));
    assert_string_equal(fdt_node_name(&blob.fdt, node), "child");
    assert_string_equal(fdt_node_name(&blob.fdt, fdt_node_sibling(&blob.fdt, node)), "other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(smallest_tree, blob_setup),
        cmocka_unit_test_setup(room_behind_the_blob_is_ignored, blob_setup),
        cmocka_unit_test_setup(bad_magic, blob_setup),
        cmocka_unit_test_setup(shorter_than_a_header, blob_setup),
        cmocka_unit_test_setup(shorter_than_its_header_says, blob_setup),
        cmocka_unit_test_setup(total_size_below_the_header, blob_setup),
        cmocka_unit_test_setup(too_old_version, blob_setup),
        cmocka_unit_test_setup(too_new_version, blob_setup),
        cmocka_unit_test_setup(newer_but_compatible_version, blob_setup),
        cmocka_unit_test_setup(version_16_has_no_structure_size, blob_setup),
        cmocka_unit_test_setup(version_17_ends_with_its_structure_size, blob_setup),
        cmocka_unit_test_setup(blocks_outside_the_blob, blob_setup),
        cmocka_unit_test_setup(structure_block_outside_in_version_16, blob_setup),
        cmocka_unit_test_setup(block_sizes_beyond_the_blob, blob_setup),
        cmocka_unit_test_setup(reservations_without_an_end, blob_setup),
        cmocka_unit_test_setup(strings_without_a_nul, blob_setup),
        cmocka_unit_test_setup(empty_strings_block, blob_setup),
        cmocka_unit_test_setup(structure_block_not_aligned, blob_setup),
        cmocka_unit_test_setup(empty_structure_block, blob_setup),
        cmocka_unit_test_setup(no_root, blob_setup),
        cmocka_unit_test_setup(two_roots, blob_setup),
        cmocka_unit_test_setup(unknown_token, blob_setup),
        cmocka_unit_test_setup(node_not_closed, blob_setup),
        cmocka_unit_test_setup(node_closed_twice, blob_setup),
        cmocka_unit_test_setup(no_end_token, blob_setup),
        cmocka_unit_test_setup(property_outside_the_root, blob_setup),
        cmocka_unit_test_setup(property_behind_a_child, blob_setup),
        cmocka_unit_test_setup(property_behind_the_root, blob_setup),
        cmocka_unit_test_setup(node_name_without_a_nul, blob_setup),
        cmocka_unit_test_setup(node_name_whose_padding_is_missing, blob_setup),
        cmocka_unit_test_setup(property_header_cut_off, blob_setup),
        cmocka_unit_test_setup(property_value_too_long, blob_setup),
        cmocka_unit_test_setup(property_name_outside_the_strings, blob_setup),
        cmocka_unit_test_setup(deepest_nesting, blob_setup),
        cmocka_unit_test_setup(too_deep_nesting, blob_setup),
        cmocka_unit_test_setup(nops_are_nothing, blob_setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
