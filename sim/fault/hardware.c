/* SPDX-License-Identifier: MIT */
/* The machine's own points: interrupts, ticks, user memory. */
#include <sim/fault.h>

#include <inttypes.h>

#include <abi/layout.h>
#include <arch/fault.h>
#include <base/mapping.h>
#include <board.h>
#include <sim/engine.h>
#include <sim/guest.h>
#include <sim/machine.h>
#include <sim/tasks.h>

#include "fault_priv.h"

#include <string.h>

bool fault_irq_dropped(uint32_t vector)
{
    uint32_t i = 0;
    bool dropped = fault_splits(FAULT_IRQ);

    if (fault_has(EFFECT_DROP) && fault_next(EFFECT_DROP, &i) != NULL)
        dropped = true;
    if (!dropped)
        return false;
    fault_say("interrupt %u is lost", vector);
    return true;
}

/* Up to what the rules say, drawn for each. */
static uint64_t late_by(enum fault_effect effect)
{
    const struct fault_rule *rule;
    uint64_t units = 0;
    uint32_t i = 0;

    if (!fault_has(effect))
        return 0;
    while ((rule = fault_next(effect, &i)) != NULL)
        units += rng_below(fault_rng(), machine_ns_to_units(rule->amount) + 1);
    return units;
}

uint64_t fault_irq_delay(uint32_t vector)
{
    (void)vector;
    return late_by(EFFECT_IRQ_DELAY);
}

uint64_t fault_tick_jitter(void)
{
    return late_by(EFFECT_JITTER);
}

uint64_t fault_ipi_delay(void)
{
    return late_by(EFFECT_IPI_DELAY);
}

/* -- User memory -- */

/* All that a static task can have: its program and stack, grants and devices. */
#define FIRST_VA ((vaddr_t)LAYOUT_STACK_BASE)
#define END_VA ((vaddr_t)LAYOUT_IMAGE_BASE + LAYOUT_IMAGE_COUNT * LAYOUT_IMAGE_STRIDE)

struct page {
    uint32_t task;
    vaddr_t va;
    paddr_t pa;
};

/* Every page of RAM that `task` may access, or the `wanted`-th of them through `out`; how many. */
static uint64_t pages_of(uint32_t task, uint64_t wanted, struct page *out)
{
    const struct sim_task *t = tasks_get(task);
    uint64_t n = 0;

    for (vaddr_t va = FIRST_VA; va < END_VA; va += PAGE_SIZE) {
        uint32_t flags;
        paddr_t pa;
        if (!guest_walk(t->root, va, &pa, &flags) || (flags & ARCH_MAP_USER) == 0 || pa - BOARD_RAM_BASE >= machine.config.ram_size)
            continue;
        if (n++ == wanted)
            *out = (struct page){.task = task, .va = va, .pa = pa};
    }
    return n;
}

static uint64_t pages(const struct fault_rule *rule, uint64_t wanted, struct page *out)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++) {
        const struct sim_task *t = tasks_get(i);
        if (!t->used || t->user == NULL || !t->alive || (rule->task[0] != '\0' && strcmp(t->name, rule->task) != 0))
            continue;
        n += pages_of(i, wanted >= n ? wanted - n : UINT64_MAX, out);
    }
    return n;
}

static void flip(const struct fault_rule *rule)
{
    struct page page;
    uint64_t count = pages(rule, UINT64_MAX, &page);

    for (uint64_t k = 0; k < rule->amount && count != 0; k++) {
        (void)pages(rule, rng_below(fault_rng(), count), &page);
        uint64_t byte = rng_below(fault_rng(), PAGE_SIZE), bit = rng_below(fault_rng(), 8);
        machine.ram[page.pa - BOARD_RAM_BASE + byte] ^= (uint8_t)(1u << bit);
        engine_code_changed(page.pa, PAGE_SIZE);
        fault_say("bit %" PRIu64 " flips at 0x%" PRIx64 " of task %u (%s)", bit, page.va + byte, page.task, tasks_get(page.task)->name);
    }
}

void fault_on_tick(void)
{
    const struct fault_rule *rule;
    uint32_t i = 0;

    if (fault_has(EFFECT_SPURIOUS) && fault_next(EFFECT_SPURIOUS, &i) != NULL)
        fault_say("interrupt %u comes although nobody asked", irq_raise_unasked(fault_rng()));
    i = 0;
    while (fault_has(EFFECT_FLIP) && (rule = fault_next(EFFECT_FLIP, &i)) != NULL)
        flip(rule);
}
