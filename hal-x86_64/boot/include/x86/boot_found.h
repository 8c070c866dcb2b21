/* SPDX-License-Identifier: MIT */
/*
 * What a PC boot protocol said, copied out of its parameters. The parsers are pure and bounded: any bytes give a
 * result or a message that says what is wrong.
 */
#pragma once
#include <arch/boot.h>
#include <x86/bytes.h>
#include <x86/ram.h>

#define BOOT_KEPT_MAX 8u

struct boot_found {
    struct ram ram;
    struct boot_module module[BOOT_MODULES_MAX]; /* further ones are ignored */
    uint32_t module_count;
    struct ram_range kept[BOOT_KEPT_MAX]; /* the parameters themselves */
    uint32_t kept_count;
    paddr_t rsdp; /* of ACPI; 0: not given */
    struct boot_framebuffer framebuffer;
    char cmdline[BOOT_CMDLINE_MAX];
};

/** PVH: `info` is the address of struct hvm_start_info. NULL, or the message to end with. */
const char *pvh_parse(const struct phys_window *memory, paddr_t info, struct boot_found *out);
/** Multiboot2: `info` is the address of the tags. NULL, or the message to end with. */
const char *multiboot2_parse(const struct phys_window *memory, paddr_t info, struct boot_found *out);

/* -- Shared by the two -- */

/** Remember that [base, base + size) holds parameters. */
void found_keep(struct boot_found *found, paddr_t base, uint64_t size);
/** Copy text of at most `len` bytes, which may end with a zero before; control characters become spaces. */
void found_copy_text(char *out, size_t size, const uint8_t *text, uint64_t len);
/** Add a module [start, end); `text` as above, or NULL. */
void found_add_module(struct boot_found *found, paddr_t start, paddr_t end, const uint8_t *text, uint64_t len);
