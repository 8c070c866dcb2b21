/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target over files and folders of inputs, in builds without libFuzzer: the kept corpus as a unit test. */
#include <support/fuzz.h>

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES 4096
#define INPUT_MAX (1u << 20)

static unsigned inputs;

/* The bytes are copied into a block of exactly their size, so that a read past the end is seen. */
static bool replay_file(const char *path)
{
    static uint8_t buffer[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    size_t size = file != NULL ? fread(buffer, 1, sizeof(buffer), file) : 0;
    uint8_t *data = malloc(size + (size == 0));

    if (file == NULL || ferror(file) || data == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        free(data);
        if (file != NULL)
            fclose(file);
        return false;
    }
    fclose(file);
    memcpy(data, buffer, size);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    inputs++;
    return true;
}

static bool replay_folder(const char *path, DIR *folder)
{
    struct dirent *entry;
    bool ok = true;

    while ((entry = readdir(folder)) != NULL) {
        char name[PATH_BYTES];
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(name, sizeof(name), "%s/%s", path, entry->d_name) >= (int)sizeof(name))
            return false;
        ok = replay_file(name) && ok;
    }
    return ok;
}

int main(int argc, char **argv)
{
    bool ok = true;

    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        ok = (folder != NULL ? replay_folder(argv[i], folder) : replay_file(argv[i])) && ok;
        if (folder != NULL)
            closedir(folder);
    }
    printf("%u inputs\n", inputs);
    return ok && inputs > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
