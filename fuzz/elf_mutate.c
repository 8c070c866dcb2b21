/* SPDX-License-Identifier: MIT */
/*
 * Mutations of programs: fields of the ELF header and of program headers get values at the edges of what the file, the slot
 * or another segment allows; program headers are repeated, exchanged and dropped; the file is cut.
 */
#include <elf.h>
#include <string.h>

#include <abi/layout.h>

#include "mutate.h"

#define ROOM 16u /* program headers that are looked at */

struct file {
    uint8_t *data;
    size_t size, room;
    unsigned seed;
};

static uint32_t pick(struct file *f, uint32_t below)
{
    return mutate_pick(&f->seed, below);
}

static Elf64_Ehdr header_of(const struct file *f)
{
    Elf64_Ehdr header;

    memcpy(&header, f->data, sizeof(header));
    return header;
}

/* Where program header `i` stands in the file; NULL if it does not. */
static uint8_t *segment_at(const struct file *f, uint32_t i)
{
    Elf64_Ehdr header = header_of(f);
    uint64_t at = header.e_phoff + (uint64_t)i * sizeof(Elf64_Phdr);

    if (header.e_phoff > f->size || i >= ROOM || at > f->size || f->size - at < sizeof(Elf64_Phdr))
        return NULL;
    return f->data + at;
}

static uint32_t segments(const struct file *f)
{
    uint32_t count = header_of(f).e_phnum, found = 0;

    while (found < count && segment_at(f, found) != NULL)
        found++;
    return found;
}

/* A value that some rule compares with: an edge, or one step beside it. */
static uint64_t edge(struct file *f)
{
    Elf64_Phdr other = {.p_vaddr = LAYOUT_IMAGE_BASE};
    uint32_t count = segments(f);
    uint64_t value;

    if (count > 0)
        memcpy(&other, segment_at(f, pick(f, count)), sizeof(other));
    switch (pick(f, 12)) {
    case 0: value = 0; break;
    case 1: value = UINT64_MAX; break;
    case 2: value = UINT64_C(1) << pick(f, 64); break;
    case 3: value = f->size; break;
    case 4: value = f->size - other.p_offset; break;
    case 5: value = other.p_offset + other.p_filesz; break;
    case 6: value = other.p_vaddr; break;
    case 7: value = other.p_vaddr + other.p_memsz; break;
    case 8: value = other.p_filesz; break;
    case 9: value = other.p_memsz; break;
    case 10: value = LAYOUT_IMAGE_BASE + (uint64_t)pick(f, 9) * LAYOUT_IMAGE_SIZE; break;
    default: value = (uint64_t)pick(f, 8) * 4096; break;
    }
    return value + pick(f, 3) - 1;
}

static void change_header(struct file *f)
{
    Elf64_Ehdr header = header_of(f);

    switch (pick(f, 8)) {
    case 0: header.e_entry = edge(f); break;
    case 1: header.e_phoff = edge(f); break;
    case 2: header.e_phnum = (uint16_t)pick(f, ROOM + 2); break;
    case 3: header.e_phentsize = (uint16_t)(sizeof(Elf64_Phdr) + pick(f, 3) - 1); break;
    case 4: header.e_machine = (uint16_t[]){EM_X86_64, EM_AARCH64, EM_RISCV, 0}[pick(f, 4)]; break;
    case 5: header.e_type = (uint16_t)pick(f, 5); break;
    case 6: header.e_ident[pick(f, EI_NIDENT)] ^= (uint8_t)(1u << pick(f, 8)); break;
    default: header.e_version = pick(f, 3); break;
    }
    memcpy(f->data, &header, sizeof(header));
}

static void change_segment(struct file *f)
{
    uint32_t count = segments(f);
    Elf64_Phdr p;
    uint8_t *at;

    if (count == 0)
        return;
    at = segment_at(f, pick(f, count));
    memcpy(&p, at, sizeof(p));
    switch (pick(f, 8)) {
    case 0: p.p_type = pick(f, 8); break;
    case 1: p.p_flags = pick(f, 9); break;
    case 2: p.p_offset = edge(f); break;
    case 3: p.p_vaddr = edge(f); break;
    case 4: p.p_filesz = edge(f); break;
    case 5: p.p_memsz = edge(f); break;
    case 6: p.p_memsz = p.p_filesz; break;
    default: p.p_align = pick(f, 2) == 0 ? edge(f) : UINT64_C(1) << pick(f, 64); break;
    }
    memcpy(at, &p, sizeof(p));
}

/* One program header becomes a copy of another, or they change places. */
static void mix_segments(struct file *f)
{
    uint8_t one[sizeof(Elf64_Phdr)], two[sizeof(Elf64_Phdr)];
    uint32_t count = segments(f);
    uint8_t *a, *b;

    if (count < 2)
        return;
    a = segment_at(f, pick(f, count));
    b = segment_at(f, pick(f, count));
    memcpy(one, a, sizeof(one));
    memcpy(two, b, sizeof(two));
    memcpy(b, one, sizeof(one));
    if (pick(f, 2) == 0)
        memcpy(a, two, sizeof(two));
}

static void change_size(struct file *f)
{
    if (pick(f, 2) == 0 || f->size == f->room) {
        f->size -= pick(f, (uint32_t)(f->size - sizeof(Elf64_Ehdr)) + 1);
        return;
    }
    size_t more = 1 + pick(f, (uint32_t)(f->room - f->size));
    memset(f->data + f->size, 0, more);
    f->size += more;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct file f = {data, size, max_size, seed};

    if (size < sizeof(Elf64_Ehdr) || pick(&f, 8) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    for (uint32_t changes = 1 + pick(&f, 4) / 2; changes > 0; changes--) {
        switch (pick(&f, 8)) {
        case 0: change_header(&f); break;
        case 1: mix_segments(&f); break;
        case 2: change_size(&f); break;
        default: change_segment(&f); break;
        }
    }
    return f.size;
}
