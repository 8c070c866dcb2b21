/* SPDX-License-Identifier: MIT */
/* A firmware that does as it is told: what the loaders ask it for, and the mistakes they must survive. */
#pragma once
#include <efi/loader.h>

#define FIRMWARE_FILES_MAX 4u

struct firmware_file {
    const char *path; /* NULL: end of the list */
    const void *data;
    uint64_t size;
    uint64_t short_by; /* bytes that reading leaves out */
};

struct firmware {
    struct firmware_file file[FIRMWARE_FILES_MAX + 1];
    uint32_t open_files;                 /* must be 0 at the end */
    uint32_t allocations_left;           /* then memory is out */
    uint64_t claimed;                    /* address of the last EFI_ALLOCATE_ADDRESS */
    bool refuse_claim;
    uint32_t stale_keys;                 /* so many times ExitBootServices() says the map has changed */
    efi_status_t exit_status;            /* what it says then */
    bool exited;
    bool has_loaded_image, has_volume, has_map;
    struct efi_loaded_image loaded;
    struct efi_graphics_mode *mode;      /* NULL: no screen */
    struct efi_system system;
    char console[4096];
};

extern struct firmware firmware;

/** cmocka setup: everything works, no file, no screen. */
int firmware_setup(void **state);
/** cmocka teardown: frees what was allocated. */
int firmware_teardown(void **state);
/** Load options: UTF-16 of these bytes. */
void firmware_options(const char *text);
