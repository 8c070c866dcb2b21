/* SPDX-License-Identifier: MIT */
/* Mutations of archives: after libFuzzer's own, most headers get their magic and checksum right again. */
#include <string.h>

#include "check.h"

#define BLOCK 512u
#define SUM 148u
#define SUM_SIZE 8u
#define MAGIC 257u

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static void repair(uint8_t *header)
{
    uint32_t sum = 0;
    char text[SUM_SIZE + 1];

    memcpy(header + MAGIC, "ustar", 6);
    memset(header + SUM, ' ', SUM_SIZE);
    for (uint32_t i = 0; i < BLOCK; i++)
        sum += header[i];
    snprintf(text, sizeof(text), "%06o", sum);
    memcpy(header + SUM, text, SUM_SIZE - 1);
}

/* Every block that looks like a header: it has a magic, nearly a magic, or a checksum. */
static bool looks_like_header(const uint8_t *block)
{
    return memcmp(block + MAGIC, "ust", 3) == 0 || memcmp(block + MAGIC + 2, "tar", 3) == 0 ||
           (block[SUM] == '0' && block[SUM + 1] == '0' && block[SUM + 7] == ' ');
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, max_size);
    for (size_t at = 0; at + BLOCK <= size && seed % 8 != 0; at += BLOCK)
        if (looks_like_header(data + at))
            repair(data + at);
    return size;
}
