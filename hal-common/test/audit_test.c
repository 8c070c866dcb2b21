/* SPDX-License-Identifier: MIT */
/* The audit of the live tables: it accepts what hal_map_build() makes, and finds each single thing that is wrong. */
#include "fake.h"

#include <stdio.h>
#include <string.h>

#define FAR 0x100000000000ull

static int build(void **state)
{
    struct hal_range ram = fake_image_ram();

    (void)fake_setup(state);
    if (hal_map_add_ram(ram.base, ram.size) != STATUS_OK)
        return -1;
    hal_map_add_device(FAR, 0x3000);
    (void)hal_map_build(2);
    return 0;
}

/* The entry of the kernel's address of `pa`. */
static uint64_t *entry_of(paddr_t pa)
{
    paddr_t table = hal_map.root;
    uint32_t level = isa_pt_format.levels - 1;

    for (;; level--) {
        uint64_t *entry = (uint64_t *)hal_direct(table) + pt_index(ARCH_KERNEL_VBASE + pa, level);
        if (!isa_pt_format.is_present(*entry) || isa_pt_format.is_leaf(*entry, level))
            return entry;
        table = isa_pt_format.address(*entry);
    }
}

static void set_rights(paddr_t pa, uint32_t flags)
{
    *entry_of(pa) = isa_pt_format.make_leaf(pa, flags, 0);
}

static void expect_wrong(paddr_t pa, const char *what)
{
    struct hal_page bad;
    const char *wrong = hal_map_audit(&bad);

    assert_non_null(wrong);
    assert_string_equal(wrong, what);
    assert_int_equal(bad.pa, pa);
    assert_int_equal(bad.va, ARCH_KERNEL_VBASE + pa);
    assert_int_equal(bad.size, PAGE_SIZE);
}

TEST(what_boot_builds_is_accepted)
{
    struct hal_page bad;

    assert_null(hal_map_audit(&bad));
    hal_map_check("");
    assert_string_equal(fake.console, "");
}

TEST(a_user_page_is_found)
{
    paddr_t pa = hal_image_phys(image_rodata_end);

    set_rights(pa, ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE);
    expect_wrong(pa, "a kernel page is user-accessible");
}

TEST(a_writable_executable_page_is_found)
{
    paddr_t pa = hal_image_phys(image_rodata_end) + PAGE_SIZE;

    set_rights(pa, ARCH_MAP_WRITABLE);
    expect_wrong(pa, "a kernel page is writable and executable");
}

TEST(writable_text_and_constants_are_found)
{
    paddr_t pa = hal_image_phys(image_text_end);

    set_rights(pa, ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE);
    expect_wrong(pa, "text or constants are writable");
    pa = hal_image_phys(image_start);
    set_rights(pa, ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE);
    expect_wrong(pa, "text or constants are writable");
}

/* Not only where it belongs: a second view of the text would do. */
TEST(a_second_writable_view_of_the_text_is_found)
{
    struct hal_page bad;

    *entry_of(FAR + 0x1000) = isa_pt_format.make_leaf(hal_image_phys(image_start), ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE, 0);
    assert_string_equal(hal_map_audit(&bad), "text or constants are writable");
    assert_int_equal(bad.va, ARCH_KERNEL_VBASE + FAR + 0x1000);
}

TEST(the_check_panics_with_the_address)
{
    char text[80];
    paddr_t pa = hal_image_phys(image_rodata_end);

    set_rights(pa, ARCH_MAP_WRITABLE);
    snprintf(text, sizeof text, "boot: a kernel page is writable and executable: %016lx", (unsigned long)(ARCH_KERNEL_VBASE + pa));
    assert_panics_with(hal_map_check("quiet"), text);
}

TEST(the_map_is_printed_in_runs)
{
    char line[112];

    hal_map_check("a memory-map b");
    snprintf(line, sizeof line, "[aegis] map %016lx-%016lx -> %012lx rw- uncached\n", (unsigned long)(ARCH_KERNEL_VBASE + FAR),
             (unsigned long)(ARCH_KERNEL_VBASE + FAR + 0x2FFF), (unsigned long)FAR);
    assert_non_null(strstr(fake.console, line));
    snprintf(line, sizeof line, "-> %012lx r-x\n", (unsigned long)hal_image_phys(image_start));
    assert_non_null(strstr(fake.console, line));
    snprintf(line, sizeof line, "-> %012lx r--\n", (unsigned long)hal_image_phys(image_text_end));
    assert_non_null(strstr(fake.console, line));
    assert_non_null(strstr(fake.console, "map audit: no page is writable and executable"));
    assert_null(strstr(fake.console, "rwx"));
}

int main(void)
{
#define BUILT(test) cmocka_unit_test_setup_teardown(test, build, fake_teardown)
    const struct CMUnitTest tests[] = {
        BUILT(what_boot_builds_is_accepted),
        BUILT(a_user_page_is_found),
        BUILT(a_writable_executable_page_is_found),
        BUILT(writable_text_and_constants_are_found),
        BUILT(a_second_writable_view_of_the_text_is_found),
        BUILT(the_check_panics_with_the_address),
        BUILT(the_map_is_printed_in_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
