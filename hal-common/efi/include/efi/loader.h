/* SPDX-License-Identifier: MIT */
/*
 * What the loaders of all ISAs share. A loader is an EFI application with no state but its stack: everything it knows
 * stands in one struct efi_loader. What goes wrong is said on the firmware's console by the function that saw it
 * (efi_fail); callers only pass it on. Boot services are there until efi_exit().
 */
#pragma once
#include <base/compiler.h>
#include <efi/efi.h>
#include <efi/ranges.h>

#define EFI_CMDLINE_MAX 512u /* as BOOT_CMDLINE_MAX */
/** Larger than any image; a size beyond it is a mistake. */
#define EFI_FILE_MAX (256u << 20)
/** Limit of efi_allocate(): anywhere. */
#define EFI_ANYWHERE UINT64_MAX

/** Files on the volume that the loader came from. */
#define EFI_KERNEL_FILE  "\\aegis\\kernel.elf"
#define EFI_IMAGE_FILE   "\\aegis\\tasks.img"
#define EFI_CMDLINE_FILE "\\aegis\\cmdline.txt"

struct efi_blob {
    uint8_t *data;
    uint64_t size; /* bytes */
};

/** A linear framebuffer of 32 bits a pixel; address 0: none. */
struct efi_screen {
    uint64_t address, size;
    uint32_t width, height, stride; /* stride: bytes a line */
    uint32_t format;                /* enum efi_pixel_format */
};

struct efi_loader {
    void *image;
    struct efi_system *system;
    struct efi_boot_services *boot;
    const struct efi_loaded_image *loaded;
    char cmdline[EFI_CMDLINE_MAX];
    struct efi_blob tasks; /* the task image */
    struct efi_screen screen;
    struct efi_blob map_room; /* for the memory map */
};

/** The application; the header's entry point. */
efi_status_t EFIAPI efi_main(void *image, struct efi_system *system);

/* -- Text -- */

/** Print "aegis: ..." and a new line; cut off at 200 characters. */
void efi_say(const struct efi_loader *loader, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** The same; returns false, so that what failed can be said and passed on in one statement. */
bool efi_fail(const struct efi_loader *loader, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* -- Before the kernel is known -- */

/** Fill *loader for a machine of this firmware, and read the command line: the load options, else EFI_CMDLINE_FILE. */
MUST_CHECK bool efi_open(struct efi_loader *loader, void *image, struct efi_system *system);
/** Table of the firmware's configuration; NULL if it has none of this kind. */
void *efi_configuration(const struct efi_loader *loader, const struct efi_guid *vendor);
/** Whole pages that end below `limit`; NULL after a message that names `what`. */
void *efi_allocate(const struct efi_loader *loader, uint64_t size, uint64_t limit, const char *what);
/** Allocate the pages of [address, address + size); EFI_OK if none of them was in use. */
MUST_CHECK efi_status_t efi_try_claim(const struct efi_loader *loader, uint64_t address, uint64_t size);
/** The same; false after a message that names `what`. */
MUST_CHECK bool efi_claim(const struct efi_loader *loader, uint64_t address, uint64_t size, const char *what);
/** Is there such a file on the volume the loader came from? `path` has / or a backslash between folders. */
bool efi_has_file(const struct efi_loader *loader, const char *path);
/** Read a whole file of the volume the loader came from into pages below `limit`. */
MUST_CHECK bool efi_read(const struct efi_loader *loader, const char *path, uint64_t limit, struct efi_blob *out);
/** Read the task image: the file that `initrd=` of the command line names, else EFI_IMAGE_FILE. */
MUST_CHECK bool efi_read_tasks(struct efi_loader *loader, uint64_t limit);
/** Find the firmware's screen; none is no error. */
void efi_find_screen(struct efi_loader *loader);

/* -- The end of boot services -- */

/** The memory map as it is now, in room that is made by the first call. */
MUST_CHECK bool efi_get_map(struct efi_loader *loader, struct efi_map *map);
/** End boot services; *map is the final memory map. Afterwards nothing can be said any more. */
MUST_CHECK bool efi_exit(struct efi_loader *loader, struct efi_map *map);
