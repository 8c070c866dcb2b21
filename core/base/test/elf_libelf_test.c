/* SPDX-License-Identifier: MIT */
/* The validator's plan of sound files against what elfutils' libelf reads from the same bytes. */
#include "elf_image.h"

#include <support/random.h>
#include <support/unit.h>

#include <gelf.h>
#include <libelf.h>
#include <string.h>

#include <base/elf.h>

static struct elf_image image;

/* Every PT_LOAD that libelf sees stands in the plan, in order; entry and machine agree. */
static void compare(uint16_t machine)
{
    const struct elf_limits limits = {.machine = machine, .lo = ELF_IMAGE_LO, .hi = ELF_IMAGE_HI};
    struct elf_plan plan;
    size_t headers;
    uint32_t loads = 0;
    GElf_Ehdr header;
    Elf *elf = elf_memory((char *)image.bytes, image.length);

    assert_non_null(elf);
    assert_ok(elf_plan_load(image.bytes, image.length, limits, &plan));
    assert_non_null(gelf_getehdr(elf, &header));
    assert_int_equal(header.e_entry, plan.entry);
    assert_int_equal(header.e_machine, machine);
    assert_int_equal(elf_getphdrnum(elf, &headers), 0);
    for (size_t i = 0; i < headers; i++) {
        GElf_Phdr segment;

        assert_non_null(gelf_getphdr(elf, (int)i, &segment));
        if (segment.p_type != PT_LOAD)
            continue;
        assert_true(loads < plan.count);
        assert_int_equal(plan.seg[loads].va, segment.p_vaddr);
        assert_int_equal(plan.seg[loads].memsz, segment.p_memsz);
        assert_int_equal(plan.seg[loads].off, segment.p_offset);
        assert_int_equal(plan.seg[loads].filesz, segment.p_filesz);
        assert_int_equal(plan.seg[loads].flags, segment.p_flags);
        loads++;
    }
    assert_int_equal(loads, plan.count);
    elf_end(elf);
}

static void default_image_agrees(void **state)
{
    (void)state;
    elf_image_default(&image);
    compare(ELF_IMAGE_MACHINE);
}

static void every_machine_agrees(void **state)
{
    static const uint16_t machines[] = {EM_AARCH64, EM_RISCV, EM_X86_64};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        elf_image_default(&image);
        image.header.e_machine = machines[i];
        elf_image_write(&image);
        compare(machines[i]);
    }
}

/* Random layouts that are sound by construction: segment i stays in page i of the slot. */
static void random_sound_images_agree(void **state)
{
    static const uint32_t flags[] = {PF_R, PF_R | PF_W, PF_R | PF_X, PF_X};
    struct test_random random = {8};

    (void)state;
    for (int round = 0; round < 2000; round++) {
        uint32_t count = 1 + test_random_below(&random, ELF_SEGMENTS_MAX);

        elf_image_default(&image);
        image.header.e_phnum = 0;
        image.segment[2].p_offset = ELF_IMAGE_NOTE;
        for (uint32_t i = 0; i < count; i++) {
            uint64_t start = test_random_below(&random, 4096);
            uint64_t memsz = 1 + test_random_below(&random, (uint32_t)(4096 - start));
            uint64_t filesz = test_random_below(&random, (uint32_t)memsz + 1);
            uint64_t off = test_random_below(&random, (uint32_t)(image.length - filesz));

            if (i == 0)
                image.header.e_entry = ELF_IMAGE_LO + start + test_random_below(&random, (uint32_t)memsz);
            elf_image_add(&image, (Elf64_Phdr){.p_type = PT_LOAD,
                                               .p_flags = i == 0 ? PF_R | PF_X : flags[round % 4],
                                               .p_offset = off,
                                               .p_vaddr = ELF_IMAGE_LO + i * 4096 + start,
                                               .p_filesz = filesz,
                                               .p_memsz = memsz,
                                               .p_align = 1});
        }
        elf_image_add(&image,
                      (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = ELF_IMAGE_NOTE, .p_filesz = 24, .p_align = 4});
        elf_image_write(&image);
        compare(ELF_IMAGE_MACHINE);
    }
}

/* libelf finds the same name and description in the note that the validator accepts. */
static void note_agrees(void **state)
{
    GElf_Nhdr note;
    size_t name, desc;
    Elf *elf;
    Elf_Data *data;

    (void)state;
    elf_image_default(&image);
    elf = elf_memory((char *)image.bytes, image.length);
    data = elf_getdata_rawchunk(elf, ELF_IMAGE_NOTE, 24, ELF_T_NHDR);
    assert_non_null(data);
    assert_int_equal(gelf_getnote(data, 0, &note, &name, &desc), 24);
    assert_int_equal(note.n_type, 1);
    assert_string_equal((char *)data->d_buf + name, "aegis");
    assert_int_equal(*(uint32_t *)((char *)data->d_buf + desc), ELF_AEGIS_ABI);
    compare(ELF_IMAGE_MACHINE);
    elf_end(elf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_image_agrees),
        cmocka_unit_test(every_machine_agrees),
        cmocka_unit_test(random_sound_images_agree),
        cmocka_unit_test(note_agrees),
    };

    if (elf_version(EV_CURRENT) == EV_NONE)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
