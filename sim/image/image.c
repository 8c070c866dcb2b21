/* SPDX-License-Identifier: MIT */
/* Loading an image, judging it as the kernel will, and putting given programs into it. */
#include <sim/image.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/layout.h>
#include <abi/status.h>
#include <arch/isa.h>
#include <base/elf.h>
#include <config/config.h>
#include <sim/options.h>

#define DEFAULT_IMAGE "tour"
#define MEMBERS_MAX (2 * MANIFEST_TASKS_MAX + 1)
#define AT_ELF_MACHINE 18u

/* -- Judging -- */

static _Noreturn void refuse(const char *path, const char *member, status_t status)
{
    options_refuse(EXIT_DATA, "--image=%s: %s: %s; make it anew with tools/mkimage", path, member, status_sentence(status));
}

static void check_program(const char *path, const struct ustar_member *file, uint32_t slot)
{
    struct elf_limits limits = {.machine = isa_elf_machine, .lo = LAYOUT_IMAGE_BASE + (uint64_t)slot * LAYOUT_IMAGE_STRIDE};
    struct elf_plan plan;

    limits.hi = limits.lo + LAYOUT_IMAGE_SIZE;
    status_t status = elf_plan_load(file->data, file->size, limits, &plan);
    if (status == ERR_ELF_WRONG_ARCH) {
        const char *isa = image_isa_name((uint16_t)(file->data[AT_ELF_MACHINE] | file->data[AT_ELF_MACHINE + 1] << 8));
        options_refuse(EXIT_DATA, "--image=%s: %s is a program for %s, this machine is %s; run it with --arch=%s", path, file->name,
            isa != NULL ? isa : "another machine", isa_name, isa != NULL ? isa : "its own");
    }
    if (status != STATUS_OK)
        refuse(path, file->name, status);
}

void image_check(const char *path, const uint8_t *bytes, uint64_t size, struct manifest *manifest)
{
    struct ustar_member member;
    uint32_t line = 0;
    char where[32];
    status_t status = ustar_find(bytes, size, "manifest", &member);

    if (status != STATUS_OK)
        refuse(path, "manifest", status);
    status = manifest_parse((const char *)member.data, member.size, CONFIG_TASKS, manifest, &line);
    if (status != STATUS_OK) {
        snprintf(where, sizeof where, "manifest line %u", line);
        refuse(path, where, status);
    }
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++) {
        if (!manifest->task[i].used)
            continue;
        status = ustar_find(bytes, size, manifest->task[i].file, &member);
        if (status != STATUS_OK)
            refuse(path, manifest->task[i].file, status);
        check_program(path, &member, i);
    }
}

/* -- Putting together -- */

struct parts {
    struct manifest manifest;
    struct image_member member[MEMBERS_MAX];
    uint32_t count;
};

/* Every program of the image that some slot still uses, once. */
static void take_programs(struct parts *parts, const uint8_t *bytes, uint64_t size)
{
    struct ustar_member file;
    uint64_t at = 0;

    while (bytes != NULL && ustar_next(bytes, size, &at, &file) == STATUS_OK) {
        bool used = false;
        for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++)
            used |= parts->manifest.task[i].used && strcmp(parts->manifest.task[i].file, file.name) == 0;
        if (used && parts->count < MEMBERS_MAX)
            parts->member[parts->count++] = (struct image_member){.name = file.name, .data = file.data, .size = file.size};
    }
}

/* Replace the image's archive by one with the given programs in it. */
static void merge(const struct image_plan *plan, struct image *image, struct parts *parts)
{
    uint8_t *base = image->bytes;

    for (uint32_t i = 0; i < plan->task_count; i++) {
        struct manifest_task *slot = &parts->manifest.task[plan->task[i].slot];
        parts->manifest.count += !slot->used;
        *slot = plan->task[i].config;
    }
    char *text = image_manifest_text(&parts->manifest);
    parts->member[0] = (struct image_member){.name = "manifest", .data = (const uint8_t *)text, .size = strlen(text)};
    parts->count = 1;
    take_programs(parts, image->bytes, image->size);
    for (uint32_t i = 0; i < plan->task_count; i++)
        parts->member[parts->count++] = (struct image_member){
            .name = plan->task[i].config.file, .data = plan->task[i].elf, .size = plan->task[i].size};
    image->bytes = image_pack(parts->member, parts->count, &image->size);
    free(text);
    free(base);
}

void image_load(const struct image_plan *plan, struct image *out)
{
    static struct parts parts;
    const char *name = plan->name != NULL ? plan->name : plan->task_count == 0 ? DEFAULT_IMAGE : "none";

    *out = (struct image){.name = name, .first_slot = IMAGE_NO_SLOT};
    if (strcmp(name, "none") != 0) {
        const char *path = image_find(name);
        out->bytes = options_read_file("image", path, &out->size);
        image_check(path, out->bytes, out->size, &parts.manifest);
    }
    if (plan->task_count == 0)
        return;
    out->first_slot = plan->task[0].slot;
    merge(plan, out, &parts);
}
