/* SPDX-License-Identifier: MIT */
#include "tables.h"

#include <support/unit.h>

#include <string.h>

struct tables tables;
static struct tables remembered;

static uint64_t *entry(void *ctx, paddr_t table)
{
    assert_ptr_equal(ctx, &tables);
    assert_int_equal(table % PAGE_SIZE, 0);
    assert_in_range(table, TABLES_BASE, TABLES_BASE + (TABLES_FRAMES - 1) * PAGE_SIZE);
    assert_true(tables.used[(table - TABLES_BASE) / PAGE_SIZE]);
    return tables.memory[(table - TABLES_BASE) / PAGE_SIZE];
}

static status_t alloc(void *ctx, paddr_t *out)
{
    assert_ptr_equal(ctx, &tables);
    for (uint32_t i = 0; i < TABLES_FRAMES && tables.live < tables.limit; i++) {
        if (tables.used[i])
            continue;
        tables.used[i] = true;
        tables.live++;
        memset(tables.memory[i], 0, PAGE_SIZE);
        *out = TABLES_BASE + i * PAGE_SIZE;
        return STATUS_OK;
    }
    return ERR_NO_MEMORY;
}

static void free_frame(void *ctx, paddr_t pa)
{
    uint64_t i = (pa - TABLES_BASE) / PAGE_SIZE;

    assert_ptr_equal(ctx, &tables);
    assert_int_equal(pa % PAGE_SIZE, 0);
    assert_true(i < TABLES_FRAMES && tables.used[i]);
    tables.used[i] = false;
    tables.live--;
    memset(tables.memory[i], 0xFF, PAGE_SIZE); /* whoever still looks at it sees nonsense */
}

int tables_setup(void **state)
{
    (void)state;
    memset(&tables, 0xFF, sizeof(tables));
    memset(tables.used, 0, sizeof(tables.used));
    tables.live = 0;
    tables.limit = TABLES_FRAMES;
    tables.source = (struct frame_source){.alloc = alloc, .free = free_frame, .ctx = &tables};
    tables.pt = (struct pt){
        .format = &isa_pt_format,
        .mem = {.entry = entry, .ctx = &tables},
        .frames = &tables.source,
    };
    tables.pt.root = tables_root();
    return 0;
}

paddr_t tables_root(void)
{
    paddr_t root;

    assert_ok(alloc(&tables, &root));
    return root;
}

void tables_free(paddr_t frame)
{
    free_frame(&tables, frame);
}

void tables_remember(void)
{
    memcpy(&remembered, &tables, sizeof(tables));
}

bool tables_unchanged(void)
{
    return memcmp(&remembered, &tables, sizeof(tables)) == 0;
}
