/* SPDX-License-Identifier: MIT */
/* The kernel's file is refused by name whatever is wrong with it; the kernel's own parser reads what the loader writes. */
#include <support/random.h>
#include <support/unit.h>

#include <string.h>

#include <firmware.h>
#include <x86/boot_found.h>

#include "../x86_efi.h"

#define MIB       (1ull << 20)
#define FILE_SIZE 8192u
#define ELF_SIZE  64u
#define HEADER_AT 4096u /* of the Multiboot2 header; the segment's first byte */
#define LOAD      0x100000u

static uint8_t file[FILE_SIZE];
static struct efi_loader loader;
static struct x86_kernel kernel;

static void put(uint32_t at, const void *data, size_t size)
{
    memcpy(file + at, data, size);
}

static void put16(uint32_t at, uint16_t v)
{
    put(at, &v, sizeof v);
}

static void put32(uint32_t at, uint32_t v)
{
    put(at, &v, sizeof v);
}

static void put64(uint32_t at, uint64_t v)
{
    put(at, &v, sizeof v);
}

/* One segment of a page, linked high and loaded at 1 MiB, that begins with the Multiboot2 header. */
static void make_file(void)
{
    memset(file, 0, sizeof file);
    put(0, "\x7F" "ELF\2\1\1", 7);
    put16(18, 62);
    put64(24, 0xFFFF800000000000ull + LOAD + 0x40); /* entry */
    put64(32, ELF_SIZE);
    put16(54, 56);
    put16(56, 1);
    put32(ELF_SIZE, 1); /* PT_LOAD */
    put64(ELF_SIZE + 8, HEADER_AT);
    put64(ELF_SIZE + 16, 0xFFFF800000000000ull + LOAD);
    put64(ELF_SIZE + 24, LOAD);
    put64(ELF_SIZE + 32, 4096);
    put64(ELF_SIZE + 40, 3 * 4096 + 5);
    put32(HEADER_AT, 0xE85250D6);
    put32(HEADER_AT + 8, 24);
    put32(HEADER_AT + 12, -(0xE85250D6u + 24));
    put32(HEADER_AT + 16, 0); /* end tag */
    put32(HEADER_AT + 20, 8);
}

static int begin(void **state)
{
    (void)firmware_setup(state);
    make_file();
    firmware.refuse_claim = true; /* nothing is copied to where a kernel would lie */
    return efi_open(&loader, &firmware, &firmware.system) ? 0 : -1;
}

static bool load(uint64_t size)
{
    struct efi_blob blob = {.data = file, .size = size};

    firmware.console[0] = '\0';
    firmware.claimed = 0;
    return x86_kernel_load(&loader, &blob, &kernel);
}

static void refused(const char *why)
{
    assert_false(load(FILE_SIZE));
    if (strstr(firmware.console, why) == NULL)
        fail_msg("the console says '%s', not '%s'", firmware.console, why);
}

#define NO_ELF    "not an x86-64 ELF file that can be loaded below 4 GiB"
#define NO_HEADER "no Multiboot2 header with an entry inside the kernel"

/* -- The kernel's file -- */

TEST(a_sound_file_goes_where_it_says)
{
    refused("the kernel must lie at 100000 to 103005");
    assert_int_equal(firmware.claimed, LOAD);
    assert_int_equal(kernel.entry, LOAD + 0x40);
}

TEST(a_tag_names_the_entry)
{
    put32(HEADER_AT + 8, 40);
    put32(HEADER_AT + 12, -(0xE85250D6u + 40));
    put32(HEADER_AT + 16, 3);
    put32(HEADER_AT + 20, 12);
    put32(HEADER_AT + 24, LOAD + 0x123);
    put32(HEADER_AT + 32, 0);
    put32(HEADER_AT + 36, 8);
    refused("the kernel must lie at");
    assert_int_equal(kernel.entry, LOAD + 0x123);
    put32(HEADER_AT + 24, LOAD - 1); /* outside */
    refused(NO_HEADER);
}

TEST(other_files_are_refused)
{
    file[4] = 1; /* 32 bits */
    refused(NO_ELF);
    make_file();
    put16(18, 183); /* AArch64 */
    refused(NO_ELF);
    make_file();
    put16(56, 17); /* too many segments */
    refused(NO_ELF);
    make_file();
    put64(32, UINT64_MAX); /* their table outside */
    refused(NO_ELF);
    make_file();
    put32(ELF_SIZE, 4); /* nothing to load */
    refused(NO_ELF);
}

TEST(segments_outside_are_refused)
{
    static const struct {
        uint32_t at;
        uint64_t value;
    } bad[] = {{8, FILE_SIZE + 1}, {8, UINT64_MAX}, {32, FILE_SIZE}, {32, UINT64_MAX}, {40, 4095}, {40, UINT64_MAX},
               {24, X86_LIMIT}, {24, X86_LIMIT - 4096}, {24, UINT64_MAX - 4095}};

    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        make_file();
        put64(ELF_SIZE + bad[i].at, bad[i].value);
        refused(NO_ELF);
    }
}

TEST(a_file_without_a_header)
{
    put32(HEADER_AT + 12, 1);
    refused(NO_HEADER);
    make_file();
    put32(HEADER_AT + 8, FILE_SIZE); /* longer than the file */
    put32(HEADER_AT + 12, -(0xE85250D6u + FILE_SIZE));
    refused(NO_HEADER);
}

/* Cut off anywhere, with any bytes changed: an answer, and no access behind the file (the sanitizers look). */
TEST(any_file)
{
    struct test_random random = {99};

    for (uint64_t size = 0; size < FILE_SIZE; size += 1 + size / 64)
        assert_false(load(size));
    for (uint32_t round = 0; round < 20000; round++) {
        make_file();
        for (uint32_t n = 1 + test_random_below(&random, 4); n > 0; n--) {
            uint32_t at = test_random_below(&random, 160);
            at = at < 120 ? at : HEADER_AT + at - 120;
            file[at] = (uint8_t)test_random_next(&random);
        }
        assert_false(load(FILE_SIZE));
        assert_true(firmware.claimed < X86_LIMIT);
    }
}

/* -- What the kernel is told -- */

static struct efi_memory_descriptor entries[40];
static uint64_t info[X86_INFO_SIZE / 8];
static struct boot_found found;

static const char *tell(uint32_t count)
{
    struct efi_map map = {.descriptors = entries, .size = count * sizeof entries[0], .step = sizeof entries[0]};
    struct phys_window window = {(const uint8_t *)info, 0x10000, sizeof info};

    memset(&found, 0, sizeof found);
    found.ram.claimed_limit = 0xFEC00000;
    kernel.start = LOAD;
    assert_true(x86_info_write(&loader, &kernel, &map, info));
    return multiboot2_parse(&window, 0x10000, &found);
}

static void entry(uint32_t i, uint32_t type, uint64_t base, uint64_t pages)
{
    entries[i] = (struct efi_memory_descriptor){.type = type, .physical = base, .pages = pages, .attributes = EFI_MEMORY_WB};
}

TEST(the_kernel_reads_what_the_loader_writes)
{
    strcpy(loader.cmdline, "seed=7 quiet");
    loader.tasks = (struct efi_blob){.data = (uint8_t *)0x7654000, .size = 0x1234};
    loader.screen = (struct efi_screen){.address = 0xC0000000, .size = 0x300000, .width = 1024, .height = 768, .stride = 4096,
                                        .format = EFI_PIXEL_BGRX};
    entry(0, EFI_CONVENTIONAL, 0, 0x9F);
    entry(1, EFI_BOOT_DATA, MIB, 0x100);
    entry(2, EFI_LOADER_DATA, 2 * MIB, 0x7000);
    entry(3, EFI_RUNTIME_DATA, 0x7200000, 0x10);
    entry(4, EFI_ACPI_RECLAIM, 0x7210000, 0x10);
    entry(5, EFI_ACPI_NVS, 0x7220000, 0x10);
    assert_null(tell(6));
    assert_string_equal(found.cmdline, "seed=7 quiet");
    assert_int_equal(found.module_count, 1);
    assert_int_equal(found.module[0].start, 0x7654000);
    assert_int_equal(found.module[0].end, 0x7655234);
    assert_string_equal(found.module[0].cmdline, "image");
    assert_int_equal(found.ram.count, 2);
    assert_int_equal(found.ram.range[1].base, MIB);
    assert_int_equal(found.ram.range[1].end, 0x7200000);
    assert_int_equal(found.framebuffer.addr, 0xC0000000);
    assert_int_equal(found.framebuffer.pitch, 4096);
    assert_int_equal(found.rsdp, 0);
}

TEST(a_screen_in_other_colours_is_left_alone)
{
    loader.screen = (struct efi_screen){.address = 0xC0000000, .size = 0x300000, .width = 1024, .height = 768, .stride = 4096,
                                        .format = EFI_PIXEL_RGBX};
    entry(0, EFI_CONVENTIONAL, MIB, 16);
    assert_null(tell(1));
    assert_int_equal(found.framebuffer.addr, 0);
}

TEST(the_root_pointer_is_copied)
{
    static uint8_t rsdp[36] = "RSD PTR ";
    struct efi_configuration tables[] = {
        {{0xEB9D2D30, 0x2D88, 0x11D3, {0x9A, 0x16, 0x00, 0x90, 0x27, 0x3F, 0xC1, 0x4D}}, rsdp},
        {{0x8868E871, 0xE4F1, 0x11D3, {0xBC, 0x22, 0x00, 0x80, 0xC7, 0x3C, 0x88, 0x81}}, rsdp}};

    rsdp[20] = sizeof rsdp;
    entry(0, EFI_CONVENTIONAL, MIB, 16);
    firmware.system.configuration = tables;
    for (uint32_t count = 1; count <= 2; count++) {
        firmware.system.configuration_count = count;
        assert_null(tell(1));
        assert_true(found.rsdp >= 0x10000 && found.rsdp + 36 <= 0x10000 + sizeof info);
        assert_memory_equal((uint8_t *)info + (found.rsdp - 0x10000), rsdp, count == 1 ? 20 : 36);
    }
    rsdp[22] = 1; /* a size that cannot be */
    assert_null(tell(1));
    assert_int_equal(found.rsdp, 0);
}

TEST(a_map_too_long_is_said)
{
    static struct efi_memory_descriptor many[1000];
    struct efi_map map = {.descriptors = many, .size = sizeof many, .step = sizeof many[0]};

    for (uint32_t i = 0; i < 1000; i++)
        many[i] = (struct efi_memory_descriptor){.type = EFI_RESERVED, .physical = i * MIB, .pages = 1};
    assert_false(x86_info_write(&loader, &kernel, &map, info));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, firmware_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_sound_file_goes_where_it_says), CASE(a_tag_names_the_entry), CASE(other_files_are_refused),
        CASE(segments_outside_are_refused), CASE(a_file_without_a_header), CASE(any_file),
        CASE(the_kernel_reads_what_the_loader_writes), CASE(a_screen_in_other_colours_is_left_alone),
        CASE(the_root_pointer_is_copied), CASE(a_map_too_long_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
