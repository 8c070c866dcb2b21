/* SPDX-License-Identifier: MIT */
/* The kernel's ELF file: untrusted as any file is, so every offset is checked. */
#include "x86_efi.h"

#include <base/mem.h>

#define EM_X86_64        62u
#define PT_LOAD          1u
#define SEGMENTS_MAX     16u
#define MULTIBOOT2_MAGIC 0xE85250D6u
#define MULTIBOOT2_AREA  32768u /* the header lies in this much of the file */
#define TAG_END          0u
#define TAG_ENTRY        3u

struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, va, pa, filesz, memsz, align;
};

struct multiboot_header {
    uint32_t magic, architecture, length, checksum;
};

struct multiboot_tag {
    uint16_t type, flags;
    uint32_t size, entry;
};

static bool read_header(const struct efi_blob *file, struct elf_header *header)
{
    static const uint8_t ident[] = {0x7F, 'E', 'L', 'F', 2, 1, 1};

    if (file->size < sizeof *header)
        return false;
    memcpy(header, file->data, sizeof *header);
    return memcmp(header->ident, ident, sizeof ident) == 0 && header->machine == EM_X86_64 &&
           header->phentsize == sizeof(struct elf_segment) && header->phnum <= SEGMENTS_MAX &&
           header->phoff <= file->size && header->phnum * sizeof(struct elf_segment) <= file->size - header->phoff;
}

static struct elf_segment segment(const struct efi_blob *file, const struct elf_header *header, uint32_t index)
{
    struct elf_segment s;

    memcpy(&s, file->data + header->phoff + index * sizeof s, sizeof s);
    return s;
}

static bool is_sound(const struct efi_blob *file, const struct elf_segment *s)
{
    return s->offset <= file->size && s->filesz <= file->size - s->offset && s->filesz <= s->memsz &&
           s->pa < X86_LIMIT && s->memsz <= X86_LIMIT - s->pa;
}

/* The physical range of all segments. */
static bool measure(const struct efi_blob *file, const struct elf_header *header, struct x86_kernel *out)
{
    *out = (struct x86_kernel){.start = X86_LIMIT};
    for (uint32_t i = 0; i < header->phnum; i++) {
        struct elf_segment s = segment(file, header, i);
        if (s.type != PT_LOAD || s.memsz == 0)
            continue;
        if (!is_sound(file, &s))
            return false;
        if (s.pa < out->start)
            out->start = s.pa - s.pa % PAGE_SIZE;
        if (s.pa + s.memsz > out->end)
            out->end = s.pa + s.memsz;
    }
    return out->start < out->end;
}

static void copy(const struct efi_blob *file, const struct elf_header *header)
{
    for (uint32_t i = 0; i < header->phnum; i++) {
        struct elf_segment s = segment(file, header, i);
        if (s.type != PT_LOAD)
            continue;
        memcpy((void *)s.pa, file->data + s.offset, s.filesz);
        memset((void *)(s.pa + s.filesz), 0, s.memsz - s.filesz);
    }
}

/* The entry in the ELF header, as a physical address whichever way it is given. */
static uint64_t elf_entry(const struct efi_blob *file, const struct elf_header *header)
{
    for (uint32_t i = 0; i < header->phnum; i++) {
        struct elf_segment s = segment(file, header, i);
        if (s.type == PT_LOAD && header->entry - s.va < s.memsz)
            return s.pa + (header->entry - s.va);
    }
    return header->entry;
}

/* The entry that a tag of the Multiboot2 header at `at` names; 0: none does. */
static uint32_t tagged_entry(const struct efi_blob *file, uint64_t at, uint32_t length)
{
    struct multiboot_tag tag;

    for (uint64_t pos = at + sizeof(struct multiboot_header); pos + sizeof tag <= at + length;
         pos += (tag.size + 7u) & ~7ull) {
        memcpy(&tag, file->data + pos, sizeof tag);
        if (tag.type == TAG_ENTRY && tag.size == sizeof tag)
            return tag.entry;
        if (tag.type == TAG_END || tag.size < 8)
            break;
    }
    return 0;
}

static bool find_entry(const struct efi_blob *file, const struct elf_header *header, struct x86_kernel *out)
{
    struct multiboot_header mb;

    for (uint64_t at = 0; at + sizeof mb <= file->size && at + sizeof mb <= MULTIBOOT2_AREA; at += 8) {
        memcpy(&mb, file->data + at, sizeof mb);
        if (mb.magic != MULTIBOOT2_MAGIC || mb.magic + mb.architecture + mb.length + mb.checksum != 0 ||
            mb.length > file->size - at)
            continue;
        uint64_t entry = tagged_entry(file, at, mb.length);
        if (entry == 0)
            entry = elf_entry(file, header);
        out->entry = (uint32_t)entry;
        return entry >= out->start && entry < out->end;
    }
    return false;
}

bool x86_kernel_load(const struct efi_loader *loader, const struct efi_blob *file, struct x86_kernel *out)
{
    struct elf_header header;

    if (!read_header(file, &header) || !measure(file, &header, out))
        return efi_fail(loader, EFI_KERNEL_FILE ": not an x86-64 ELF file that can be loaded below 4 GiB");
    if (!find_entry(file, &header, out))
        return efi_fail(loader, EFI_KERNEL_FILE ": no Multiboot2 header with an entry inside the kernel");
    if (!efi_claim(loader, out->start, out->end - out->start, "the kernel"))
        return false;
    copy(file, &header);
    return true;
}
