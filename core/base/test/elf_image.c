/* SPDX-License-Identifier: MIT */
#include "elf_image.h"

#include <string.h>

void elf_image_default(struct elf_image *image)
{
    const uint32_t version = 1;

    memset(image, 0, sizeof(*image));
    image->length = 0x2800;
    image->header = (Elf64_Ehdr){
        .e_ident = {0x7F, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = ELF_IMAGE_MACHINE,
        .e_version = EV_CURRENT,
        .e_entry = ELF_IMAGE_LO + 0x10,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
    };
    elf_image_add(image, (Elf64_Phdr){.p_type = PT_LOAD,
                                      .p_flags = PF_R | PF_X,
                                      .p_offset = 0x1000,
                                      .p_vaddr = ELF_IMAGE_LO,
                                      .p_filesz = 0x800,
                                      .p_memsz = 0x800,
                                      .p_align = 0x1000});
    elf_image_add(image, (Elf64_Phdr){.p_type = PT_LOAD,
                                      .p_flags = PF_R | PF_W,
                                      .p_offset = 0x2000,
                                      .p_vaddr = ELF_IMAGE_LO + 0x1000,
                                      .p_filesz = 0x100,
                                      .p_memsz = 0x1200,
                                      .p_align = 0x1000});
    elf_image_add(image, (Elf64_Phdr){.p_type = PT_NOTE,
                                      .p_flags = PF_R,
                                      .p_offset = ELF_IMAGE_NOTE,
                                      .p_align = 4,
                                      .p_filesz = elf_image_note(image, ELF_IMAGE_NOTE, "aegis", 6, 1, &version, 4) -
                                                  ELF_IMAGE_NOTE});
    elf_image_write(image);
}

uint32_t elf_image_add(struct elf_image *image, Elf64_Phdr segment)
{
    image->segment[image->header.e_phnum] = segment;
    return image->header.e_phnum++;
}

uint64_t elf_image_note(struct elf_image *image, uint64_t at, const char *name, uint32_t namesz, uint32_t type,
                        const void *desc, uint32_t descsz)
{
    const uint32_t header[3] = {namesz, descsz, type};

    memcpy(image->bytes + at, header, sizeof(header));
    at += sizeof(header);
    memcpy(image->bytes + at, name, namesz);
    at += (namesz + 3) / 4 * 4;
    if (descsz > 0)
        memcpy(image->bytes + at, desc, descsz);
    return at + (descsz + 3) / 4 * 4;
}

void elf_image_write(struct elf_image *image)
{
    memcpy(image->bytes, &image->header, sizeof(image->header));
    memcpy(image->bytes + image->header.e_phoff, image->segment, sizeof(Elf64_Phdr) * image->header.e_phnum);
}
