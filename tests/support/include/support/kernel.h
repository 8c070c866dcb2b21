/* SPDX-License-Identifier: MIT */
/*
 * The whole kernel on hal-null: a test names its tasks and the C functions that play their programs, then boots.
 *
 *     static void hello(struct arch_user *u)
 *     {
 *         (void)null_call(u, AEGIS_NR_EXIT, 0, 7, 0, 0, 0);
 *     }
 *
 *     kernel_new(NULL);
 *     kernel_task(0, "caps=exit", hello);
 *     struct null_end end = kernel_boot();
 *
 * The image archive, manifest and ELF files are built from that and handed over as boot module, so everything the kernel
 * does, it does as on any machine. Programs see real page tables through null_read() and null_write().
 */
#pragma once
#include <null/null.h>
#include <null/user.h>
#include <support/image.h>

/** Forget all tasks and start from this machine; NULL: all defaults. Modules are added by kernel_boot(). */
void kernel_new(const struct null_config *config);
/** Kernel command line of the next boot. */
void kernel_cmdline(const char *cmdline);

/** A task in `slot`: the rest of its manifest line (name and file are filled in as tN and tN.elf), and its program. */
void kernel_task(uint32_t slot, const char *attributes, void (*program)(struct arch_user *user));
/** As kernel_task(), with a step function as program. */
void kernel_step_task(uint32_t slot, const char *attributes, null_user_step *step);
/** Text that goes into the manifest as it is. */
void kernel_manifest(const char *text);
/** A file of the archive that replaces the one kernel_task() would add, or stands beside them. */
void kernel_file(const char *name, const void *data, uint64_t size);

/** Reset the machine with the image as its module, without booting: for tests that look before or replace hooks. */
void kernel_prepare(void);
/** kernel_prepare(), then run kernel_main() until the machine ends. */
struct null_end kernel_boot(void);
/** Only the second half of kernel_boot(). */
struct null_end kernel_continue(void);

/** True if the console has this text. */
bool console_has(const char *text);
/** How often it has it. */
uint32_t console_count(const char *text);
