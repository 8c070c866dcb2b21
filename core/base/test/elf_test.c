/* SPDX-License-Identifier: MIT */
#include "elf_image.h"

#include <support/random.h>
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

static void sound_file_gives_its_plan(void **state)
{
    (void)state;
    assert_ok(load());
    assert_int_equal(plan.count, 2);
    assert_int_equal(plan.entry, ELF_IMAGE_LO + 0x10);
    assert_int_equal(plan.seg[0].va, ELF_IMAGE_LO);
    assert_int_equal(plan.seg[0].memsz, 0x800);
    assert_int_equal(plan.seg[0].off, 0x1000);
    assert_int_equal(plan.seg[0].filesz, 0x800);
    assert_int_equal(plan.seg[0].flags, ELF_R | ELF_X);
    assert_int_equal(plan.seg[1].va, ELF_IMAGE_LO + 0x1000);
    assert_int_equal(plan.seg[1].memsz, 0x1200);
    assert_int_equal(plan.seg[1].off, 0x2000);
    assert_int_equal(plan.seg[1].filesz, 0x100);
    assert_int_equal(plan.seg[1].flags, ELF_R | ELF_W);
}

static void too_small(void **state)
{
    (void)state;
    image.length = 63;
    assert_status(load(), ERR_ELF_TOO_SMALL);
    image.length = 0;
    assert_status(load(), ERR_ELF_TOO_SMALL);
}

static void bad_magic_in_each_byte(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        image.header.e_ident[i] ^= 0x20;
        assert_status(load(), ERR_ELF_BAD_MAGIC);
        image.header.e_ident[i] ^= 0x20;
    }
}

static void not_64_bit(void **state)
{
    (void)state;
    image.header.e_ident[EI_CLASS] = ELFCLASS32;
    assert_status(load(), ERR_ELF_NOT_64BIT);
}

static void not_little_endian(void **state)
{
    (void)state;
    image.header.e_ident[EI_DATA] = ELFDATA2MSB;
    assert_status(load(), ERR_ELF_NOT_LE);
}

static void not_an_executable(void **state)
{
    static const Elf64_Half types[] = {ET_NONE, ET_REL, ET_DYN, ET_CORE, ET_EXEC | 0x100};

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        image.header.e_type = types[i];
        assert_status(load(), ERR_ELF_NOT_EXEC);
    }
}

static void wants_a_dynamic_linker(void **state)
{
    uint32_t i = elf_image_add(&image, (Elf64_Phdr){.p_type = PT_INTERP});

    (void)state;
    assert_status(load(), ERR_ELF_NOT_EXEC);
    image.segment[i].p_type = PT_DYNAMIC;
    assert_status(load(), ERR_ELF_NOT_EXEC);
}

static void wrong_architecture(void **state)
{
    (void)state;
    image.header.e_machine = EM_X86_64;
    assert_status(load(), ERR_ELF_WRONG_ARCH);
    image.header.e_machine = EM_AARCH64 + 0x100; /* both bytes count */
    assert_status(load(), ERR_ELF_WRONG_ARCH);
}

/* One page each: 4 fit, 5 do not. */
static void too_many_segments(void **state)
{
    (void)state;
    image.segment[1].p_memsz = 0x100;
    for (uint32_t i = 0; i < 2; i++) {
        Elf64_Phdr segment = image.segment[1];

        segment.p_vaddr += (i + 1) * 0x1000;
        elf_image_add(&image, segment);
    }
    assert_ok(load());
    assert_int_equal(plan.count, 4);
    elf_image_add(&image, image.segment[1]);
    assert_status(load(), ERR_ELF_TOO_MANY);
}

static void segment_data_behind_the_file(void **state)
{
    (void)state;
    image.segment[1].p_offset = image.length - 0x100;
    assert_ok(load());
    image.segment[1].p_offset = image.length - 0xFF;
    assert_status(load(), ERR_ELF_SEG_BOUNDS);
    image.segment[1].p_offset = image.length + 1;
    image.segment[1].p_filesz = 0;
    assert_status(load(), ERR_ELF_SEG_BOUNDS);
}

static void segment_offset_overflows(void **state)
{
    (void)state;
    image.segment[0].p_offset = UINT64_MAX - 0x10;
    assert_status(load(), ERR_ELF_SEG_BOUNDS);
    image.segment[0].p_offset = UINT64_MAX - 0x7FF; /* offset + size = 0 */
    assert_status(load(), ERR_ELF_SEG_BOUNDS);
}

static void file_size_exceeds_memory_size(void **state)
{
    (void)state;
    image.segment[0].p_memsz = 0x7FF;
    assert_status(load(), ERR_ELF_SEG_BOUNDS);
    image.segment[0].p_memsz = 0;
    assert_status(load(), ERR_ELF_SEG_BOUNDS);
}

static void program_headers_behind_the_file(void **state)
{
    (void)state;
    image.length = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr) - 1;
    assert_status(load(), ERR_ELF_PH_BOUNDS);
}

static void program_header_offset_overflows(void **state)
{
    (void)state;
    elf_image_write(&image);
    memset(image.bytes + 32, 0xFF, 8); /* e_phoff */
    assert_status(elf_plan_load(image.bytes, image.length, limits, &plan), ERR_ELF_PH_BOUNDS);
    image.bytes[32] = 0x58; /* e_phoff + 3 headers = 0 */
    assert_status(elf_plan_load(image.bytes, image.length, limits, &plan), ERR_ELF_PH_BOUNDS);
}

static void program_headers_too_short(void **state)
{
    (void)state;
    image.header.e_phentsize = 55;
    assert_status(load(), ERR_ELF_PH_BOUNDS);
    image.header.e_phentsize = 0;
    assert_status(load(), ERR_ELF_PH_BOUNDS);
}

static void longer_program_headers_are_stepped_over(void **state)
{
    uint8_t *p = image.bytes + sizeof(Elf64_Ehdr);

    (void)state;
    image.header.e_phentsize = 64;
    elf_image_write(&image);
    for (int i = 0; i < 3; i++)
        memcpy(p + i * 64, &image.segment[i], sizeof(Elf64_Phdr));
    assert_ok(elf_plan_load(image.bytes, image.length, limits, &plan));
    assert_int_equal(plan.count, 2);
    assert_int_equal(plan.seg[1].va, ELF_IMAGE_LO + 0x1000);
}

static void nothing_to_load(void **state)
{
    (void)state;
    image.header.e_phnum = 0;
    assert_status(load(), ERR_ELF_NO_SEGMENTS);
    image.header.e_phnum = 3;
    image.segment[0].p_type = image.segment[1].p_type = PT_NULL;
    assert_status(load(), ERR_ELF_NO_SEGMENTS);
}

static void no_program_headers_need_no_size(void **state)
{
    (void)state;
    image.header.e_phnum = 0;
    image.header.e_phentsize = 0;
    assert_status(load(), ERR_ELF_NO_SEGMENTS);
}

static void empty_segments_are_left_out(void **state)
{
    (void)state;
    elf_image_add(&image, (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_vaddr = 0});
    assert_ok(load());
    assert_int_equal(plan.count, 2);
}

static void other_kinds_of_headers_are_ignored(void **state)
{
    (void)state;
    elf_image_add(&image, (Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W | PF_X});
    elf_image_add(&image, (Elf64_Phdr){.p_type = PT_GNU_RELRO, .p_offset = UINT64_MAX, .p_filesz = 7});
    assert_ok(load());
    assert_int_equal(plan.count, 2);
}

static void writable_and_executable(void **state)
{
    (void)state;
    image.segment[0].p_flags = PF_W | PF_X;
    assert_status(load(), ERR_ELF_WX);
    image.segment[0].p_flags = PF_R | PF_W | PF_X;
    assert_status(load(), ERR_ELF_WX);
}

static void other_flag_bits_are_dropped(void **state)
{
    (void)state;
    image.segment[0].p_flags |= 0xFFFFFFF8;
    assert_ok(load());
    assert_int_equal(plan.seg[0].flags, ELF_R | ELF_X);
}

static void segment_below_the_slot(void **state)
{
    (void)state;
    image.segment[0].p_vaddr = ELF_IMAGE_LO - 1;
    assert_status(load(), ERR_ELF_VADDR_RANGE);
    image.segment[0].p_vaddr = 0;
    assert_status(load(), ERR_ELF_VADDR_RANGE);
}

static void segment_above_the_slot(void **state)
{
    (void)state;
    image.segment[1].p_vaddr = ELF_IMAGE_HI - 0x1200;
    assert_ok(load());
    image.segment[1].p_vaddr = ELF_IMAGE_HI - 0x11FF;
    assert_status(load(), ERR_ELF_VADDR_RANGE);
    image.segment[1].p_vaddr = ELF_IMAGE_HI + 1;
    assert_status(load(), ERR_ELF_VADDR_RANGE);
}

static void segment_address_overflows(void **state)
{
    (void)state;
    image.segment[1].p_vaddr = UINT64_MAX - 0x11FF; /* address + size = 0 */
    assert_status(load(), ERR_ELF_VADDR_RANGE);
}

static void segment_larger_than_the_slot(void **state)
{
    (void)state;
    image.segment[1].p_memsz = ELF_IMAGE_HI - ELF_IMAGE_LO + 1;
    assert_status(load(), ERR_ELF_TOO_LARGE);
    image.segment[1].p_memsz = UINT64_MAX;
    assert_status(load(), ERR_ELF_TOO_LARGE);
}

static void segment_as_large_as_the_slot(void **state)
{
    (void)state;
    image.segment[0].p_memsz = ELF_IMAGE_HI - ELF_IMAGE_LO;
    image.segment[1].p_type = PT_NULL;
    assert_ok(load());
}

static void segments_overlap(void **state)
{
    (void)state;
    image.segment[1].p_vaddr = ELF_IMAGE_LO + 0x7FF;
    assert_status(load(), ERR_ELF_OVERLAP);
    image.segment[1].p_vaddr = ELF_IMAGE_LO; /* the same start */
    assert_status(load(), ERR_ELF_OVERLAP);
}

static void segments_share_a_page(void **state)
{
    (void)state;
    image.segment[1].p_vaddr = ELF_IMAGE_LO + 0xFFF; /* behind the text, in its page */
    assert_status(load(), ERR_ELF_OVERLAP);
}

static void segments_share_the_last_page(void **state)
{
    (void)state;
    image.segment[0].p_vaddr = ELF_IMAGE_LO + 0x2300; /* behind the data, in its last page */
    image.header.e_entry = ELF_IMAGE_LO + 0x2300;
    assert_status(load(), ERR_ELF_OVERLAP);
    image.segment[0].p_vaddr = image.header.e_entry = ELF_IMAGE_LO + 0x3000;
    assert_ok(load());
}

static void overlap_with_any_earlier_segment(void **state)
{
    Elf64_Phdr third = image.segment[0];

    (void)state;
    third.p_vaddr = ELF_IMAGE_LO + 0x800;
    third.p_memsz = third.p_filesz = 0x10;
    elf_image_add(&image, third);
    assert_status(load(), ERR_ELF_OVERLAP);
}

static void entry_outside_every_segment(void **state)
{
    (void)state;
    image.header.e_entry = ELF_IMAGE_LO + 0x800;
    assert_status(load(), ERR_ELF_BAD_ENTRY);
    image.header.e_entry = ELF_IMAGE_LO - 1;
    assert_status(load(), ERR_ELF_BAD_ENTRY);
    image.header.e_entry = 0;
    assert_status(load(), ERR_ELF_BAD_ENTRY);
}

static void entry_in_the_last_byte(void **state)
{
    (void)state;
    image.header.e_entry = ELF_IMAGE_LO + 0x7FF;
    assert_ok(load());
}

static void entry_in_data(void **state)
{
    (void)state;
    image.header.e_entry = ELF_IMAGE_LO + 0x1000;
    assert_status(load(), ERR_ELF_BAD_ENTRY);
}

static void entry_in_a_second_executable_segment(void **state)
{
    (void)state;
    image.segment[1].p_flags = PF_R | PF_X;
    image.header.e_entry = ELF_IMAGE_LO + 0x1004;
    assert_ok(load());
}

static void first_broken_rule_is_reported(void **state)
{
    (void)state;
    image.segment[2].p_type = PT_NULL;               /* no note */
    image.header.e_entry = 0;                        /* bad entry */
    image.segment[1].p_vaddr = ELF_IMAGE_LO + 0x100; /* overlap */
    assert_status(load(), ERR_ELF_OVERLAP);
    image.segment[1].p_vaddr = ELF_IMAGE_LO + 0x1000;
    assert_status(load(), ERR_ELF_BAD_ENTRY);
    image.header.e_entry = ELF_IMAGE_LO;
    assert_status(load(), ERR_ELF_BAD_NOTE);
}

/* What elf.h promises of every plan. */
static void check_promises(uint64_t len)
{
    bool entry_executable = false;

    assert_in_range(plan.count, 1, ELF_SEGMENTS_MAX);
    for (uint32_t i = 0; i < plan.count; i++) {
        const struct elf_segment *s = &plan.seg[i];

        assert_true(s->memsz > 0 && s->filesz <= s->memsz);
        assert_true(s->off <= len && s->filesz <= len - s->off);
        assert_true(s->va >= limits.lo && s->va < limits.hi && s->memsz <= limits.hi - s->va);
        assert_true((s->flags & (ELF_W | ELF_X)) != (ELF_W | ELF_X) && s->flags < 8);
        for (uint32_t k = 0; k < i; k++) {
            const struct elf_segment *t = &plan.seg[k];

            assert_true((s->va + s->memsz - 1) / 4096 < t->va / 4096 || (t->va + t->memsz - 1) / 4096 < s->va / 4096);
        }
        entry_executable |= (s->flags & ELF_X) && plan.entry >= s->va && plan.entry - s->va < s->memsz;
    }
    assert_true(entry_executable);
}

/* Damaged files in exact allocations: no read outside, and every plan keeps the promises. */
static void damaged_files_keep_the_promises(void **state)
{
    struct test_random random = {5};
    uint32_t accepted = 0;

    for (int round = 0; round < 50000; round++) {
        uint8_t *file;

        setup(state);
        image.segment[round % 3].p_vaddr += test_random_below(&random, 4) * 0x800;
        elf_image_write(&image);
        image.length -= test_random_below(&random, 8) == 0 ? test_random_below(&random, (uint32_t)image.length) : 0;
        file = malloc(image.length + 1);
        memcpy(file, image.bytes, image.length);
        for (uint32_t i = test_random_below(&random, 4); i > 0; i--) {
            uint32_t at = test_random_below(&random, 2) ? test_random_below(&random, 64 + 3 * 56)
                                                        : ELF_IMAGE_NOTE + test_random_below(&random, 24);

            if (at < image.length)
                file[at] ^= (uint8_t)(1u << test_random_below(&random, 8));
        }
        if (elf_plan_load(file, image.length, limits, &plan) == STATUS_OK) {
            check_promises(image.length);
            accepted++;
        }
        free(file);
    }
    assert_in_range(accepted, 1000, 49000); /* both ways were taken */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sound_file_gives_its_plan, setup),
        cmocka_unit_test_setup(too_small, setup),
        cmocka_unit_test_setup(bad_magic_in_each_byte, setup),
        cmocka_unit_test_setup(not_64_bit, setup),
        cmocka_unit_test_setup(not_little_endian, setup),
        cmocka_unit_test_setup(not_an_executable, setup),
        cmocka_unit_test_setup(wants_a_dynamic_linker, setup),
        cmocka_unit_test_setup(wrong_architecture, setup),
        cmocka_unit_test_setup(too_many_segments, setup),
        cmocka_unit_test_setup(segment_data_behind_the_file, setup),
        cmocka_unit_test_setup(segment_offset_overflows, setup),
        cmocka_unit_test_setup(file_size_exceeds_memory_size, setup),
        cmocka_unit_test_setup(program_headers_behind_the_file, setup),
        cmocka_unit_test_setup(program_header_offset_overflows, setup),
        cmocka_unit_test_setup(program_headers_too_short, setup),
        cmocka_unit_test_setup(longer_program_headers_are_stepped_over, setup),
        cmocka_unit_test_setup(nothing_to_load, setup),
        cmocka_unit_test_setup(no_program_headers_need_no_size, setup),
        cmocka_unit_test_setup(empty_segments_are_left_out, setup),
        cmocka_unit_test_setup(other_kinds_of_headers_are_ignored, setup),
        cmocka_unit_test_setup(writable_and_executable, setup),
        cmocka_unit_test_setup(other_flag_bits_are_dropped, setup),
        cmocka_unit_test_setup(segment_below_the_slot, setup),
        cmocka_unit_test_setup(segment_above_the_slot, setup),
        cmocka_unit_test_setup(segment_address_overflows, setup),
        cmocka_unit_test_setup(segment_larger_than_the_slot, setup),
        cmocka_unit_test_setup(segment_as_large_as_the_slot, setup),
        cmocka_unit_test_setup(segments_overlap, setup),
        cmocka_unit_test_setup(segments_share_a_page, setup),
        cmocka_unit_test_setup(segments_share_the_last_page, setup),
        cmocka_unit_test_setup(overlap_with_any_earlier_segment, setup),
        cmocka_unit_test_setup(entry_outside_every_segment, setup),
        cmocka_unit_test_setup(entry_in_the_last_byte, setup),
        cmocka_unit_test_setup(entry_in_data, setup),
        cmocka_unit_test_setup(entry_in_a_second_executable_segment, setup),
        cmocka_unit_test_setup(first_broken_rule_is_reported, setup),
        cmocka_unit_test_setup(damaged_files_keep_the_promises, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
