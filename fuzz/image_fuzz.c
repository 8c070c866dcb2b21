/* SPDX-License-Identifier: MIT */
/*
 * Images: the archive reader and the manifest parser. The archive is read a second time by the rules of <base/ustar.h> with
 * the C library's means; a manifest that is accepted is printed and must parse back to itself. The input is an archive; its
 * member `manifest`, or all of it where it is none, is also a manifest.
 */
#include <inttypes.h>
#include <string.h>

#include <abi/caps.h>
#include <abi/status.h>
#include <base/manifest.h>
#include <base/ustar.h>

#include "check.h"

#define BLOCK 512u
#define TEXT_SIZE 65536u

/* ---- the archive ---- */

struct header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100], magic[6], version[2], user[32],
        group[32], major[8], minor[8], prefix[155], rest[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header fills its block");

/* A number of at most `width` characters: spaces, octal digits, and nothing behind them but an end. */
static bool octal(const char *field, size_t width, uint64_t *out)
{
    char text[16] = "";
    char *end;

    memcpy(text, field, width);
    if (strspn(text, " ") == strlen(text) || strchr("01234567", text[strspn(text, " ")]) == NULL)
        return false;
    *out = strtoull(text, &end, 8);
    return *end == '\0' || *end == ' ';
}

static bool header_is_sound(const struct header *h)
{
    uint64_t sum = ' ' * sizeof(h->sum), stored = 0;
    const uint8_t *p = (const uint8_t *)h;

    for (size_t i = 0; i < BLOCK; i++)
        if (i < offsetof(struct header, sum) || i >= offsetof(struct header, type))
            sum += p[i];
    return memcmp(h->magic, "ustar", 5) == 0 && octal(h->sum, sizeof(h->sum), &stored) && stored == sum &&
           h->name[0] != '\0' && memchr(h->name, '\0', sizeof(h->name)) != NULL && h->prefix[0] == '\0';
}

/* What the next member should be, in other words than the reader's. */
static status_t expect(const uint8_t *data, uint64_t size, uint64_t *pos, struct ustar_member *out)
{
    static const uint8_t zeros[BLOCK];

    for (;;) {
        struct header h;
        uint64_t bytes = 0, blocks;

        if (size < BLOCK || *pos > size - BLOCK)
            return ERR_TAR_TRUNCATED;
        memcpy(&h, data + *pos, sizeof(h));
        if (memcmp(&h, zeros, BLOCK) == 0)
            return ERR_NOT_FOUND;
        if (!header_is_sound(&h) || !octal(h.size, sizeof(h.size), &bytes))
            return ERR_TAR_BAD_HEADER;
        if (strchr("123456", h.type) != NULL && h.type != '\0')
            bytes = 0;
        *out = (struct ustar_member){(const char *)data + *pos, data + *pos + BLOCK, bytes};
        for (blocks = 1; bytes > 0; bytes -= bytes < BLOCK ? bytes : BLOCK)
            if (++blocks > (size - *pos) / BLOCK)
                return ERR_TAR_TRUNCATED;
        *pos += blocks * BLOCK;
        if (h.type == '0' || h.type == '\0')
            return STATUS_OK;
    }
}

static bool same_member(const struct ustar_member *a, const struct ustar_member *b)
{
    return a->name == b->name && a->data == b->data && a->size == b->size;
}

static void check_found(const uint8_t *data, uint64_t size, const struct ustar_member *member)
{
    struct ustar_member found;

    REQUIRE(ustar_find(data, size, member->name, &found) == STATUS_OK, "a member that was seen is found");
    REQUIRE(found.name <= member->name && strcmp(found.name, member->name) == 0, "the first of its name is found");
}

static void check_archive(const uint8_t *data, uint64_t size)
{
    struct ustar_member ours, theirs;
    uint64_t at = 0, expected_at = 0;
    status_t status, expected;

    for (;;) {
        status = ustar_next(data, size, &at, &ours);
        expected = expect(data, size, &expected_at, &theirs);
        REQUIRE(status == expected, "the reader goes as far as the rules say");
        if (status != STATUS_OK)
            break;
        REQUIRE(at == expected_at && same_member(&ours, &theirs), "members are where the rules say");
        check_found(data, size, &ours);
    }
    REQUIRE(ustar_find(data, size, "\x01 no such member", &ours) == status, "a search ends as the walk does");
}

/* ---- the manifest ---- */

static bool name_is_sound(const char *name, size_t size)
{
    return name[0] != '\0' && memchr(name, '\0', size) != NULL &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == strlen(name);
}

static void check_task(const struct manifest_task *t)
{
    REQUIRE(name_is_sound(t->name, sizeof(t->name)) && name_is_sound(t->file, sizeof(t->file)), "names are names");
    REQUIRE(t->priority <= 7 && (t->caps & ~(uint64_t)CAP_ALL) == 0 && t->restart <= MANIFEST_RESTART_ALWAYS,
            "numbers are in their ranges");
}

static size_t print_task(char *text, size_t room, uint32_t slot, const struct manifest_task *t)
{
    static const char *const restart[] = {"never", "fault", "always"};
    int n = snprintf(text, room, "\ttask 0x%" PRIx32 " restart=%s  caps=", slot, restart[t->restart]);

    for (uint32_t bit = 0; bit < CAP_COUNT; bit++) {
        const char *name = cap_bit_name(bit);
        bool first = (t->caps & ((1u << bit) - 1)) == 0;
        if ((t->caps & 1u << bit) == 0)
            continue;
        n += snprintf(text + n, room - (size_t)n, "%s", first ? "" : "+");
        for (; *name != '\0'; name++)
            text[n++] = (char)(*name >= 'A' && *name <= 'Z' ? *name + 'a' - 'A' : *name);
    }
    n += snprintf(text + n, room - (size_t)n, "%s file=%s name=%s heartbeat=%" PRIu32 " budget=0x%" PRIX32 " priority=%" PRIu32
                  " # slot %" PRIu32 "\n\n", t->caps == 0 ? "none" : "", t->file, t->name, t->heartbeat, t->budget, t->priority,
                  slot);
    return (size_t)n;
}

static bool same_task(const struct manifest_task *a, const struct manifest_task *b)
{
    return a->used == b->used && (!a->used || (strcmp(a->name, b->name) == 0 && strcmp(a->file, b->file) == 0 &&
           a->priority == b->priority && a->budget == b->budget && a->heartbeat == b->heartbeat && a->caps == b->caps &&
           a->restart == b->restart));
}

static void check_accepted(const struct manifest *m, uint32_t slots)
{
    static struct manifest again;
    char text[TEXT_SIZE];
    uint32_t used = 0, line = 0;
    size_t len = 0;

    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++) {
        if (!m->task[i].used)
            continue;
        REQUIRE(i < slots, "a slot is one of those there are");
        check_task(&m->task[i]);
        len += print_task(text + len, sizeof(text) - len, i, &m->task[i]);
        used++;
    }
    REQUIRE(used == m->count, "the count is that of the used slots");
    REQUIRE(manifest_parse(text, len, slots, &again, &line) == STATUS_OK, "what is printed from a manifest is one");
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++)
        REQUIRE(same_task(&m->task[i], &again.task[i]), "a manifest survives being printed");
}

static uint32_t lines_of(const char *text, size_t len)
{
    uint32_t lines = 1;

    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    return lines;
}

static void check_manifest(const char *text, size_t len, uint32_t slots)
{
    static struct manifest manifest;
    uint32_t line = 0;
    status_t status = manifest_parse(text, len, slots, &manifest, &line);

    REQUIRE(status == STATUS_OK || (status <= ERR_MANIFEST_SYNTAX && status >= ERR_MANIFEST_DUP), "only manifest errors");
    if (status == STATUS_OK)
        check_accepted(&manifest, slots);
    else
        REQUIRE(line >= 1 && line <= lines_of(text, len), "the line of an error exists");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ustar_member manifest;

    check_archive(data, size);
    if (ustar_find(data, size, "manifest", &manifest) == STATUS_OK) {
        check_manifest((const char *)manifest.data, manifest.size, 64);
        check_manifest((const char *)manifest.data, manifest.size, 8);
    } else {
        check_manifest((const char *)data, size, 64);
        check_manifest((const char *)data, size, 8);
    }
    return 0;
}
