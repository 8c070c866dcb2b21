/* SPDX-License-Identifier: MIT */
/*
 * Builds small ELF64 files for tests. elf_image_default() gives a sound one of two segments and an Aegis note; tests
 * then change what they are about. The headers are written by elf_image_write(), so changes of `segment` count until
 * then.
 */
#pragma once
#include <elf.h>
#include <stdint.h>

#define ELF_IMAGE_SIZE    0x4000u
#define ELF_IMAGE_HEADERS 8u

struct elf_image {
    Elf64_Ehdr header;
    Elf64_Phdr segment[ELF_IMAGE_HEADERS];
    uint8_t bytes[ELF_IMAGE_SIZE]; /* the file */
    uint64_t length;
};

#define ELF_IMAGE_LO      0x40100000u
#define ELF_IMAGE_HI      0x40104000u
#define ELF_IMAGE_MACHINE EM_AARCH64
#define ELF_IMAGE_NOTE    0x400u /* where the default's note is in the file */

/** Segment 0: text of one page; 1: data with bss in the next page; 2: the note. */
void elf_image_default(struct elf_image *image);
/** Another program header; its index. */
uint32_t elf_image_add(struct elf_image *image, Elf64_Phdr segment);
/** Append a note at offset `at` of the file, padded to 4; the offset behind it. */
uint64_t elf_image_note(struct elf_image *image, uint64_t at, const char *name, uint32_t namesz, uint32_t type,
                        const void *desc, uint32_t descsz);
/** Headers into the bytes. */
void elf_image_write(struct elf_image *image);
