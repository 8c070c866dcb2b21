/* SPDX-License-Identifier: MIT */
/*
 * What the host's side knows of the machine's tasks, for whoever shows them to people: their names and programs, from the
 * image, and which of them runs on which CPU with which user state, from the kernel's trace events.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <arch/context.h>
#include <base/manifest.h>
#include <sim/machine.h>

struct trap_frame;

#define TASKS_NONE UINT32_MAX

struct sim_task {
    bool used;
    char name[MANIFEST_NAME_SIZE];
    char file[MANIFEST_FILE_SIZE];
    const uint8_t *elf; /* in the image */
    uint64_t elf_size;
    bool alive;             /* has run, and not exited since */
    struct arch_user *user; /* NULL: has not run yet */
    paddr_t root;           /* of its page tables, with `user` */
};

/** Learn the tasks of the image, and follow who runs. Before the machine starts. */
void tasks_start(const struct machine_config *config);
/** A task by its number, which is below MANIFEST_TASKS_MAX. */
const struct sim_task *tasks_get(uint32_t index);
/** The task that a CPU runs in user mode or in the kernel; TASKS_NONE: none. */
uint32_t tasks_running(uint32_t cpu);
/** The task whose user state this is; TASKS_NONE: none that has run. */
uint32_t tasks_find(const struct arch_user *user);
/** A CPU is about to run user code. */
void tasks_note_user(uint32_t cpu, struct arch_user *user, paddr_t root);

/** Where a byte of a task's memory is in RAM; false: nowhere. */
bool tasks_physical(uint32_t index, vaddr_t va, paddr_t *pa);
/** Copy `len` bytes of a task's memory; how many there were. Device registers are not read. */
uint64_t tasks_read(uint32_t index, vaddr_t va, void *bytes, uint64_t len);
/** The same for writing, whatever the task itself may write. */
uint64_t tasks_write(uint32_t index, vaddr_t va, const void *bytes, uint64_t len);
/** All user registers of a task that has run. */
void tasks_registers(uint32_t index, struct trap_frame *frame);
