/* SPDX-License-Identifier: MIT */
/* A screen that the boot protocol did not describe: the simplest one there is, the Bochs display on PCI. */
#pragma once
#include <arch/boot.h>
#include <common/pci.h>

/**
 * If `info` describes no framebuffer yet, find a Bochs display (QEMU: -device bochs-display), set it to 640x480x32, and
 * describe it in info->framebuffer and hal_map.framebuffer. The word `display=off` of info->cmdline forbids it. Once, in
 * arch_boot_init() after the tables of hal_map_build() are in use. Without a display, or where it cannot be used, nothing
 * changes.
 */
void display_init(struct boot_info *info, struct pci_window *window);
