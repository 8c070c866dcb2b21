/* SPDX-License-Identifier: MIT */
/*
 * Small scope, but all of it, against specifications written another way: program headers of two segments over a grid of
 * boundary values, page-table indices around every boundary of every level, and every pair of header fields of a device tree
 * at boundary values.
 */
#include "elf_image.h"
#include "fdt_blob.h"

#include <support/unit.h>

#include <string.h>

#include <base/elf.h>
#include <base/fdt.h>
#include <base/pagetable.h>

static uint64_t states, accepted;

static void begin(void)
{
    states = 0;
    accepted = 0;
}

static void say(const char *what)
{
    print_message("small_formats: %s: %llu states, %llu accepted\n", what, (unsigned long long)states,
                  (unsigned long long)accepted);
    assert_true(accepted > 0 && accepted < states);
}

#define LO ((uint64_t)ELF_IMAGE_LO)
#define HI ((uint64_t)ELF_IMAGE_HI)
#define PAGES 4u
_Static_assert(ELF_IMAGE_HI - ELF_IMAGE_LO == PAGES * 0x1000, "four pages of program");

static const uint64_t vas[] = {0, LO - 1, LO, LO + 0x800, LO + 0x1000, LO + 0x1FFF, HI - 0x1000, HI - 1, HI, UINT64_MAX};
static const uint64_t memszs[] = {0, 1, 0x800, 0x1000, 0x1001, HI - LO, UINT64_MAX};
static const uint32_t flags[] = {PF_R, PF_R | PF_W, PF_R | PF_X, PF_W | PF_X};
static const uint64_t offs[] = {0, 0x1000, 0x27FF, 0x2800, 0x2801, UINT64_MAX};
static const uint64_t fileszs[] = {0, 1, 0x800, 0x1000, UINT64_MAX};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct elf_image image;
static const struct elf_limits limits = {.machine = ELF_IMAGE_MACHINE, .lo = ELF_IMAGE_LO, .hi = ELF_IMAGE_HI};

/* Wider than any sum of two numbers of the file. */
typedef unsigned __int128 wide;

static bool is_empty(const Elf64_Phdr *p)
{
    return p->p_memsz == 0 && p->p_filesz == 0;
}

static bool is_sound(const Elf64_Phdr *p)
{
    return p->p_filesz <= p->p_memsz && (wide)p->p_offset + p->p_filesz <= image.length && p->p_vaddr >= LO &&
           (wide)p->p_vaddr + p->p_memsz <= HI && (p->p_flags & (PF_W | PF_X)) != (PF_W | PF_X);
}

/* One mark for each page that a sound segment touches. */
static uint32_t pages_of(const Elf64_Phdr *p)
{
    uint32_t marks = 0;

    for (uint32_t i = 0; i < PAGES; i++)
        if (p->p_vaddr < LO + (i + 1) * 0x1000 && p->p_vaddr + p->p_memsz > LO + i * 0x1000)
            marks |= 1u << i;
    return marks;
}

static bool is_acceptable(uint64_t entry)
{
    uint32_t taken = 0;
    bool entered = false;

    for (uint32_t i = 0; i < 2; i++) {
        const Elf64_Phdr *p = &image.segment[i];

        if (is_empty(p))
            continue;
        if (!is_sound(p) || (taken & pages_of(p)) != 0)
            return false;
        taken |= pages_of(p);
        entered = entered || ((p->p_flags & PF_X) && entry >= p->p_vaddr && entry - p->p_vaddr < p->p_memsz);
    }
    return entered;
}

static void check_image(void)
{
    struct elf_plan plan;
    bool ok = is_acceptable(image.header.e_entry);
    uint32_t n = 0;

    elf_image_write(&image);
    assert_int_equal(elf_plan_load(image.bytes, image.length, limits, &plan) == 0, ok);
    states++;
    accepted += ok;
    for (uint32_t i = 0; ok && i < 2; i++) {
        const Elf64_Phdr *p = &image.segment[i];

        if (is_empty(p))
            continue;
        assert_true(plan.seg[n].va == p->p_vaddr && plan.seg[n].memsz == p->p_memsz && plan.seg[n].off == p->p_offset &&
                    plan.seg[n].filesz == p->p_filesz && plan.seg[n].flags == p->p_flags);
        n++;
    }
    if (ok)
        assert_true(plan.count == n && plan.entry == image.header.e_entry);
}

/* Where segment `i` goes, by a number below COUNT(vas) * COUNT(memszs) * COUNT(flags). */
#define PLACES (COUNT(vas) * COUNT(memszs) * COUNT(flags))

static void place(uint32_t i, uint32_t code)
{
    Elf64_Phdr *p = &image.segment[i];

    p->p_vaddr = vas[code % COUNT(vas)];
    p->p_memsz = memszs[code / COUNT(vas) % COUNT(memszs)];
    p->p_flags = flags[code / COUNT(vas) / COUNT(memszs)];
    p->p_offset = 0x1000;
    p->p_filesz = p->p_memsz < 0x800 ? p->p_memsz : 0x800;
}

TEST(every_place_of_two_segments)
{
    begin();
    elf_image_default(&image);
    for (uint32_t a = 0; a < PLACES; a++)
        for (uint32_t b = 0; b < PLACES; b++) {
            place(0, a);
            place(1, b);
            image.header.e_entry = vas[2 + (a + b) % 3];
            check_image();
        }
    say("two segments");
    assert_int_equal(states, PLACES * PLACES);
}

TEST(every_extent_of_one_segment_in_the_file)
{
    begin();
    for (uint32_t a = 0; a < PLACES; a++)
        for (uint32_t o = 0; o < COUNT(offs); o++)
            for (uint32_t f = 0; f < COUNT(fileszs); f++)
                for (uint32_t e = 0; e < COUNT(vas); e++) {
                    elf_image_default(&image);
                    place(0, a);
                    image.segment[0].p_offset = offs[o];
                    image.segment[0].p_filesz = fileszs[f];
                    image.segment[1].p_memsz = 0;
                    image.segment[1].p_filesz = 0;
                    image.header.e_entry = vas[e];
                    check_image();
                }
    say("one segment");
}

/* An address is its indices and its offset, read as the digits of a number. */
static void check_indices(vaddr_t va)
{
    uint64_t digits = 0;

    for (uint32_t level = 4; level > 0; level--) {
        uint32_t index = pt_index(va, level - 1);

        assert_true(index < PT_ENTRIES);
        digits = digits * 512 + index;
    }
    assert_int_equal(digits, (va & ((UINT64_C(1) << 48) - 1)) >> 12); /* so two pages of 2^48 bytes never share all four */
    states++;
}

TEST(every_index_around_every_boundary_of_every_level)
{
    begin();
    for (uint32_t level = 0; level < 4; level++) {
        assert_int_equal(pt_span(level), UINT64_C(1) << (12 + 9 * level));
        for (uint64_t i = 0; i <= 1024; i++)
            for (uint32_t upper = 0; upper < 3; upper++)
                for (int32_t delta = -1; delta <= 1; delta++) {
                    static const uint64_t base[] = {0, UINT64_C(0xFFFF800000000000), UINT64_C(0x0000123456789000)};

                    check_indices(base[upper] + (i << (12 + 9 * level)) + (uint64_t)(int64_t)delta);
                }
    }
    print_message("small_formats: indices: %llu states\n", (unsigned long long)states);
    assert_int_equal(states, 4 * 1025 * 9);
}

/* The header's fields, big-endian, by their place. */
enum { TOTAL = 4, STRUCTS = 8, STRINGS = 12, RESERVED = 16, VERSION = 20, COMPATIBLE = 24, STRINGS_SIZE = 32, STRUCTS_SIZE = 36 };
static const uint32_t fields[] = {TOTAL, STRUCTS, STRINGS, RESERVED, VERSION, COMPATIBLE, STRINGS_SIZE, STRUCTS_SIZE};

static uint64_t field(uint32_t at)
{
    return (uint64_t)blob.bytes[at] << 24 | (uint64_t)blob.bytes[at + 1] << 16 | (uint64_t)blob.bytes[at + 2] << 8 |
           blob.bytes[at + 3];
}

static bool inside(uint64_t off, uint64_t size)
{
    return off >= BLOB_HEADER && off + size <= field(TOTAL);
}

/* Two zero words somewhere in the list of reservations, before the blob ends. */
static bool has_reservations_end(void)
{
    static const uint8_t zero[16];

    for (uint64_t off = field(RESERVED); off + 16 <= field(TOTAL); off += 16)
        if (memcmp(blob.bytes + off, zero, 16) == 0)
            return true;
    return false;
}

/* What must hold of a header before anything behind it is looked at. */
static status_t header_status(uint64_t size)
{
    uint64_t structs_size = field(VERSION) >= 17 ? field(STRUCTS_SIZE) : 0;

    if (field(TOTAL) < BLOB_HEADER || field(TOTAL) > size)
        return ERR_FDT_TRUNCATED;
    if (field(VERSION) < 16 || field(COMPATIBLE) > 17)
        return ERR_FDT_BAD_VERSION;
    if (!inside(field(STRUCTS), structs_size) || !inside(field(STRINGS), field(STRINGS_SIZE)) ||
        field(RESERVED) < BLOB_HEADER || !has_reservations_end())
        return ERR_FDT_TRUNCATED;
    return STATUS_OK;
}

static void check_header(uint32_t size)
{
    struct fdt fdt;
    status_t expected = header_status(size), got = fdt_open(&fdt, blob.bytes, size);

    states++;
    accepted += got == STATUS_OK;
    if (expected != STATUS_OK) {
        assert_int_equal(got, expected);
    } else {
        assert_true(got == STATUS_OK || got == ERR_FDT_BAD_STRUCT); /* the blocks may be cut anywhere now */
        assert_true(fdt.structs_end <= size && fdt.strings_end <= size);
    }
}

TEST(every_pair_of_header_fields_of_a_tree)
{
    begin();
    for (uint32_t a = 0; a < COUNT(fields); a++)
        for (uint32_t b = 0; b < a; b++) {
            void *unused = NULL;

            (void)blob_setup(&unused);
            blob_board();
            blob_header();

            uint32_t size = blob_size(), was_a = (uint32_t)field(fields[a]), was_b = (uint32_t)field(fields[b]);
            const uint32_t edge[] = {0, 1, 15, 16, 17, 18, BLOB_HEADER - 1, BLOB_HEADER, BLOB_STRUCTS, BLOB_STRINGS, size - 17,
                                     size - 16, size - 1, size, size + 1, 0x7FFFFFFF, 0x80000000, UINT32_MAX - 15, UINT32_MAX};

            for (uint32_t i = 0; i <= COUNT(edge); i++)
                for (uint32_t k = 0; k <= COUNT(edge); k++) {
                    blob_put32(fields[a], i < COUNT(edge) ? edge[i] : was_a);
                    blob_put32(fields[b], k < COUNT(edge) ? edge[k] : was_b);
                    check_header(size);
                }
        }
    say("headers of trees");
    assert_int_equal(states, 28 * 20 * 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_place_of_two_segments),
        cmocka_unit_test(every_extent_of_one_segment_in_the_file),
        cmocka_unit_test(every_index_around_every_boundary_of_every_level),
        cmocka_unit_test(every_pair_of_header_fields_of_a_tree),
    };

    return cmocka_run_group_tests_name("small_formats", tests, NULL, NULL);
}
