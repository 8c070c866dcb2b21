/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <string.h>

#include <x86/acpi.h>

#include "blob.h"

static struct blob blob;
static struct acpi_info info;
static uint32_t tables[16], table_count; /* offsets in the blob */

/* -- Writing tables -- */

static uint32_t table_begin(const char *signature)
{
    put_align(&blob, 16);
    tables[table_count++] = blob.used;
    uint32_t at = blob.used;
    put_text(&blob, signature, 4);
    for (uint32_t i = 4; i < 36; i++)
        put8(&blob, 0);
    return at;
}

static void fix_sum(uint32_t at, uint32_t len, uint32_t field)
{
    uint8_t sum = 0;
    blob.bytes[field] = 0;
    for (uint32_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + blob.bytes[at + i]);
    blob.bytes[field] = (uint8_t)(0x100 - sum);
}

static void table_end(uint32_t at)
{
    patch32(&blob, at + 4, blob.used - at);
    fix_sum(at, blob.used - at, at + 9);
}

static void fill_to(uint32_t end)
{
    while (blob.used < end)
        put8(&blob, 0);
}

static void put_madt(void)
{
    uint32_t at = table_begin("APIC");
    put32(&blob, 0xFEE00000);
    put32(&blob, 1);
    for (uint32_t i = 0; i < 3; i++) { /* the last is not enabled */
        put16(&blob, 0x0800);
        put16(&blob, i << 8 | i);
        put32(&blob, i < 2);
    }
    put16(&blob, 0x0C01);
    put16(&blob, 0);
    put32(&blob, 0xFEC00000);
    put32(&blob, 0);
    put16(&blob, 0x0A02); /* ISA 4 arrives at input 20, low */
    put16(&blob, 0x0400);
    put32(&blob, 20);
    put16(&blob, 0x0F);
    put16(&blob, 0x1009); /* an x2APIC */
    put16(&blob, 0);
    put32(&blob, 7);
    put32(&blob, 1);
    put32(&blob, 7);
    table_end(at);
}

static uint32_t put_dsdt(void)
{
    uint32_t at = table_begin("DSDT");
    put_text(&blob, "\x10\x20garbage_S5_", 13); /* the name without a definition */
    put_text(&blob, "\x08_S5_\x12\x06\x04\x0A\x05\x0A\x06\x00\x00", 14);
    table_end(at);
    return at;
}

static void put_generic(uint32_t space, uint64_t address)
{
    put8(&blob, space);
    put8(&blob, 8);
    put16(&blob, 0);
    put64(&blob, address);
}

static void put_fadt(uint32_t dsdt, uint32_t flags)
{
    uint32_t at = table_begin("FACP");
    fill_to(at + 40);
    put32(&blob, BLOB_BASE + dsdt);
    fill_to(at + 48);
    put32(&blob, 0xB2);
    put8(&blob, 0xF1);
    fill_to(at + 64);
    put32(&blob, 0x604);
    fill_to(at + 76);
    put32(&blob, 0x608);
    fill_to(at + 108);
    put8(&blob, 0x32);
    fill_to(at + 112);
    put32(&blob, flags);
    put_generic(1, 0xCF9);
    put8(&blob, 0x0F);
    fill_to(at + 208);
    put_generic(1, 0x708); /* extended timer */
    fill_to(at + 244);
    put_generic(0, 0xFEA00200);
    fill_to(at + 268);
    table_end(at);
}

static void put_mcfg(void)
{
    uint32_t at = table_begin("MCFG");
    put64(&blob, 0);
    for (uint32_t segment = 2; segment-- > 0;) { /* the second is ours */
        put64(&blob, 0xB0000000);
        put16(&blob, segment);
        put8(&blob, 0);
        put8(&blob, 0xFF);
        put32(&blob, 0);
    }
    table_end(at);
}

static void put_hpet(void)
{
    uint32_t at = table_begin("HPET");
    put32(&blob, 0x8086A201);
    put_generic(0, 0xFED00000);
    fill_to(at + 56);
    table_end(at);
}

/* Root table of the tables so far, and the root pointer at the start of the blob. */
static void put_root(bool wide)
{
    uint32_t count = table_count, at = table_begin(wide ? "XSDT" : "RSDT");
    for (uint32_t i = 0; i < count; i++) {
        put32(&blob, BLOB_BASE + tables[i]);
        if (wide)
            put32(&blob, 0);
    }
    table_end(at);
    memcpy(blob.bytes, "RSD PTR ", 8);
    blob.bytes[15] = wide ? 2 : 0;
    patch32(&blob, 16, wide ? 0 : BLOB_BASE + at);
    patch32(&blob, 20, wide ? 36 : 0);
    patch32(&blob, 24, wide ? BLOB_BASE + at : 0);
    fix_sum(0, 20, 8);
    if (wide)
        fix_sum(0, 36, 32);
}

static int begin(void **state)
{
    (void)state;
    blob = (struct blob){.used = 36};
    table_count = 0;
    return 0;
}

#define FLAGS (1u << 8 | 1u << 10)

static void put_everything(bool wide)
{
    put_madt();
    put_fadt(put_dsdt(), FLAGS);
    put_mcfg();
    put_hpet();
    put_root(wide);
}

static void parse_at(uint32_t size, paddr_t rsdp)
{
    struct phys_window window = blob_window(&blob, size);

    acpi_parse(&window, rsdp, &info);
    blob_free(&window);
}

static void parse(void)
{
    parse_at(blob.used, BLOB_BASE);
}

/* -- Tests -- */

static void expect_everything(void)
{
    assert_true(info.found);
    assert_null(info.problem);
    assert_int_equal(info.cpu_count, 3);
    assert_int_equal(info.apic_id[1], 1);
    assert_int_equal(info.apic_id[2], 7);
    assert_int_equal(info.ioapic_count, 1);
    assert_int_equal(info.isa[4].gsi, 20);
    assert_true(info.isa[4].active_low);
    assert_int_equal(info.isa[8].gsi, 8);
    assert_int_equal(info.pm1a_control.address, 0x604);
    assert_int_equal(info.pm1b_control.address, 0);
    assert_int_equal(info.pm_timer.address, 0x708);
    assert_true(info.pm_timer_32bit);
    assert_int_equal(info.smi_command, 0xB2);
    assert_int_equal(info.acpi_enable, 0xF1);
    assert_int_equal(info.reset.address, 0xCF9);
    assert_int_equal(info.reset_value, 0x0F);
    assert_int_equal(info.century, 0x32);
    assert_int_equal(info.s5_a, 5);
    assert_int_equal(info.s5_b, 6);
    assert_int_equal(info.ecam, 0xB0000000);
    assert_int_equal(info.ecam_last_bus, 255);
    assert_int_equal(info.hpet, 0xFED00000);
    assert_int_equal(info.sleep_control.address, 0);
}

TEST(everything_is_found)
{
    put_everything(true);
    parse();
    expect_everything();
}

TEST(older_root_table)
{
    put_everything(false);
    parse();
    expect_everything();
}

TEST(nothing_is_the_usual_pc)
{
    parse_at(0, 0);
    assert_false(info.found);
    assert_null(info.problem);
    assert_int_equal(info.cpu_count, 0);
    assert_int_equal(info.ioapic_count, 1);
    assert_int_equal(info.ioapic[0].address, 0xFEC00000);
    assert_int_equal(info.isa[1].gsi, 1);
}

TEST(memory_ends_at_every_byte)
{
    put_everything(true);
    for (uint32_t size = 0; size < blob.used; size++) {
        parse_at(size, BLOB_BASE);
        assert_non_null(info.problem);
    }
}

/* Each table in turn claims to be shorter, with a checksum that fits. */
TEST(tables_end_at_every_byte)
{
    put_everything(true);
    for (uint32_t i = 0; i + 1 < table_count; i++) {
        uint32_t at = tables[i], full = get32(&blob.bytes[at + 4]);
        for (uint32_t len = 0; len < full; len++) {
            patch32(&blob, at + 4, len);
            if (len > 9)
                fix_sum(at, len, at + 9);
            parse();
            assert_true(info.found);
        }
        patch32(&blob, at + 4, full);
        fix_sum(at, full, at + 9);
    }
    parse();
    expect_everything();
}

TEST(a_wrong_sum_is_found_in_every_byte)
{
    static const char *const problems[] = {
        "MADT truncated or its checksum wrong", "DSDT truncated or its checksum wrong",
        "FADT truncated or its checksum wrong", "MCFG truncated or its checksum wrong",
        "HPET table truncated or its checksum wrong",
    };

    put_everything(true);
    for (uint32_t i = 0; i + 1 < table_count; i++) {
        uint32_t at = tables[i], len = get32(&blob.bytes[at + 4]);
        for (uint32_t k = 8; k < len; k++) {
            blob.bytes[at + k] ^= 0x10;
            parse();
            assert_string_equal(info.problem, problems[i]);
            blob.bytes[at + k] ^= 0x10;
        }
    }
}

TEST(a_damaged_root_is_told)
{
    put_everything(true);
    for (uint32_t i = 0; i < 20; i++) {
        blob.bytes[i] ^= 1;
        parse();
        assert_false(info.found);
        assert_string_equal(info.problem, "bad root pointer");
        blob.bytes[i] ^= 1;
    }
    for (uint32_t i = 20; i < 36; i++) { /* the newer half is not used then, and there is no older table */
        blob.bytes[i] ^= 1;
        parse();
        assert_false(info.found);
        assert_string_equal(info.problem, "root table truncated or its checksum wrong");
        blob.bytes[i] ^= 1;
    }
}

TEST(any_single_byte_of_a_table_with_a_sum_that_fits)
{
    put_everything(true);
    for (uint32_t i = 0; i < table_count; i++) {
        uint32_t at = tables[i], len = get32(&blob.bytes[at + 4]);
        for (uint32_t k = 0; k < len; k++) {
            uint8_t old = blob.bytes[at + k], sum = blob.bytes[at + 9];
            for (uint32_t value = 0; value < 256; value += 5) {
                blob.bytes[at + k] = (uint8_t)value;
                blob.bytes[at + 9] = k == 9 ? (uint8_t)value : (uint8_t)(sum + old - value);
                parse(); /* a checker watches */
            }
            blob.bytes[at + k] = old;
            blob.bytes[at + 9] = sum;
        }
    }
}

TEST(reduced_hardware_has_a_sleep_register)
{
    put_fadt(put_dsdt(), 1u << 20);
    put_root(true);
    parse();
    assert_int_equal(info.pm1a_control.address, 0);
    assert_int_equal(info.sleep_control.space, ACPI_SPACE_MEMORY);
    assert_int_equal(info.sleep_control.address, 0xFEA00200);
    assert_int_equal(info.reset.address, 0); /* the flag is not set */
}

TEST(madt_entries_are_bounded)
{
    put_madt();
    uint32_t at = tables[0], len = get32(&blob.bytes[at + 4]);
    put_root(true);
    for (uint32_t entry_len = 0; entry_len < 256; entry_len++) {
        blob.bytes[at + 45] = (uint8_t)entry_len;
        fix_sum(at, len, at + 9);
        parse();
        assert_true(entry_len >= 2 || info.problem != NULL);
    }
}

TEST(cpus_are_counted_once_and_kept_within_bounds)
{
    uint32_t at = table_begin("APIC");
    put32(&blob, 0xFEE00000);
    put32(&blob, 1);
    for (uint32_t i = 0; i < 300; i++) { /* 255 is everybody; numbers repeat */
        put16(&blob, 0x0800);
        put16(&blob, (i & 0xFF) << 8);
        put32(&blob, 1);
    }
    table_end(at);
    put_root(true);
    parse();
    assert_true(info.cpu_count > ACPI_CPUS_MAX && info.cpu_count < 300);
    assert_int_equal(info.apic_id[ACPI_CPUS_MAX - 1], ACPI_CPUS_MAX - 1);
}

TEST(the_first_table_of_a_kind_counts)
{
    put_mcfg();
    uint32_t at = table_begin("MCFG");
    put64(&blob, 0);
    put64(&blob, 0xC0000000);
    put64(&blob, 0);
    table_end(at);
    put_root(true);
    parse();
    assert_null(info.problem);
    assert_int_equal(info.ecam, 0xB0000000);
}

TEST(root_pointer_is_searched)
{
    put_everything(false);
    memmove(blob.bytes + 4096, blob.bytes, 36);
    blob.used = BLOB_SIZE;
    struct phys_window window = blob_window(&blob, blob.used);
    assert_int_equal(acpi_scan(&window, BLOB_BASE, BLOB_BASE + BLOB_SIZE), BLOB_BASE);
    assert_int_equal(acpi_scan(&window, BLOB_BASE + 16, BLOB_BASE + BLOB_SIZE), BLOB_BASE + 4096);
    assert_int_equal(acpi_scan(&window, BLOB_BASE + 4112, BLOB_BASE + 2 * BLOB_SIZE), 0);
    blob_free(&window);
}

struct aml {
    const char *bytes;
    uint32_t len;
    bool found;
    uint8_t a, b;
};

TEST(sleep_type_in_aml)
{
    static const struct aml samples[] = {
        {"\x08_S5_\x12\x06\x04\x0A\x05\x0A\x06", 12, true, 5, 6},
        {"\x08\\_S5_\x12\x06\x04\x01\x00\x00\x00", 13, true, 1, 0},
        {"\x08_S5_\x12\x46\x00\x04\x0A\x07\x0A\x07", 13, true, 7, 7}, /* a length of two bytes */
        {"_S5_\x12\x06\x04\x0A\x05\x0A\x06", 11, false, 0, 0},
        {"\x08_S5_\x11\x06\x04\x0A\x05\x0A\x06", 12, false, 0, 0},
        {"\x08_S5_\x12\x06\x04\x0A\x08\x0A\x06", 12, false, 0, 0}, /* no sleep type */
        {"\x08_S5_\x12\x06\x04\x0B\x05\x00\x06", 12, false, 0, 0},
        {"\x08_S4_\x12\x06\x04\x0A\x05\x0A\x06", 12, false, 0, 0},
    };

    for (uint32_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        uint8_t a = 0, b = 0;
        begin(NULL);
        blob.used = 0;
        put_text(&blob, samples[i].bytes, samples[i].len);
        for (uint32_t len = 0; len <= samples[i].len; len++) {
            struct phys_window window = blob_window(&blob, len);
            bool got = acpi_find_s5(window.view, len, &a, &b);
            blob_free(&window);
            assert_true(got == (samples[i].found && len >= samples[i].len - (samples[i].bytes[1] == '\\' ? 2 : 0)));
        }
        assert_int_equal(a, samples[i].a);
        assert_int_equal(b, samples[i].b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everything_is_found, begin),
        cmocka_unit_test_setup(older_root_table, begin),
        cmocka_unit_test_setup(nothing_is_the_usual_pc, begin),
        cmocka_unit_test_setup(memory_ends_at_every_byte, begin),
        cmocka_unit_test_setup(tables_end_at_every_byte, begin),
        cmocka_unit_test_setup(a_wrong_sum_is_found_in_every_byte, begin),
        cmocka_unit_test_setup(a_damaged_root_is_told, begin),
        cmocka_unit_test_setup(any_single_byte_of_a_table_with_a_sum_that_fits, begin),
        cmocka_unit_test_setup(reduced_hardware_has_a_sleep_register, begin),
        cmocka_unit_test_setup(madt_entries_are_bounded, begin),
        cmocka_unit_test_setup(cpus_are_counted_once_and_kept_within_bounds, begin),
        cmocka_unit_test_setup(the_first_table_of_a_kind_counts, begin),
        cmocka_unit_test_setup(root_pointer_is_searched, begin),
        cmocka_unit_test_setup(sleep_type_in_aml, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
