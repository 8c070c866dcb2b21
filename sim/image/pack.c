/* SPDX-License-Identifier: MIT */
/* Writing an archive and its manifest. */
#include <sim/image.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK UINT64_C(512)
#define LINE_MAX_BYTES 256u

/* The fields of a ustar header that are not zero. */
enum { AT_NAME = 0, AT_MODE = 100, AT_UID = 108, AT_GID = 116, AT_SIZE = 124, AT_TIME = 136, AT_SUM = 148, AT_KIND = 156,
    AT_MAGIC = 257 };

static uint64_t padded(uint64_t size)
{
    return (size + BLOCK - 1) / BLOCK * BLOCK;
}

static void write_header(char *h, const struct image_member *member)
{
    uint32_t sum = 0;

    snprintf(h + AT_NAME, 100, "%s", member->name);
    snprintf(h + AT_MODE, 8, "%07o", 0644);
    snprintf(h + AT_UID, 8, "%07o", 0);
    snprintf(h + AT_GID, 8, "%07o", 0);
    snprintf(h + AT_SIZE, 12, "%011llo", (unsigned long long)member->size);
    snprintf(h + AT_TIME, 12, "%011o", 0);
    h[AT_KIND] = '0';
    memcpy(h + AT_MAGIC, "ustar\00000", 8);
    memset(h + AT_SUM, ' ', 8);
    for (uint32_t i = 0; i < BLOCK; i++)
        sum += (uint8_t)h[i];
    snprintf(h + AT_SUM, 8, "%06o", sum);
}

uint8_t *image_pack(const struct image_member *members, uint32_t count, uint64_t *size)
{
    uint64_t at = 0;

    *size = 2 * BLOCK; /* the end mark */
    for (uint32_t i = 0; i < count; i++)
        *size += BLOCK + padded(members[i].size);
    uint8_t *archive = calloc(1, *size);
    if (archive == NULL)
        abort();
    for (uint32_t i = 0; i < count; i++) {
        write_header((char *)archive + at, &members[i]);
        memcpy(archive + at + BLOCK, members[i].data, members[i].size);
        at += BLOCK + padded(members[i].size);
    }
    return archive;
}

char *image_manifest_text(const struct manifest *manifest)
{
    static const char *const restart[] = {"never", "fault", "always"};
    char *text = calloc(manifest->count + 1, LINE_MAX_BYTES);
    size_t used = 0;

    if (text == NULL)
        abort();
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++) {
        const struct manifest_task *t = &manifest->task[i];
        if (t->used)
            used += (size_t)snprintf(text + used, LINE_MAX_BYTES,
                "task %u name=%s file=%s priority=%u budget=%u heartbeat=%u caps=0x%x restart=%s\n", i, t->name, t->file,
                t->priority, t->budget, t->heartbeat, t->caps, restart[t->restart]);
    }
    return text;
}
