/* SPDX-License-Identifier: MIT */
#include <sim/tasks.h>

#include <stdio.h>
#include <string.h>

#include <abi/status.h>
#include <base/mapping.h>
#include <board.h>
#include <config/config.h>
#include <sim/engine.h>
#include <sim/guest.h>
#include <sim/image.h>
#include <sim/trace.h>

static struct {
    struct sim_task task[MANIFEST_TASKS_MAX];
    uint32_t running[MACHINE_CPUS_MAX];
    struct trace_sink sink;
} tasks;

static void on_event(struct trace_sink *sink, const struct trace_event *event, uint64_t time)
{
    (void)sink;
    (void)time;
    if (event->kind == TRACE_EXIT) {
        if (event->thread < MANIFEST_TASKS_MAX)
            tasks.task[event->thread].alive = false;
        return;
    }
    tasks.running[event->cpu] = event->thread < MANIFEST_TASKS_MAX ? event->thread : TASKS_NONE;
}

static void learn(const uint8_t *image, uint64_t size)
{
    static struct manifest manifest;
    struct ustar_member member;
    uint32_t line;

    if (image == NULL || ustar_find(image, size, "manifest", &member) != STATUS_OK ||
        manifest_parse((const char *)member.data, member.size, CONFIG_TASKS, &manifest, &line) != STATUS_OK)
        return;
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++) {
        struct sim_task *t = &tasks.task[i];
        if (!manifest.task[i].used || ustar_find(image, size, manifest.task[i].file, &member) != STATUS_OK)
            continue;
        *t = (struct sim_task){.used = true, .elf = member.data, .elf_size = member.size};
        snprintf(t->name, sizeof t->name, "%s", manifest.task[i].name);
        snprintf(t->file, sizeof t->file, "%s", manifest.task[i].file);
    }
}

void tasks_start(const struct machine_config *config)
{
    for (uint32_t i = 0; i < MACHINE_CPUS_MAX; i++)
        tasks.running[i] = TASKS_NONE;
    learn(config->image, config->image_size);
    tasks.sink = (struct trace_sink){.kinds = TRACE_BIT(TRACE_SWITCH) | TRACE_BIT(TRACE_EXIT), .event = on_event};
    trace_add(&tasks.sink);
}

const struct sim_task *tasks_get(uint32_t index)
{
    return &tasks.task[index];
}

uint32_t tasks_running(uint32_t cpu)
{
    return tasks.running[cpu];
}

uint32_t tasks_find(const struct arch_user *user)
{
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++) {
        if (user != NULL && tasks.task[i].user == user)
            return i;
    }
    return TASKS_NONE;
}

void tasks_note_user(uint32_t cpu, struct arch_user *user, paddr_t root)
{
    uint32_t index = tasks.running[cpu];

    if (index == TASKS_NONE)
        return;
    tasks.task[index].user = user;
    tasks.task[index].root = root;
    tasks.task[index].alive = true;
}

/* -- Memory and registers -- */

/* Host address of one byte of a task's memory, and how many follow it in its page; NULL: nothing, or a device. */
static uint8_t *view(uint32_t index, vaddr_t va, uint64_t *rest, paddr_t *pa)
{
    uint32_t flags;

    if (tasks.task[index].user == NULL || !guest_walk(tasks.task[index].root, va, pa, &flags) || (flags & ARCH_MAP_USER) == 0 ||
        *pa - BOARD_RAM_BASE >= machine.config.ram_size)
        return NULL;
    *rest = PAGE_SIZE - va % PAGE_SIZE;
    return machine.ram + (*pa - BOARD_RAM_BASE);
}

bool tasks_physical(uint32_t index, vaddr_t va, paddr_t *pa)
{
    uint64_t rest;

    return view(index, va, &rest, pa) != NULL;
}

uint64_t tasks_read(uint32_t index, vaddr_t va, void *bytes, uint64_t len)
{
    uint64_t done = 0, rest;
    const uint8_t *from;
    paddr_t pa;

    while (done < len && (from = view(index, va + done, &rest, &pa)) != NULL) {
        rest = rest < len - done ? rest : len - done;
        memcpy((uint8_t *)bytes + done, from, rest);
        done += rest;
    }
    return done;
}

uint64_t tasks_write(uint32_t index, vaddr_t va, const void *bytes, uint64_t len)
{
    uint64_t done = 0, rest;
    uint8_t *to;
    paddr_t pa;

    while (done < len && (to = view(index, va + done, &rest, &pa)) != NULL) {
        rest = rest < len - done ? rest : len - done;
        memcpy(to, (const uint8_t *)bytes + done, rest);
        engine_code_changed(pa, rest);
        done += rest;
    }
    return done;
}

void tasks_registers(uint32_t index, struct trap_frame *frame)
{
    *frame = tasks.task[index].user->frame;
    engine_peek(tasks.task[index].user, frame);
}
