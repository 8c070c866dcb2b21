/* SPDX-License-Identifier: MIT */
/*
 * The stages of the boot, in the order kernel_main() runs them. Each ends in checkpoints: a line on the console that is
 * printed only after the state it names was tested; a failed test is a panic.
 */
#pragma once
#include <arch/boot.h>
#include <arch/memory.h>

struct boot_state {
    const struct boot_info *info;
    struct boot_mmap_entry map[BOOT_MMAP_MAX];
    uint32_t map_count;
    struct boot_module modules[BOOT_MODULES_MAX];
    uint32_t module_count;
    uint32_t checkpoints;        /* passed so far */
    uint32_t cpus_online;        /* [a] */
    uint32_t released;           /* [a] 1: CPUs other than 0 may run tasks */
    uint32_t probe_hits;         /* test interrupts seen */
};

struct boot_state *boot_state(void);

/** Pass checkpoint `what` if `ok`, else panic with its name. */
void boot_checkpoint(const char *what, bool ok);
/**
 * Is `status` STATUS_OK? NO_MEMORY does not return: a machine too small for its image is its owner's mistake and no panic. It is
 * said in one line, and the machine stops as ARCH_OFF_CONFIG.
 */
MUST_CHECK bool boot_has_memory(status_t status);

void boot_console(const struct boot_info *info); /* serial, command line */
void boot_cpu(void);                             /* CPU 0, interrupts */
void boot_memory(void);                          /* memory map, frames */
void boot_mmu(void);                             /* page tables, W^X */
void boot_time(void);                            /* clock, RTC, random */
void boot_devices(void);                         /* firmware, device list */
void boot_display(void);                         /* framebuffer console */
void boot_nucleus(void);                         /* scheduler, communication, invariants */
void boot_tasks(void);                           /* image, tasks */
void boot_secondary_cpus(void);                  /* the other CPUs */
void boot_release_cpus(void);                    /* let them run tasks */
