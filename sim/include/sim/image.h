/* SPDX-License-Identifier: MIT */
/*
 * What the machine runs: an image of the build (a ustar archive of a manifest and programs), programs of one's own, or
 * both. Programs of one's own are put into an archive in memory under a manifest written for them; their slots come from
 * the addresses that they are linked for.
 */
#pragma once
#include <stdint.h>

#include <base/manifest.h>
#include <base/ustar.h>

#define IMAGE_NO_SLOT UINT32_MAX

/** A program given by --task. */
struct image_task {
    const char *path;
    uint8_t *elf;
    uint64_t size;
    uint32_t slot;
    struct manifest_task config; /* `file` is its name in the archive */
};

struct image_plan {
    const char *name; /* by --image: a name, a path or "none"; NULL: not given */
    struct image_task task[MANIFEST_TASKS_MAX];
    uint32_t task_count;
};

struct image {
    uint8_t *bytes;      /* NULL: none */
    uint64_t size;
    const char *name;    /* for people */
    uint32_t first_slot; /* of the first given task: its exit code counts; IMAGE_NO_SLOT: none was given */
};

/** Read and check one `FILE[,key=value...]`; exits with one line if it is wrong. */
void image_add_task(struct image_plan *plan, const char *value);
/** Load, check and put together what `plan` says; exits with one line if it cannot be run. */
void image_load(const struct image_plan *plan, struct image *out);

/* -- Between the files of image/ -- */

/** The name of the instruction set of an ELF file's e_machine, or NULL. */
const char *image_isa_name(uint16_t elf_machine);
/** Path of the image called `name`; exits 66 with what there is if there is none such. The text lives on. */
const char *image_find(const char *name);
/** Check an archive and its programs as the kernel will; exits 65 with what is wrong where. */
void image_check(const char *path, const uint8_t *bytes, uint64_t size, struct manifest *manifest);

/** A member of an archive that is to be written. */
struct image_member {
    const char *name;
    const uint8_t *data;
    uint64_t size;
};
/** A new archive of these members; *size gets its length. Only as many bytes as the plan allows, never fails. */
uint8_t *image_pack(const struct image_member *members, uint32_t count, uint64_t *size);
/** The text of a manifest. */
char *image_manifest_text(const struct manifest *manifest);
