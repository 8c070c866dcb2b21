/* SPDX-License-Identifier: MIT */
/* Images by name: in $AEGIS_IMAGES, or where the build puts them beside this program. */
#include <sim/image.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sim/options.h>

#define SUFFIX ".img"
#define NAMES_MAX 64u

static const char *folder(void)
{
    static char path[4096];
    char self[2048];

    if (getenv("AEGIS_IMAGES") != NULL)
        return getenv("AEGIS_IMAGES");
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash != NULL)
        *slash = '\0';
    snprintf(path, sizeof path, "%s/../images", self);
    return path;
}

static int is_image(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return n > strlen(SUFFIX) && strcmp(entry->d_name + n - strlen(SUFFIX), SUFFIX) == 0;
}

/* The names of the images there are, in order, and behind them NULL. */
static void list(const char *where, const char *names[NAMES_MAX + 1])
{
    struct dirent **entries = NULL;
    int count = scandir(where, &entries, is_image, alphasort);
    uint32_t n = 0;

    for (int i = 0; i < count; i++) {
        if (n < NAMES_MAX)
            names[n++] = strndup(entries[i]->d_name, strlen(entries[i]->d_name) - strlen(SUFFIX));
        free(entries[i]);
    }
    free(entries);
    names[n] = NULL;
}

static _Noreturn void unknown(const char *where, const char *name)
{
    const char *names[NAMES_MAX + 1];
    char all[1024] = "";
    size_t used = 0;

    list(where, names);
    for (const char **n = names; *n != NULL && used < sizeof all; n++)
        used += (size_t)snprintf(all + used, sizeof all - used, " %s", *n);
    const char *nearest = options_nearest(name, names);
    if (names[0] == NULL)
        options_refuse(EXIT_NO_INPUT, "--image=%s: there are no images in %s; build them with ./aegis build", name, where);
    options_refuse(EXIT_NO_INPUT, "--image=%s: no such image%s%s%s there are:%s (or give the path of a file)", name,
        nearest != NULL ? "; did you mean " : ";", nearest != NULL ? nearest : "", nearest != NULL ? "?" : "", all);
}

const char *image_find(const char *name)
{
    static char path[4096];
    const char *where = folder();

    if (strchr(name, '/') != NULL)
        return name;
    snprintf(path, sizeof path, "%s/%s" SUFFIX, where, name);
    if (access(path, F_OK) == 0)
        return path;
    if (access(name, F_OK) == 0)
        return name; /* a file of this folder */
    unknown(where, name);
}
