/* SPDX-License-Identifier: MIT */
/*
 * The reader against libfdt, on trees that libfdt builds at random and on one that dtc compiled: every node, every
 * property, every relation and every lookup must agree.
 */
#include <support/random.h>
#include <support/unit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <base/fdt.h>

#define BLOB_SIZE 65536

static uint8_t blob[BLOB_SIZE];
static struct fdt fdt;

/* libfdt counts from the structure block, the reader from the blob. */
static uint32_t from_libfdt(int offset)
{
    return offset < 0 ? FDT_NONE : fdt_off_dt_struct(blob) + (uint32_t)offset;
}

/* Same properties in the same order; by name too, where names are unique. */
static void compare_properties(int theirs, uint32_t ours, bool by_name)
{
    uint32_t pos = 0;
    struct fdt_prop prop;
    int offset;

    fdt_for_each_property_offset(offset, blob, theirs)
    {
        const char *name;
        int len;
        const void *data = fdt_getprop_by_offset(blob, offset, &name, &len);

        assert_true(fdt_prop_next(&fdt, ours, &pos, &prop));
        assert_string_equal(prop.name, name);
        assert_int_equal(prop.len, len);
        assert_ptr_equal(prop.data, data);
        assert_true(!by_name || fdt_prop(&fdt, ours, name, &prop));
        assert_ptr_equal(prop.data, by_name ? fdt_getprop(blob, theirs, name, NULL) : data);
    }
    assert_false(fdt_prop_next(&fdt, ours, &pos, &prop));
}

static void compare_relations(int theirs, uint32_t ours)
{
    char path[512];

    assert_int_equal(fdt_node_child(&fdt, ours), from_libfdt(fdt_first_subnode(blob, theirs)));
    assert_int_equal(fdt_node_sibling(&fdt, ours), from_libfdt(fdt_next_subnode(blob, theirs)));
    assert_int_equal(fdt_node_parent(&fdt, ours), from_libfdt(fdt_parent_offset(blob, theirs)));
    assert_int_equal(fdt_get_path(blob, theirs, path, sizeof(path)), 0);
    assert_int_equal(fdt_find_path(&fdt, path), from_libfdt(fdt_path_offset(blob, path)));
}

static void compare_lookups(int theirs)
{
    int len, parent = fdt_parent_offset(blob, theirs);
    uint32_t phandle = fdt_get_phandle(blob, theirs);
    const char *compatible = fdt_stringlist_get(blob, theirs, "compatible", 0, NULL);
    uint64_t addr, size;

    if (phandle != 0)
        assert_int_equal(fdt_find_phandle(&fdt, phandle), from_libfdt(fdt_node_offset_by_phandle(blob, phandle)));
    if (compatible != NULL) {
        assert_int_equal(fdt_find_compatible(&fdt, FDT_NONE, compatible),
                         from_libfdt(fdt_node_offset_by_compatible(blob, -1, compatible)));
        assert_int_equal(fdt_find_compatible(&fdt, from_libfdt(theirs), compatible),
                         from_libfdt(fdt_node_offset_by_compatible(blob, theirs, compatible)));
    }
    if (parent >= 0 && fdt_getprop(blob, theirs, "reg", &len) != NULL) {
        int cells = fdt_address_cells(blob, parent) + fdt_size_cells(blob, parent);

        for (int i = 0; i < len / 4 / cells; i++)
            assert_true(fdt_reg(&fdt, from_libfdt(theirs), (uint32_t)i, &addr, &size));
        assert_false(fdt_reg(&fdt, from_libfdt(theirs), (uint32_t)(len / 4 / cells), &addr, &size));
    }
}

static void compare_reservations(void)
{
    uint64_t addr, size, their_addr, their_size;
    int count = fdt_num_mem_rsv(blob);

    for (int i = 0; i < count; i++) {
        assert_int_equal(fdt_get_mem_rsv(blob, i, &their_addr, &their_size), 0);
        assert_true(fdt_reservation(&fdt, (uint32_t)i, &addr, &size));
        assert_true(addr == their_addr && size == their_size);
    }
    assert_false(fdt_reservation(&fdt, (uint32_t)count, &addr, &size));
}

/* Both see the same tree in `blob`. */
static void compare(void)
{
    int theirs = 0, their_depth = 0;
    uint32_t ours, depth = 0;

    assert_int_equal(fdt_check_full(blob, BLOB_SIZE), 0);
    assert_ok(fdt_open(&fdt, blob, BLOB_SIZE));
    ours = fdt_root(&fdt);
    while (theirs >= 0 && their_depth >= 0) {
        assert_int_equal(ours, from_libfdt(theirs));
        assert_int_equal(depth, their_depth);
        assert_string_equal(fdt_node_name(&fdt, ours), fdt_get_name(blob, theirs, NULL));
        compare_properties(theirs, ours, true);
        compare_relations(theirs, ours);
        compare_lookups(theirs);
        theirs = fdt_next_node(blob, theirs, &their_depth);
        ours = fdt_node_next(&fdt, ours, &depth);
    }
    assert_int_equal(ours, FDT_NONE);
    compare_reservations();
}

/* ---- random trees ---- */

static void random_properties(struct test_random *random, uint32_t *phandle)
{
    static const char *const names[] = {"a", "status", "interrupts", "clock-frequency", "reg-names"};
    static const char *const compatibles[] = {"arm,pl011", "ns16550a", "arm,primecell"};
    const char *compatible = compatibles[test_random_below(random, 3)];
    uint8_t value[32];

    for (uint32_t i = 0; i < 5; i++) {
        uint32_t len = test_random_below(random, sizeof(value));

        if (test_random_below(random, 2) == 0)
            continue;
        for (uint32_t k = 0; k < len; k++)
            value[k] = (uint8_t)test_random_next(random);
        assert_int_equal(fdt_property(blob, names[i], value, (int)len), 0);
    }
    if (test_random_below(random, 3) == 0)
        fdt_property_string(blob, "compatible", compatible);
    if (test_random_below(random, 3) == 0)
        fdt_property_u32(blob, "phandle", ++*phandle);
    if (test_random_below(random, 4) == 0) {
        fdt_property_u32(blob, "#address-cells", 1 + test_random_below(random, 2));
        fdt_property_u32(blob, "#size-cells", test_random_below(random, 3));
    }
}

static void random_node(struct test_random *random, uint32_t depth, uint32_t *phandle)
{
    uint32_t children = depth < 5 ? test_random_below(random, 5) : 0;

    random_properties(random, phandle);
    for (uint32_t i = 0; i < children; i++) {
        char name[32];
        const char *format = test_random_below(random, 2) ? "node%u@%x" : "node%u";

        snprintf(name, sizeof(name), format, i, test_random_below(random, 0x10000));
        assert_int_equal(fdt_begin_node(blob, name), 0);
        random_node(random, depth + 1, phandle);
        assert_int_equal(fdt_end_node(blob), 0);
    }
}

static void random_trees_agree(void **state)
{
    struct test_random random = {10};

    (void)state;
    for (int round = 0; round < 60; round++) {
        uint32_t phandle = 0;

        assert_int_equal(fdt_create(blob, BLOB_SIZE), 0);
        for (uint32_t i = test_random_below(&random, 4); i > 0; i--)
            fdt_add_reservemap_entry(blob, test_random_next(&random), 1 + test_random_below(&random, 0x10000));
        assert_int_equal(fdt_finish_reservemap(blob), 0);
        assert_int_equal(fdt_begin_node(blob, ""), 0);
        random_node(&random, 0, &phandle);
        assert_int_equal(fdt_end_node(blob), 0);
        assert_int_equal(fdt_finish(blob), 0);
        compare();
    }
}

/* libfdt's editing leaves NOPs, reorders blocks and grows them. */
static void edited_trees_agree(void **state)
{
    int node;

    (void)state;
    assert_int_equal(fdt_create_empty_tree(blob, BLOB_SIZE), 0);
    node = fdt_add_subnode(blob, 0, "soc");
    assert_true(node > 0);
    fdt_setprop_string(blob, node, "compatible", "simple-bus");
    fdt_setprop_u32(blob, node, "gone", 1);
    fdt_setprop_u64(blob, node, "kept", 2);
    fdt_add_subnode(blob, node, "dead");
    fdt_add_subnode(blob, node, "alive@1");
    fdt_add_mem_rsv(blob, 0x1000, 0x2000);
    node = fdt_path_offset(blob, "/soc");
    fdt_nop_property(blob, node, "gone");
    fdt_nop_node(blob, fdt_path_offset(blob, "/soc/dead"));
    compare();
    assert_int_equal(fdt_pack(blob), 0);
    compare();
    assert_int_equal(fdt_find_path(&fdt, "/soc/dead"), FDT_NONE);
    assert_int_not_equal(fdt_find_path(&fdt, "/soc/alive"), FDT_NONE);
}

/* ---- the compiled board ---- */

static int read_board(void **state)
{
    FILE *file = fopen(BOARD_DTB, "rb");

    (void)state;
    assert_non_null(file);
    memset(blob, 0, sizeof(blob));
    assert_true(fread(blob, 1, sizeof(blob), file) > 0);
    fclose(file);
    assert_ok(fdt_open(&fdt, blob, sizeof(blob)));
    return 0;
}

static void compiled_board_agrees(void **state)
{
    (void)state;
    compare();
}

static void compiled_board_says_what_its_source_says(void **state)
{
    uint32_t chosen = fdt_find_path(&fdt, "/chosen");
    uint32_t uart = fdt_find_compatible(&fdt, FDT_NONE, "arm,pl011");
    uint32_t gic;
    const char *text;
    uint64_t addr, size, value;

    (void)state;
    assert_true(fdt_prop_string(&fdt, chosen, "bootargs", &text));
    assert_string_equal(text, "console=uart0 seed=42");
    assert_true(fdt_prop_u64(&fdt, chosen, "linux,initrd-start", &value));
    assert_true(value == 0x48000000);
    assert_true(fdt_prop_u64(&fdt, chosen, "linux,initrd-end", &value));
    assert_true(value == 0x48010000);
    assert_true(fdt_reg(&fdt, fdt_find_path(&fdt, "/memory"), 1, &addr, &size));
    assert_true(addr == 0x100000000 && size == 0x80000000);
    assert_true(fdt_reg(&fdt, uart, 0, &addr, &size));
    assert_true(addr == 0x9000000 && size == 0x1000);
    assert_true(fdt_reservation(&fdt, 0, &addr, &size));
    assert_true(addr == 0x48000000 && size == 0x10000);
    assert_true(fdt_prop_u64(&fdt, fdt_root(&fdt), "interrupt-parent", &value));
    gic = fdt_find_phandle(&fdt, (uint32_t)value);
    assert_string_equal(fdt_node_name(&fdt, gic), "intc@8000000");
}

/* Whatever of a damaged board libfdt finds sound and the reader accepts, both read alike. */
static void damaged_boards_agree_where_both_accept(void **state)
{
    static uint8_t sound[BLOB_SIZE];
    struct test_random random = {11};
    uint32_t both = 0;

    (void)state;
    memcpy(sound, blob, sizeof(sound));
    for (int round = 0; round < 3000; round++) {
        uint32_t at;

        memcpy(blob, sound, sizeof(blob));
        at = fdt_off_dt_struct(blob) + test_random_below(&random, fdt_size_dt_struct(blob));
        blob[at] ^= (uint8_t)(1u << test_random_below(&random, 8));
        if (fdt_check_full(blob, BLOB_SIZE) != 0 || fdt_open(&fdt, blob, BLOB_SIZE) != STATUS_OK)
            continue;
        for (int node = 0; node >= 0; node = fdt_next_node(blob, node, NULL)) {
            assert_string_equal(fdt_node_name(&fdt, from_libfdt(node)), fdt_get_name(blob, node, NULL));
            compare_properties(node, from_libfdt(node), false);
        }
        both++;
    }
    assert_in_range(both, 500, 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_trees_agree),
        cmocka_unit_test(edited_trees_agree),
        cmocka_unit_test_setup(compiled_board_agrees, read_board),
        cmocka_unit_test_setup(compiled_board_says_what_its_source_says, read_board),
        cmocka_unit_test_setup(damaged_boards_agree_where_both_accept, read_board),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
