/* SPDX-License-Identifier: MIT */
#include <support/image.h>

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/memory.h>

#define BLOCK 512u
#define NOTE_OFFSET 0x200u

/* A ustar header: names and octal numbers at fixed places. */
static void write_header(uint8_t *h, const char *name, uint64_t size)
{
    uint32_t sum = 0;

    memset(h, 0, BLOCK);
    snprintf((char *)h, 100, "%s", name);
    memcpy(h + 100, "0000644", 8);
    memcpy(h + 108, "0000000", 8);
    memcpy(h + 116, "0000000", 8);
    snprintf((char *)h + 124, 12, "%011lo", (unsigned long)size);
    memcpy(h + 136, "00000000000", 12);
    memset(h + 148, ' ', 8);
    h[156] = '0';
    memcpy(h + 257, "ustar", 6);
    memcpy(h + 263, "00", 2);
    for (uint32_t i = 0; i < BLOCK; i++)
        sum += h[i];
    snprintf((char *)h + 148, 8, "%06o", sum);
}

static uint8_t *take(struct image *image, uint64_t size)
{
    uint8_t *place = image->bytes + image->size;

    if (size > IMAGE_MAX - image->size)
        abort();
    image->size += size;
    return place;
}

void image_begin(struct image *image)
{
    image->size = 0;
}

void image_add(struct image *image, const char *name, const void *data, uint64_t size)
{
    uint64_t padded = (size + BLOCK - 1) / BLOCK * BLOCK;
    uint8_t *body;

    write_header(take(image, BLOCK), name, size);
    body = take(image, padded);
    memset(body, 0, padded);
    memcpy(body, data, size);
}

void image_end(struct image *image)
{
    memset(take(image, 2 * BLOCK), 0, 2 * BLOCK);
}

struct aegis_note {
    Elf64_Nhdr header;
    char name[8];
    uint32_t version;
};

void image_elf(uint8_t elf[IMAGE_ELF_SIZE], uint32_t slot)
{
    const Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = ARCH_ELF_MACHINE,
        .e_version = EV_CURRENT,
        .e_entry = image_base(slot),
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 3,
    };
    const Elf64_Phdr segments[] = {
        {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = PAGE_SIZE, .p_vaddr = image_base(slot) + IMAGE_CODE_OFFSET,
         .p_filesz = PAGE_SIZE, .p_memsz = PAGE_SIZE, .p_align = PAGE_SIZE},
        {.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = 2 * PAGE_SIZE,
         .p_vaddr = image_base(slot) + IMAGE_DATA_OFFSET, .p_filesz = sizeof(IMAGE_DATA_TEXT), .p_memsz = 2 * PAGE_SIZE,
         .p_align = PAGE_SIZE},
        {.p_type = PT_NOTE, .p_flags = PF_R, .p_offset = NOTE_OFFSET, .p_filesz = sizeof(struct aegis_note),
         .p_memsz = sizeof(struct aegis_note), .p_align = 4},
    };
    const struct aegis_note note = {.header = {.n_namesz = 6, .n_descsz = 4, .n_type = 1}, .name = "aegis", .version = 1};

    memset(elf, 0, IMAGE_ELF_SIZE);
    memcpy(elf, &header, sizeof(header));
    memcpy(elf + sizeof(header), segments, sizeof(segments));
    memcpy(elf + NOTE_OFFSET, &note, sizeof(note));
    memcpy(elf + PAGE_SIZE, IMAGE_CODE_TEXT, sizeof(IMAGE_CODE_TEXT));
    memcpy(elf + 2 * PAGE_SIZE, IMAGE_DATA_TEXT, sizeof(IMAGE_DATA_TEXT));
}
