/* SPDX-License-Identifier: MIT */
/*
 * Does a structured mutator do its work? Chains of mutations that begin at accepted files of the kept corpus must give both
 * kinds often: files that the reader accepts although they differ, and files that it refuses.
 *
 * usage: mutate_NAME_test CORPUS-FOLDER
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/layout.h>
#include <abi/status.h>
#include <base/elf.h>
#include <base/fdt.h>

#include "mutate.h"

#define ROOM 8192u
#define ROUNDS 20000u
#define CHAIN 2u           /* mutations on top of each other */
#define PART 10u           /* at least one in so many of either kind */
#define INPUTS_MAX 1024u

struct input {
    uint8_t *data;
    size_t size;
};

/* What libFuzzer would do: here one bit. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
    static unsigned seed = 1;

    (void)max_size;
    if (size > 0)
        data[mutate_pick(&seed, (uint32_t)size)] ^= (uint8_t)(1u << mutate_pick(&seed, 8));
    return size;
}

#ifdef MUTATE_ELF
static bool accepts(const uint8_t *data, size_t size)
{
    static const uint16_t machines[] = {62, 183, 243}; /* x86-64, AArch64, RISC-V */
    struct elf_plan plan;

    for (uint32_t i = 0; i < 3 * LAYOUT_IMAGE_COUNT; i++) {
        uint64_t lo = LAYOUT_IMAGE_BASE + (uint64_t)(i / 3) * LAYOUT_IMAGE_STRIDE;
        struct elf_limits limits = {.machine = machines[i % 3], .lo = lo, .hi = lo + LAYOUT_IMAGE_SIZE};

        if (elf_plan_load(data, size, limits, &plan) == STATUS_OK)
            return true;
    }
    return false;
}
#else
static bool accepts(const uint8_t *data, size_t size)
{
    struct fdt fdt;

    return fdt_open(&fdt, data, size) == STATUS_OK;
}
#endif

static uint32_t read_corpus(const char *folder, struct input *inputs)
{
    struct dirent *entry;
    DIR *dir = opendir(folder);
    uint32_t count = 0;

    while (dir != NULL && (entry = readdir(dir)) != NULL && count < INPUTS_MAX) {
        char path[4096];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || (file = fopen(path, "rb")) == NULL)
            continue;
        inputs[count].data = malloc(ROOM);
        inputs[count].size = fread(inputs[count].data, 1, ROOM, file);
        fclose(file);
        if (accepts(inputs[count].data, inputs[count].size))
            count++; /* or the next one takes its place */
        else
            free(inputs[count].data);
    }
    if (dir != NULL)
        closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    static struct input inputs[INPUTS_MAX];
    static _Alignas(8) uint8_t work[ROOM];
    uint32_t count = argc == 2 ? read_corpus(argv[1], inputs) : 0, accepted = 0, changed = 0;
    unsigned seed = 7;

    if (count == 0) {
        fprintf(stderr, "no corpus; usage: %s FOLDER\n", argv[0]);
        return 1;
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const struct input *input = &inputs[mutate_pick(&seed, count)];
        size_t size = input->size;

        memcpy(work, input->data, size);
        for (uint32_t i = 0; i < CHAIN && size <= ROOM; i++)
            size = LLVMFuzzerCustomMutator(work, size, ROOM, mutate_pick(&seed, 1u << 24));
        if (size > ROOM) {
            fprintf(stderr, "a mutation is longer than it may be\n");
            return 1;
        }
        if (size == input->size && memcmp(work, input->data, size) == 0)
            continue;
        changed++;
        accepted += accepts(work, size);
    }
    printf("%u inputs, %u mutations: %u differ, %u are accepted, %u refused\n", count, ROUNDS, changed, accepted, changed - accepted);
    return accepted < changed / PART || changed - accepted < changed / PART || changed < ROUNDS / 2;
}
