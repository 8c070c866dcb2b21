/* SPDX-License-Identifier: MIT */
/* From an image archive to tasks: its first member, `manifest`, names one ELF file per slot. */
#include "task_priv.h"

#include <abi/caps.h>
#include <abi/status.h>
#include <base/format.h>
#include <base/ustar.h>
#include <ipc/ipc.h>

static const uint32_t recv_bit[] = {CAP_RECV_EP0, CAP_RECV_EP1, CAP_RECV_EP2, CAP_RECV_EP3};

/* The endpoints on which a mask lets its task receive. A task that only CALLs has the bit too, for its reply. */
static uint32_t receives(uint32_t caps)
{
    uint32_t mask = 0;

    for (uint32_t i = 0; i < CONFIG_ENDPOINTS && i < ARRAY_LEN(recv_bit); i++)
        if (caps & recv_bit[i])
            mask |= 1u << i;
    return mask;
}

/* Boot: nobody else runs. */
UNCHECKED_LOCKS static status_t create_task(struct task *t, const uint8_t *archive, uint64_t len, uint16_t machine)
{
    const struct thread_config config = {.name = t->config.name,
                                         .prio = t->config.priority,
                                         .budget = t->config.budget,
                                         .entry = task_main,
                                         .arg = t,
                                         .space = &t->space};
    struct ustar_member file;
    status_t status = ustar_find(archive, len, t->config.file, &file);

    if (status != STATUS_OK)
        return status;
    t->image = file.data;
    t->thread = thread_get(t->index);
    t->heartbeat = t->config.heartbeat;
    status = task_image_create(t, file.size, machine);
    if (status != STATUS_OK)
        return status;
    ipc_attach(t->index, t->config.priority, receives(t->config.caps));
    return thread_create(t->index, &config);
}

/* Boot: nobody else runs. */
UNCHECKED_LOCKS status_t task_create_all(const uint8_t *archive, uint64_t len, uint16_t elf_machine, const char **what)
{
    struct task_state *s = task_state();
    struct ustar_member member;
    uint32_t line = 0;
    status_t status;

    *what = "manifest";
    for (uint32_t i = 0; i < LAYOUT_DEVICE_COUNT; i++)
        s->device_owner[i] = THREAD_NONE;
    status = ustar_find(archive, len, "manifest", &member);
    if (status != STATUS_OK)
        return status;
    status = manifest_parse((const char *)member.data, member.size, CONFIG_TASKS, &s->manifest, &line);
    if (status != STATUS_OK) {
        (void)format(s->where, sizeof(s->where), "manifest line %u", line);
        *what = s->where;
        return status;
    }
    for (uint32_t i = 0; i < CONFIG_TASKS && status == STATUS_OK; i++) {
        if (!s->manifest.task[i].used)
            continue;
        s->task[i] = (struct task){.index = i, .used = true, .config = s->manifest.task[i]};
        *what = s->task[i].config.file;
        s->count++;
        status = create_task(&s->task[i], archive, len, elf_machine);
    }
    return status;
}
