/* SPDX-License-Identifier: MIT */
/* Which notes make a file a static task. */
#include "elf_image.h"

#include <support/unit.h>

#include <stdlib.h>
#include <string.h>

#include <base/elf.h>

static struct elf_image image;
static struct elf_plan plan;
static const struct elf_limits limits = {.machine = ELF_IMAGE_MACHINE, .lo = ELF_IMAGE_LO, .hi = ELF_IMAGE_HI};

static int setup(void **state)
{
    (void)state;
    elf_image_default(&image);
    memset(&plan, 0xA5, sizeof(plan));
    return 0;
}

/* The file as it is now, in an exact allocation, so that the sanitizers see any read behind its end. */
static status_t load(void)
{
    uint8_t *file = malloc(image.length > 0 ? image.length : 1);
    status_t status;

    elf_image_write(&image);
    memcpy(file, image.bytes, image.length);
    status = elf_plan_load(file, image.length, limits, &plan);
    free(file);
    return status;
}

static void note_missing(void **state)
{
    (void)state;
    image.segment[2].p_type = PT_NULL;
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

static void note_may_come_first(void **state)
{
    const Elf64_Phdr note = image.segment[2];

    (void)state;
    image.segment[2] = image.segment[1];
    image.segment[1] = image.segment[0];
    image.segment[0] = note;
    assert_ok(load());
}

static void note_segment_empty(void **state)
{
    (void)state;
    image.segment[2].p_filesz = 0;
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

static void note_behind_the_file(void **state)
{
    (void)state;
    image.segment[2].p_offset = image.length - 4;
    assert_status(load(), ERR_ELF_BAD_NOTE);
    image.segment[2].p_offset = UINT64_MAX - 3;
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

static void note_header_cut_off(void **state)
{
    (void)state;
    image.segment[2].p_filesz = 11;
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

static void note_name_cut_off(void **state)
{
    (void)state;
    image.segment[2].p_filesz = 12 + 7;
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

static void note_description_cut_off(void **state)
{
    (void)state;
    image.segment[2].p_filesz = 12 + 8 + 3;
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

static void note_sizes_overflow(void **state)
{
    (void)state;
    memset(image.bytes + ELF_IMAGE_NOTE, 0xFF, 4); /* namesz */
    assert_status(load(), ERR_ELF_BAD_NOTE);
    setup(state);
    memset(image.bytes + ELF_IMAGE_NOTE + 4, 0xFF, 4); /* descsz */
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

/* An Aegis note whose `size` bytes at `offset` are `value`. */
static status_t load_with_note_word(uint32_t offset, uint32_t value)
{
    memcpy(image.bytes + ELF_IMAGE_NOTE + offset, &value, 4);
    return load();
}

static void note_of_another_type(void **state)
{
    (void)state;
    assert_status(load_with_note_word(8, 2), ERR_ELF_BAD_NOTE);
}

static void note_of_another_version(void **state)
{
    (void)state;
    assert_status(load_with_note_word(20, 0), ERR_ELF_BAD_NOTE);
    assert_status(load_with_note_word(20, 2), ERR_ELF_BAD_NOTE);
    assert_status(load_with_note_word(20, 0x01000001), ERR_ELF_BAD_NOTE);
    assert_ok(load_with_note_word(20, 1));
}

static void note_with_another_description(void **state)
{
    static const uint32_t two[2] = {1, 1};

    (void)state;
    image.segment[2].p_filesz = elf_image_note(&image, ELF_IMAGE_NOTE, "aegis", 6, 1, two, 8) - ELF_IMAGE_NOTE;
    assert_status(load(), ERR_ELF_BAD_NOTE);
    image.segment[2].p_filesz = elf_image_note(&image, ELF_IMAGE_NOTE, "aegis", 6, 1, NULL, 0) - ELF_IMAGE_NOTE;
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

/* None of these is the name "aegis" with its NUL, so there is no Aegis note; the notes themselves are sound. */
static void note_of_another_name(void **state)
{
    static const struct {
        const char *name;
        uint32_t size;
    } names[] = {{"GNU", 4},   {"rx", 3},    {"aegis", 5}, {"aegisX", 6}, {"Aegis", 6},     {"xegis", 6},
                 {"axgis", 6}, {"aexis", 6}, {"aegxs", 6}, {"aegix", 6},  {"aegis\0\0", 7}, {"", 0}};
    const uint32_t version = 1;

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        image.segment[2].p_filesz =
            elf_image_note(&image, ELF_IMAGE_NOTE, names[i].name, names[i].size, 1, &version, 4) - ELF_IMAGE_NOTE;
        assert_status(load(), ERR_ELF_BAD_NOTE);
    }
}

static void note_behind_a_foreign_one(void **state)
{
    const uint32_t version = 1;
    uint64_t at = ELF_IMAGE_NOTE;

    (void)state;
    at = elf_image_note(&image, at, "GNU", 4, 3, "0123456789abcdefghi", 19); /* needs padding */
    at = elf_image_note(&image, at, "aegis", 6, 1, &version, 4);
    image.segment[2].p_filesz = at - ELF_IMAGE_NOTE;
    assert_ok(load());
}

static void note_before_a_foreign_one(void **state)
{
    const uint32_t version = 1;
    uint64_t at = ELF_IMAGE_NOTE;

    (void)state;
    at = elf_image_note(&image, at, "aegis", 6, 1, &version, 4);
    at = elf_image_note(&image, at, "GNU", 4, 3, "0123", 4);
    image.segment[2].p_filesz = at - ELF_IMAGE_NOTE;
    assert_ok(load());
}

static void note_before_a_malformed_one(void **state)
{
    (void)state;
    image.segment[2].p_filesz += 4; /* a header begins and ends there */
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

static void note_padding_may_be_missing_at_the_end(void **state)
{
    const uint32_t version = 1;
    uint64_t at = elf_image_note(&image, ELF_IMAGE_NOTE, "aegis", 6, 1, &version, 4);

    (void)state;
    at = elf_image_note(&image, at, "GNU", 4, 3, "01234", 5);
    image.segment[2].p_filesz = at - 3 - ELF_IMAGE_NOTE;
    assert_ok(load());
}

static void note_in_a_second_segment(void **state)
{
    const uint32_t version = 1;
    uint64_t at = elf_image_note(&image, 0x600, "GNU", 4, 3, "0123", 4);

    (void)state;
    elf_image_add(&image, (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = 0x600, .p_filesz = at - 0x600, .p_align = 4});
    assert_ok(load());
    elf_image_note(&image, 0x600, "aegis", 6, 9, &version, 4); /* one good, one bad */
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

/* GNU property notes are aligned to 8: name and description start and end at multiples of it. */
static void note_aligned_to_8(void **state)
{
    const uint32_t property[4] = {0xC0000000, 4, 0, 0};
    const uint32_t version = 1;
    uint64_t at = ELF_IMAGE_NOTE;

    (void)state;
    at = elf_image_note(&image, at, "GNU", 4, 5, property, 16);
    elf_image_note(&image, at, "aegis", 6, 1, &version, 4);
    memmove(image.bytes + at + 24, image.bytes + at + 20, 4); /* header 12, name 6, padding 6 */
    image.segment[2].p_align = 8;
    image.segment[2].p_filesz = at + 28 - ELF_IMAGE_NOTE;
    assert_ok(load());
}

static void note_alignments(void **state)
{
    (void)state;
    for (uint64_t align = 0; align <= 4; align++) {
        image.segment[2].p_align = align;
        assert_ok(load());
    }
    image.segment[2].p_align = 5;
    assert_status(load(), ERR_ELF_BAD_NOTE);
    image.segment[2].p_align = 16;
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

/* The rest of the segment is one long foreign note. */
static status_t load_with_notes_of(uint32_t size)
{
    static const uint8_t filler[8192];
    uint64_t at = ELF_IMAGE_NOTE + 24;

    elf_image_note(&image, at, "pad", 4, 1, filler, size - 24 - 16);
    image.segment[2].p_filesz = size;
    return load();
}

static void note_segment_too_long(void **state)
{
    (void)state;
    assert_ok(load_with_notes_of(4096));
    assert_status(load_with_notes_of(4100), ERR_ELF_BAD_NOTE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(note_missing, setup),
        cmocka_unit_test_setup(note_may_come_first, setup),
        cmocka_unit_test_setup(note_segment_empty, setup),
        cmocka_unit_test_setup(note_behind_the_file, setup),
        cmocka_unit_test_setup(note_header_cut_off, setup),
        cmocka_unit_test_setup(note_name_cut_off, setup),
        cmocka_unit_test_setup(note_description_cut_off, setup),
        cmocka_unit_test_setup(note_sizes_overflow, setup),
        cmocka_unit_test_setup(note_of_another_type, setup),
        cmocka_unit_test_setup(note_of_another_version, setup),
        cmocka_unit_test_setup(note_with_another_description, setup),
        cmocka_unit_test_setup(note_of_another_name, setup),
        cmocka_unit_test_setup(note_behind_a_foreign_one, setup),
        cmocka_unit_test_setup(note_before_a_foreign_one, setup),
        cmocka_unit_test_setup(note_before_a_malformed_one, setup),
        cmocka_unit_test_setup(note_padding_may_be_missing_at_the_end, setup),
        cmocka_unit_test_setup(note_in_a_second_segment, setup),
        cmocka_unit_test_setup(note_aligned_to_8, setup),
        cmocka_unit_test_setup(note_alignments, setup),
        cmocka_unit_test_setup(note_segment_too_long, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
