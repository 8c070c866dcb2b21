/* SPDX-License-Identifier: MIT */
#pragma once

/* How the start code was entered. */
#define BOOT_MAGIC_PVH 0x336EC578        /* also the first word of the parameters */
#define BOOT_MAGIC_MULTIBOOT2 0x36D76289 /* what the loader leaves in eax */
