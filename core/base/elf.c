/* SPDX-License-Identifier: MIT */
/*
 * The file is whatever a user found on the internet. Every number is read byte by byte, every range is checked without
 * adding first, and segments travel by value: this file is meant to be read by provers too.
 */
#include <abi/status.h>
#include <base/elf.h>

#define EHDR_SIZE 64u
#define PHDR_SIZE 56u

#define CLASS_64  2u
#define DATA_LE   1u
#define TYPE_EXEC 2u

#define PT_LOAD    1u
#define PT_DYNAMIC 2u
#define PT_INTERP  3u
#define PT_NOTE    4u

#define NOTES_SIZE_MAX 4096u /* of one segment of notes */
#define NOTE_HEADER    12u
#define NOTE_TYPE_ABI  1u
#define NOTE_NAME_SIZE 6u /* "aegis" with its NUL */
#define NOTE_DESC_SIZE 4u

enum notes { NOTES_OTHER, NOTES_AEGIS, NOTES_BAD };

/* What is checked, and against what. */
struct file {
    const uint8_t *bytes;
    uint64_t len;
    struct elf_limits limits;
};

static uint32_t load16(const uint8_t *p)
{
    return p[0] + 256u * p[1];
}

static uint32_t load32(const uint8_t *p)
{
    return load16(p) + 65536u * load16(p + 2);
}

static uint64_t load64(const uint8_t *p)
{
    return load32(p) + UINT64_C(0x100000000) * load32(p + 4);
}

static status_t check_header(struct file file)
{
    const uint8_t *image = file.bytes;

    if (file.len < EHDR_SIZE)
        return ERR_ELF_TOO_SMALL;
    if (image[0] != 0x7F || image[1] != 'E' || image[2] != 'L' || image[3] != 'F')
        return ERR_ELF_BAD_MAGIC;
    if (image[4] != CLASS_64)
        return ERR_ELF_NOT_64BIT;
    if (image[5] != DATA_LE)
        return ERR_ELF_NOT_LE;
    if (load16(image + 16) != TYPE_EXEC)
        return ERR_ELF_NOT_EXEC;
    if (load16(image + 18) != file.limits.machine)
        return ERR_ELF_WRONG_ARCH;
    return STATUS_OK;
}

static bool in_file(uint64_t off, uint64_t size, uint64_t len)
{
    return off <= len && size <= len - off;
}

static struct elf_segment read_segment(const uint8_t *ph)
{
    return (struct elf_segment){
        .flags = load32(ph + 4) % 8u,
        .off = load64(ph + 8),
        .va = load64(ph + 16),
        .filesz = load64(ph + 32),
        .memsz = load64(ph + 40),
    };
}

static status_t check_segment(struct elf_segment s, uint64_t len, struct elf_limits limits)
{
    if (s.filesz > s.memsz || !in_file(s.off, s.filesz, len))
        return ERR_ELF_SEG_BOUNDS;
    if ((s.flags & ELF_W) != 0 && (s.flags & ELF_X) != 0)
        return ERR_ELF_WX;
    if (s.memsz > limits.hi - limits.lo)
        return ERR_ELF_TOO_LARGE;
    if (s.va < limits.lo || s.va > limits.hi || s.memsz > limits.hi - s.va)
        return ERR_ELF_VADDR_RANGE;
    return STATUS_OK;
}

static uint64_t page_of(uint64_t va)
{
    return va - va % PAGE_SIZE;
}

/* Both lie in limits, so that the last bytes do not overflow; memsz > 0. */
static bool share_page(struct elf_segment a, struct elf_segment b)
{
    return page_of(a.va) <= page_of(b.va + b.memsz - 1) && page_of(b.va) <= page_of(a.va + a.memsz - 1);
}

static bool shares_page(const struct elf_plan *plan, uint32_t count, struct elf_segment s)
{
    for (uint32_t i = 0; i < count; i++) {
        if (share_page(plan->seg[i], s))
            return true;
    }
    return false;
}

static void put_segment(struct elf_plan *plan, uint32_t i, struct elf_segment s)
{
    plan->seg[i] = s;
}

static status_t add_segment(struct elf_plan *plan, uint32_t *count, struct elf_segment s, struct file file)
{
    status_t status;

    if (s.memsz == 0 && s.filesz == 0) /* linkers leave such headers behind */
        return STATUS_OK;
    status = check_segment(s, file.len, file.limits);
    if (status != STATUS_OK)
        return status;
    if (*count >= ELF_SEGMENTS_MAX)
        return ERR_ELF_TOO_MANY;
    if (shares_page(plan, *count, s))
        return ERR_ELF_OVERLAP;
    put_segment(plan, *count, s);
    *count += 1;
    return STATUS_OK;
}

/* Notes start and end at multiples of the segment's alignment: 8, or 4 for anything smaller. */
static uint64_t padded(uint64_t n, uint64_t align)
{
    return n + (align - n % align) % align;
}

static enum notes check_note(const uint8_t *name, uint32_t namesz, const uint8_t *desc, uint32_t descsz, uint32_t type)
{
    if (namesz != NOTE_NAME_SIZE || name[0] != 'a' || name[1] != 'e' || name[2] != 'g' || name[3] != 'i' ||
        name[4] != 's' || name[5] != '\0')
        return NOTES_OTHER;
    if (type != NOTE_TYPE_ABI || descsz != NOTE_DESC_SIZE || load32(desc) != ELF_AEGIS_ABI)
        return NOTES_BAD;
    return NOTES_AEGIS;
}

/* All notes of the `size` bytes at `p`. Each round consumes at least a header. */
static enum notes check_notes(const uint8_t *p, uint64_t size, uint64_t align)
{
    enum notes found = NOTES_OTHER;
    uint64_t at = 0;

    while (at < size) {
        uint64_t desc;
        uint32_t namesz, descsz;
        enum notes note;

        if (size - at < NOTE_HEADER)
            return NOTES_BAD;
        namesz = load32(p + at);
        descsz = load32(p + at + 4);
        desc = padded(at + NOTE_HEADER + namesz, align);
        if (desc > size || descsz > size - desc)
            return NOTES_BAD;
        note = check_note(p + at + NOTE_HEADER, namesz, p + desc, descsz, load32(p + at + 8));
        if (note == NOTES_BAD)
            return NOTES_BAD;
        if (note == NOTES_AEGIS)
            found = NOTES_AEGIS;
        at = padded(desc + descsz, align);
    }
    return found;
}

static enum notes check_note_segment(struct file file, const uint8_t *ph)
{
    uint64_t off = load64(ph + 8);
    uint64_t size = load64(ph + 32);
    uint64_t align = load64(ph + 48);

    if (!in_file(off, size, file.len) || size > NOTES_SIZE_MAX || (align > 4 && align != 8))
        return NOTES_BAD;
    return check_notes(file.bytes + off, size, align == 8 ? 8 : 4);
}

static bool entry_is_executable(const struct elf_plan *plan, uint32_t count, uint64_t entry)
{
    for (uint32_t i = 0; i < count; i++) {
        struct elf_segment s = plan->seg[i];

        if ((s.flags & ELF_X) != 0 && entry >= s.va && entry - s.va < s.memsz)
            return true;
    }
    return false;
}

/* One program header: a segment joins the plan, a note is looked at, what needs a dynamic linker is refused. */
static status_t take_header(struct file file, const uint8_t *ph, struct elf_plan *plan, uint32_t *count,
                            enum notes *notes)
{
    enum notes note;

    switch (load32(ph)) {
    case PT_LOAD:
        return add_segment(plan, count, read_segment(ph), file);
    case PT_DYNAMIC:
    case PT_INTERP:
        return ERR_ELF_NOT_EXEC;
    case PT_NOTE:
        note = check_note_segment(file, ph);
        if (note == NOTES_BAD)
            return ERR_ELF_BAD_NOTE;
        if (note == NOTES_AEGIS)
            *notes = NOTES_AEGIS;
        return STATUS_OK;
    default:
        return STATUS_OK;
    }
}

status_t elf_plan_load(const uint8_t *image, uint64_t len, struct elf_limits limits, struct elf_plan *out)
{
    const struct file file = {image, len, limits};
    status_t status = check_header(file);
    enum notes notes = NOTES_OTHER;
    uint32_t count = 0;
    uint32_t phentsize, phnum;
    uint64_t phoff, entry;

    if (status != STATUS_OK)
        return status;
    entry = load64(image + 24);
    phoff = load64(image + 32);
    phentsize = load16(image + 54);
    phnum = load16(image + 56);
    if (phnum > 0 && (phentsize < PHDR_SIZE || !in_file(phoff, (uint64_t)phentsize * phnum, len)))
        return ERR_ELF_PH_BOUNDS;
    for (uint32_t i = 0; i < phnum; i++) {
        status = take_header(file, image + (phoff + (uint64_t)phentsize * i), out, &count, &notes);
        if (status != STATUS_OK)
            return status;
    }
    if (count == 0)
        return ERR_ELF_NO_SEGMENTS;
    if (!entry_is_executable(out, count, entry))
        return ERR_ELF_BAD_ENTRY;
    if (notes != NOTES_AEGIS)
        return ERR_ELF_BAD_NOTE;
    out->count = count;
    out->entry = entry;
    return STATUS_OK;
}
