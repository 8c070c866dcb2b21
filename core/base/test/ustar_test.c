/* SPDX-License-Identifier: MIT */
#include <support/random.h>
#include <support/unit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/ustar.h>

#define BLOCK 512

/* The archive under test and how much of it is written. */
static uint8_t archive[64 * BLOCK];
static uint64_t length;

static struct ustar_member member;
static uint64_t pos;

static int setup(void **state)
{
    (void)state;
    memset(archive, 0, sizeof(archive));
    length = 0;
    pos = 0;
    memset(&member, 0, sizeof(member));
    return 0;
}

static void put_checksum(uint8_t *header)
{
    uint32_t sum = 0;

    memset(header + 148, ' ', 8);
    for (int i = 0; i < BLOCK; i++)
        sum += header[i];
    snprintf((char *)header + 148, 8, "%06o", sum);
}

/* Appends a member, as GNU tar writes it, and returns its header. */
static uint8_t *add(const char *name, char type, const void *data, size_t size)
{
    uint8_t *header = archive + length;

    memcpy(header, name, strnlen(name, 100));
    snprintf((char *)header + 100, 8, "%07o", 0644);
    snprintf((char *)header + 124, 12, "%011o", (unsigned)size);
    snprintf((char *)header + 136, 12, "%011o", 0);
    header[156] = (uint8_t)type;
    memcpy(header + 257, "ustar\00000", 8);
    put_checksum(header);
    if (size > 0)
        memcpy(header + BLOCK, data, size);
    length += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
    return header;
}

static void finish(void)
{
    length += 2 * BLOCK;
}

static void empty_archive_has_no_member(void **state)
{
    (void)state;
    finish();
    assert_status(ustar_next(archive, length, &pos, &member), ERR_NOT_FOUND);
}

static void members_in_order_with_their_data(void **state)
{
    (void)state;
    add("manifest", '0', "task 0", 6);
    add("hello.elf", '0', "\177ELF", 4);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_string_equal(member.name, "manifest");
    assert_int_equal(member.size, 6);
    assert_memory_equal(member.data, "task 0", 6);
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_string_equal(member.name, "hello.elf");
    assert_memory_equal(member.data, "\177ELF", 4);
    assert_status(ustar_next(archive, length, &pos, &member), ERR_NOT_FOUND);
}

static void data_is_read_in_place(void **state)
{
    (void)state;
    add("a", '0', "xyz", 3);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_ptr_equal(member.data, archive + BLOCK);
    assert_ptr_equal(member.name, archive);
    assert_int_equal(pos, 2 * BLOCK);
}

static void size_of_0_1_512_and_513(void **state)
{
    static const uint8_t data[513];
    static const uint64_t sizes[] = {0, 1, 512, 513};

    (void)state;
    for (size_t i = 0; i < 4; i++)
        add("f", '0', data, sizes[i]);
    finish();
    for (size_t i = 0; i < 4; i++) {
        assert_ok(ustar_next(archive, length, &pos, &member));
        assert_int_equal(member.size, sizes[i]);
    }
    assert_int_equal(pos, (4 + 0 + 1 + 1 + 2) * BLOCK);
}

static void old_regular_type_is_a_file(void **state)
{
    (void)state;
    add("v7", '\0', "x", 1);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_string_equal(member.name, "v7");
}

static void directories_and_links_are_passed_over(void **state)
{
    (void)state;
    add("dir/", '5', NULL, 0);
    add("link", '2', NULL, 0);
    add("file", '0', "x", 1);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_string_equal(member.name, "file");
}

static void directory_with_a_size_has_no_data(void **state)
{
    uint8_t *dir;

    (void)state;
    dir = add("dir/", '5', NULL, 0);
    snprintf((char *)dir + 124, 12, "%011o", 4096);
    put_checksum(dir);
    dir = add("pipe", '6', NULL, 0);
    snprintf((char *)dir + 124, 12, "%011o", 4096);
    put_checksum(dir);
    add("file", '0', "x", 1);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_string_equal(member.name, "file");
}

static void data_of_unknown_kinds_is_passed_over(void **state)
{
    (void)state;
    add("pax", 'x', "30 mtime=1", 10);
    add("cont", '7', "data", 4);
    add("file", '0', "x", 1);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_string_equal(member.name, "file");
}

static void one_zero_block_ends_the_archive(void **state)
{
    (void)state;
    add("file", '0', "x", 1);
    length += BLOCK;
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_status(ustar_next(archive, length, &pos, &member), ERR_NOT_FOUND);
}

static void nothing_moves_at_the_end(void **state)
{
    (void)state;
    add("file", '0', "x", 1);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_status(ustar_next(archive, length, &pos, &member), ERR_NOT_FOUND);
    assert_int_equal(pos, 2 * BLOCK);
}

static void missing_end_mark_is_truncated(void **state)
{
    (void)state;
    add("file", '0', "x", 1);
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_status(ustar_next(archive, length, &pos, &member), ERR_TAR_TRUNCATED);
}

static void no_bytes_at_all_is_truncated(void **state)
{
    (void)state;
    assert_status(ustar_next(archive, 0, &pos, &member), ERR_TAR_TRUNCATED);
}

static void half_a_header_is_truncated(void **state)
{
    (void)state;
    add("file", '0', NULL, 0);
    assert_status(ustar_next(archive, BLOCK - 1, &pos, &member), ERR_TAR_TRUNCATED);
}

static void data_beyond_the_end_is_truncated(void **state)
{
    uint8_t data[1000] = {1};

    (void)state;
    add("file", '0', data, sizeof(data));
    assert_status(ustar_next(archive, BLOCK + 999, &pos, &member), ERR_TAR_TRUNCATED);
}

static void padding_beyond_the_end_is_truncated(void **state)
{
    (void)state;
    add("file", '0', "x", 1);
    assert_status(ustar_next(archive, 2 * BLOCK - 1, &pos, &member), ERR_TAR_TRUNCATED);
    assert_ok(ustar_next(archive, 2 * BLOCK, &pos, &member));
}

static void largest_size_does_not_overflow(void **state)
{
    uint8_t *header;

    (void)state;
    header = add("file", '0', "x", 1);
    memcpy(header + 124, "777777777777", 12); /* all digits, no terminator */
    put_checksum(header);
    finish();
    assert_status(ustar_next(archive, length, &pos, &member), ERR_TAR_TRUNCATED);
}

static void position_behind_the_end_is_truncated(void **state)
{
    (void)state;
    finish();
    pos = length + 1;
    assert_status(ustar_next(archive, length, &pos, &member), ERR_TAR_TRUNCATED);
}

static void wrong_magic_is_refused(void **state)
{
    uint8_t *header;

    (void)state;
    header = add("file", '0', "x", 1);
    header[261] = 'x';
    put_checksum(header);
    finish();
    assert_status(ustar_next(archive, length, &pos, &member), ERR_TAR_BAD_HEADER);
}

static void gnu_magic_is_accepted(void **state)
{
    uint8_t *header;

    (void)state;
    header = add("file", '0', "x", 1);
    memcpy(header + 257, "ustar  ", 8);
    put_checksum(header);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
}

static void every_changed_byte_fails_the_checksum(void **state)
{
    uint8_t *header;

    (void)state;
    header = add("file", '0', "x", 1);
    finish();
    for (int i = 0; i < BLOCK; i++) {
        if (i >= 148 && i < 156)
            continue;
        header[i] ^= 1;
        pos = 0;
        assert_status(ustar_next(archive, length, &pos, &member), ERR_TAR_BAD_HEADER);
        header[i] ^= 1;
    }
}

static void checksum_counts_bytes_unsigned(void **state)
{
    uint8_t *header;

    (void)state;
    header = add("file", '0', "x", 1);
    header[265] = 0xFF; /* user name */
    put_checksum(header);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
}

static void damaged_size_is_refused(void **state)
{
    static const char *const sizes[] = {"0000000000x", "           ", "-0000000001", "00000000008",
                                        "\200\0\0\0\0\0\0\0\0\0\1"};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint8_t *header;

        setup(state);
        header = add("file", '0', "x", 1);
        memcpy(header + 124, sizes[i], 11);
        put_checksum(header);
        finish();
        assert_status(ustar_next(archive, length, &pos, &member), ERR_TAR_BAD_HEADER);
    }
    memset(archive + 124, ' ', 12); /* to the very end of the field */
    put_checksum(archive);
    pos = 0;
    assert_status(ustar_next(archive, length, &pos, &member), ERR_TAR_BAD_HEADER);
}

static void size_may_be_padded_with_spaces(void **state)
{
    uint8_t *header;

    (void)state;
    header = add("file", '0', "xyz", 3);
    memcpy(header + 124, "         3  ", 12);
    put_checksum(header);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_int_equal(member.size, 3);
}

static void name_of_99_bytes_is_accepted(void **state)
{
    char name[100];

    (void)state;
    memset(name, 'n', 99);
    name[99] = '\0';
    add(name, '0', "x", 1);
    finish();
    assert_ok(ustar_next(archive, length, &pos, &member));
    assert_int_equal(strlen(member.name), 99);
}

static void name_of_100_bytes_is_refused(void **state)
{
    char name[101];

    (void)state;
    memset(name, 'n', 100);
    name[100] = '\0';
    add(name, '0', "x", 1);
    finish();
    assert_status(ustar_next(archive, length, &pos, &member), ERR_TAR_BAD_HEADER);
}

static void empty_name_is_refused(void **state)
{
    (void)state;
    add("", '0', "x", 1);
    finish();
    assert_status(ustar_next(archive, length, &pos, &member), ERR_TAR_BAD_HEADER);
}

static void name_with_a_prefix_is_refused(void **state)
{
    uint8_t *header;

    (void)state;
    header = add("file", '0', "x", 1);
    memcpy(header + 345, "folder", 6);
    put_checksum(header);
    finish();
    assert_status(ustar_next(archive, length, &pos, &member), ERR_TAR_BAD_HEADER);
}

static void find_by_name(void **state)
{
    (void)state;
    add("one", '0', "1", 1);
    add("two", '0', "22", 2);
    add("three", '0', "333", 3);
    finish();
    assert_ok(ustar_find(archive, length, "two", &member));
    assert_memory_equal(member.data, "22", 2);
    assert_int_equal(member.size, 2);
}

static void find_takes_the_first_of_a_name(void **state)
{
    (void)state;
    add("one", '0', "1", 1);
    add("one", '0', "2", 1);
    finish();
    assert_ok(ustar_find(archive, length, "one", &member));
    assert_int_equal(member.data[0], '1');
}

static void find_of_an_absent_name(void **state)
{
    (void)state;
    add("one", '0', "1", 1);
    finish();
    assert_status(ustar_find(archive, length, "on", &member), ERR_NOT_FOUND);
}

static void find_reports_damage_before_the_name(void **state)
{
    uint8_t *header;

    (void)state;
    header = add("one", '0', "1", 1);
    add("two", '0', "2", 1);
    finish();
    header[0] = 'O';
    assert_status(ustar_find(archive, length, "two", &member), ERR_TAR_BAD_HEADER);
}

/* Arbitrary bytes in an exact allocation: the sanitizers see any read outside. */
static void damaged_archives_stay_inside(void **state)
{
    struct test_random random = {6};

    for (int round = 0; round < 3000; round++) {
        uint64_t len;
        uint8_t *copy;

        setup(state);
        add("manifest", '0', "task 0", 6);
        add("dir/", '5', NULL, 0);
        add("hello", '0', archive, 700);
        finish();
        len = test_random_below(&random, (uint32_t)length + 1);
        copy = malloc(len + 1);
        memcpy(copy, archive, len);
        for (uint32_t i = test_random_below(&random, 4); i > 0 && len > 0; i--)
            copy[test_random_below(&random, (uint32_t)len)] = (uint8_t)test_random_next(&random);
        while (ustar_next(copy, len, &pos, &member) == STATUS_OK) {
            assert_true(member.data >= copy && member.data + member.size <= copy + len);
            assert_in_range(pos, 1, len);
        }
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(empty_archive_has_no_member, setup),
        cmocka_unit_test_setup(members_in_order_with_their_data, setup),
        cmocka_unit_test_setup(data_is_read_in_place, setup),
        cmocka_unit_test_setup(size_of_0_1_512_and_513, setup),
        cmocka_unit_test_setup(old_regular_type_is_a_file, setup),
        cmocka_unit_test_setup(directories_and_links_are_passed_over, setup),
        cmocka_unit_test_setup(directory_with_a_size_has_no_data, setup),
        cmocka_unit_test_setup(data_of_unknown_kinds_is_passed_over, setup),
        cmocka_unit_test_setup(one_zero_block_ends_the_archive, setup),
        cmocka_unit_test_setup(nothing_moves_at_the_end, setup),
        cmocka_unit_test_setup(missing_end_mark_is_truncated, setup),
        cmocka_unit_test_setup(no_bytes_at_all_is_truncated, setup),
        cmocka_unit_test_setup(half_a_header_is_truncated, setup),
        cmocka_unit_test_setup(data_beyond_the_end_is_truncated, setup),
        cmocka_unit_test_setup(padding_beyond_the_end_is_truncated, setup),
        cmocka_unit_test_setup(largest_size_does_not_overflow, setup),
        cmocka_unit_test_setup(position_behind_the_end_is_truncated, setup),
        cmocka_unit_test_setup(wrong_magic_is_refused, setup),
        cmocka_unit_test_setup(gnu_magic_is_accepted, setup),
        cmocka_unit_test_setup(every_changed_byte_fails_the_checksum, setup),
        cmocka_unit_test_setup(checksum_counts_bytes_unsigned, setup),
        cmocka_unit_test_setup(damaged_size_is_refused, setup),
        cmocka_unit_test_setup(size_may_be_padded_with_spaces, setup),
        cmocka_unit_test_setup(name_of_99_bytes_is_accepted, setup),
        cmocka_unit_test_setup(name_of_100_bytes_is_refused, setup),
        cmocka_unit_test_setup(empty_name_is_refused, setup),
        cmocka_unit_test_setup(name_with_a_prefix_is_refused, setup),
        cmocka_unit_test_setup(find_by_name, setup),
        cmocka_unit_test_setup(find_takes_the_first_of_a_name, setup),
        cmocka_unit_test_setup(find_of_an_absent_name, setup),
        cmocka_unit_test_setup(find_reports_damage_before_the_name, setup),
        cmocka_unit_test_setup(damaged_archives_stay_inside, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
