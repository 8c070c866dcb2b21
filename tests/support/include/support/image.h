/* SPDX-License-Identifier: MIT */
/* Boot images made in memory: a ustar archive with a manifest and small, valid ELF files for the null HAL's machine. */
#pragma once
#include <abi/layout.h>
#include <abi/types.h>

#define IMAGE_MAX (1u << 20)

/** What image_elf() writes: one page of "code" that starts with this text, and one page of data followed by one of zeroes. */
#define IMAGE_CODE_TEXT "code of a test program"
#define IMAGE_DATA_TEXT "data as linked"
#define IMAGE_CODE_OFFSET 0u
#define IMAGE_DATA_OFFSET 0x1000u
#define IMAGE_BSS_OFFSET 0x2000u
#define IMAGE_ELF_SIZE 0x3000u

/** First address of the program, and of the stack, of a slot. */
static inline vaddr_t image_base(uint32_t slot)
{
    return LAYOUT_IMAGE_BASE + (vaddr_t)slot * LAYOUT_IMAGE_STRIDE;
}
static inline vaddr_t image_stack(uint32_t slot)
{
    return LAYOUT_STACK_BASE + (vaddr_t)slot * LAYOUT_STACK_STRIDE;
}

struct image {
    uint8_t bytes[IMAGE_MAX];
    uint64_t size;
};

/** Start an archive. */
void image_begin(struct image *image);
/** Append one file. */
void image_add(struct image *image, const char *name, const void *data, uint64_t size);
/** Write the end mark. */
void image_end(struct image *image);

/** Write the ELF file of a task in `slot`: IMAGE_ELF_SIZE bytes. The entry point is the first address of the program. */
void image_elf(uint8_t elf[IMAGE_ELF_SIZE], uint32_t slot);
