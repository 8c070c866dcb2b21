/* SPDX-License-Identifier: MIT */
/* A task's memory: which pages it has, with which rights, and how they are filled. */
#include "task_priv.h"

#include <abi/status.h>
#include <arch/fault.h>
#include <arch/memory.h>
#include <base/mem.h>
#include <mm/frame.h>

static vaddr_t image_base(const struct task *t)
{
    return LAYOUT_IMAGE_BASE + (vaddr_t)t->index * LAYOUT_IMAGE_STRIDE;
}

static vaddr_t stack_base(const struct task *t)
{
    return LAYOUT_STACK_BASE + (vaddr_t)t->index * LAYOUT_STACK_STRIDE;
}

static uint32_t segment_flags(uint32_t elf_flags)
{
    uint32_t flags = ARCH_MAP_USER;

    if (elf_flags & ELF_W)
        flags |= ARCH_MAP_WRITABLE;
    if (!(elf_flags & ELF_X))
        flags |= ARCH_MAP_NO_EXECUTE;
    return flags;
}

static status_t map_new_page(struct task *t, vaddr_t va, uint32_t flags, paddr_t *page)
{
    status_t status = frame_alloc(page);

    return status == STATUS_OK ? arch_map_page(&t->space, va, *page, flags) : status;
}

/* Segments with equal rights may meet in one page; the validator refuses any other sharing. */
static status_t map_segment(struct task *t, const struct elf_segment *s)
{
    vaddr_t base = image_base(t);

    for (uint64_t p = (s->va - base) / PAGE_SIZE; p <= (s->va + s->memsz - 1 - base) / PAGE_SIZE; p++) {
        status_t status;

        if (t->image_page[p] != 0)
            continue;
        status = map_new_page(t, base + p * PAGE_SIZE, segment_flags(s->flags), &t->image_page[p]);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

status_t task_image_create(struct task *task, uint64_t len, uint16_t machine)
{
    const struct elf_limits limits = {
        .machine = machine, .lo = image_base(task), .hi = image_base(task) + LAYOUT_IMAGE_SIZE};
    status_t status = elf_plan_load(task->image, len, limits, &task->plan);

    if (status == STATUS_OK)
        status = arch_create_address_space(&task->space, task->index + 1, frame_source_get());
    for (uint32_t i = 0; status == STATUS_OK && i < task->plan.count; i++)
        status = map_segment(task, &task->plan.seg[i]);
    for (uint32_t i = 0; status == STATUS_OK && i < TASK_STACK_PAGES; i++)
        status = map_new_page(task, stack_base(task) + (vaddr_t)i * PAGE_SIZE,
                              ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE, &task->stack_page[i]);
    return status;
}

/* The bytes of segment `s` that lie in the page at `va`, zeroes behind the file's part. */
static void fill_page(const struct task *t, const struct elf_segment *s, vaddr_t va, uint8_t *page)
{
    vaddr_t from = s->va > va ? s->va : va;
    vaddr_t end = s->va + s->memsz < va + PAGE_SIZE ? s->va + s->memsz : va + PAGE_SIZE;
    vaddr_t file_end = s->va + s->filesz < end ? s->va + s->filesz : end;

    if (end <= from)
        return;
    if (file_end > from)
        (void)memcpy(page + (from - va), t->image + s->off + (from - s->va), file_end - from);
    else
        file_end = from;
    (void)memset(page + (file_end - va), 0, end - file_end);
}

static status_t load_segment(struct task *t, const struct elf_segment *s)
{
    vaddr_t base = image_base(t);

    if (arch_fault(FAULT_SEGMENT_LOAD))
        return ERR_IO;
    for (uint64_t p = (s->va - base) / PAGE_SIZE; p <= (s->va + s->memsz - 1 - base) / PAGE_SIZE; p++) {
        fill_page(t, s, base + p * PAGE_SIZE, arch_phys_ptr(t->image_page[p]));
        if (s->flags & ELF_X)
            arch_sync_code(t->image_page[p], PAGE_SIZE);
        task_breathe();
    }
    return STATUS_OK;
}

status_t task_image_load(struct task *task, bool first)
{
    status_t status = STATUS_OK;

    for (uint32_t i = 0; i < task->plan.count && status == STATUS_OK; i++)
        if (first || (task->plan.seg[i].flags & ELF_W))
            status = load_segment(task, &task->plan.seg[i]);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < TASK_STACK_PAGES; i++) {
        (void)memset(arch_phys_ptr(task->stack_page[i]), 0, PAGE_SIZE);
        task_breathe();
    }
    return STATUS_OK;
}
