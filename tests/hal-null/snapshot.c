/* SPDX-License-Identifier: MIT */
/*
 * A booted machine, kept and put back: fuzzers and benchmarks boot once and start each run from here. Taken when no thread
 * has run yet, so that a kernel stack is nothing but the frame its thread starts from.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fiber.h"
#include "kstate.h"
#include "null_priv.h"

struct null_snapshot {
    struct null_snapshot *next; /* all of them */
    struct null_machine machine;
    struct null_port port;
    void *user; /* the programs of user mode */
    char *kstate;
    struct null_fiber_start start[NULL_STACK_CPU];
    uint32_t pages;
    uint32_t page[NULL_RAM_MAX / PAGE_SIZE]; /* numbers of the pages that are not zero */
    uint8_t *contents;                       /* of these pages */
};

static struct null_snapshot *snapshots;

static void *allocate(size_t size)
{
    void *block = malloc(size);
    if (block == NULL)
        null_misuse("no host memory for a snapshot");
    return block;
}

static bool page_is_zero(const uint8_t *page)
{
    return page[0] == 0 && memcmp(page, page + 1, PAGE_SIZE - 1) == 0;
}

static void take_ram(struct null_snapshot *snapshot)
{
    const uint8_t *ram = null_port.ram;
    for (uint32_t i = 0; i < null_port.ram_size / PAGE_SIZE; i++) {
        if (!page_is_zero(ram + (size_t)i * PAGE_SIZE))
            snapshot->page[snapshot->pages++] = i;
    }
    snapshot->contents = allocate((size_t)snapshot->pages * PAGE_SIZE);
    for (uint32_t i = 0; i < snapshot->pages; i++)
        memcpy(snapshot->contents + (size_t)i * PAGE_SIZE, ram + (size_t)snapshot->page[i] * PAGE_SIZE, PAGE_SIZE);
}

/* Zero again are the pages between those that were not: the host takes them back, which costs nothing for untouched ones. */
static void restore_ram(const struct null_snapshot *snapshot)
{
    uint32_t end = (uint32_t)(null_port.ram_size / PAGE_SIZE), next = 0;
    for (uint32_t i = 0; i <= snapshot->pages; i++) {
        uint32_t page = i < snapshot->pages ? snapshot->page[i] : end;
        uint8_t *at = null_port.ram + (size_t)page * PAGE_SIZE;
        if (page > next)
            madvise(null_port.ram + (size_t)next * PAGE_SIZE, (size_t)(page - next) * PAGE_SIZE, MADV_DONTNEED);
        if (page < end)
            memcpy(at, snapshot->contents + (size_t)i * PAGE_SIZE, PAGE_SIZE);
        next = page + 1;
    }
}

struct null_snapshot *null_snapshot_take(void)
{
    if (null_machine.in_run || null_machine.end.kind != NULL_BOOTED || null_machine.config.cpus != 1)
        null_misuse("a snapshot is of one CPU that null_run() left as NULL_BOOTED");
    struct null_snapshot *snapshot = allocate(sizeof(*snapshot));
    snapshot->machine = null_machine;
    snapshot->port = null_port;
    snapshot->user = null_user_save();
    snapshot->kstate = allocate(kstate_size());
    memcpy(snapshot->kstate, __start_kstate, kstate_size());
    for (uint32_t i = 0; i < NULL_STACK_CPU; i++)
        null_fiber_save(&snapshot->start[i], NULL_STACK_KERNEL + i);
    snapshot->pages = 0;
    take_ram(snapshot);
    snapshot->next = snapshots;
    snapshots = snapshot;
    return snapshot;
}

void null_snapshot_restore(const struct null_snapshot *snapshot)
{
    null_machine = snapshot->machine;
    null_port = snapshot->port;
    null_user_restore(snapshot->user);
    memcpy(__start_kstate, snapshot->kstate, kstate_size());
    for (uint32_t i = 0; i < NULL_STACK_CPU; i++)
        null_fiber_restore(&snapshot->start[i], NULL_STACK_KERNEL + i);
    restore_ram(snapshot);
    null_machine.config.stop_when_booted = false;
    null_machine.cpu[0].boot.stack = null_stack_host();
    null_machine.cpu[0].running = &null_machine.cpu[0].boot;
    null_fiber_resync();
}
