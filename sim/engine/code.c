/* SPDX-License-Identifier: MIT */
/*
 * Translated code: which frames have some, when it must go, and which instructions it must stop before.
 *
 * A frame either has code or has writable TLB entries, never both, over all engines. A store to the first kind and a
 * fetch from the second are refused by the fill hook; the conflict is resolved here and the access is tried again.
 */
#include <stdlib.h>
#include <string.h>

#include <board.h>
#include <sim/guest.h>
#include <sim/tlb.h>

#include "engine_priv.h"

#define ALIAS_VA (UINT64_C(1) << 46) /* a temporary view of a physical page, while nothing else is visible */

static struct {
    uint8_t *state;  /* enum frame_state by frame of RAM */
    uint16_t *tag;   /* number of the space whose root table the frame is; 0: none yet */
    uint16_t last_tag;
} frames;

static uint64_t frame_index(paddr_t pa)
{
    return (pa - BOARD_RAM_BASE) / ENGINE_PAGE;
}

static bool in_ram(paddr_t pa)
{
    return pa - BOARD_RAM_BASE < machine.config.ram_size;
}

static void frames_create(void)
{
    uint64_t count = machine.config.ram_size / ENGINE_PAGE;

    frames.state = calloc(count, sizeof *frames.state);
    frames.tag = calloc(count, sizeof *frames.tag);
    if (frames.state == NULL || frames.tag == NULL)
        abort();
}

uint8_t *frame_state(paddr_t pa)
{
    if (frames.state == NULL)
        frames_create();
    return in_ram(pa) ? &frames.state[frame_index(pa)] : NULL;
}

static struct engine *engine_of(uint32_t cpu)
{
    return machine.cpu[cpu].engine;
}

static void forget_inspections(struct engine *engine)
{
    memset(engine->seen, 0, sizeof engine->seen);
}

static void drop_frame(struct engine *engine, paddr_t frame)
{
    enum engine_mode mode = engine->mode;

    engine->mode = MODE_VIEW;
    engine->view_va = ALIAS_VA;
    engine->view_pa = frame;
    engine_flush_tlb(engine);
    engine_must(uc_ctl_remove_cache(engine->uc, ALIAS_VA, ALIAS_VA + ENGINE_PAGE), "dropping code");
    engine->mode = mode;
    engine_flush_tlb(engine);
    forget_inspections(engine);
}

void code_drop_frame(paddr_t pa)
{
    paddr_t frame = pa & ~(ENGINE_PAGE - 1);
    uint8_t *state = frame_state(frame);

    if (state == NULL || (*state & FRAME_CODE) == 0)
        return;
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        if (engine_of(i) != NULL)
            drop_frame(engine_of(i), frame);
    }
    *state &= (uint8_t)~FRAME_CODE;
}

void code_flush_written(paddr_t pa)
{
    uint8_t *state = frame_state(pa);

    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        if (engine_of(i) != NULL)
            engine_flush_tlb(engine_of(i));
    }
    if (state != NULL)
        *state &= (uint8_t)~FRAME_WRITTEN;
}

void engine_code_changed(paddr_t pa, uint64_t len)
{
    for (paddr_t frame = pa & ~(ENGINE_PAGE - 1); frame < pa + len; frame += ENGINE_PAGE)
        code_drop_frame(frame);
}

void engine_flush_tlb(struct engine *engine)
{
    engine_must(uc_ctl_flush_tlb(engine->uc), "flushing the TLB");
}

/* -- Spaces -- */

uint64_t code_space_tag(paddr_t root)
{
    if (!in_ram(root))
        return 0;
    (void)frame_state(root);
    uint16_t *tag = &frames.tag[frame_index(root)];
    if (*tag == 0) {
        if (++frames.last_tag == UINT16_MAX) { /* all numbers were given once: start over */
            memset(frames.tag, 0, machine.config.ram_size / ENGINE_PAGE * sizeof *frames.tag);
            frames.last_tag = 1;
            for (uint32_t i = 0; i < machine.config.cpus; i++) {
                if (engine_of(i) != NULL)
                    forget_inspections(engine_of(i));
            }
        }
        *tag = frames.last_tag;
    }
    return (uint64_t)*tag << 48;
}

void engine_space_gone(paddr_t root)
{
    if (frames.tag != NULL && in_ram(root))
        frames.tag[frame_index(root)] = 0;
    tlb_space_gone(root);
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        if (engine_of(i) != NULL && engine_of(i)->root == root)
            engine_of(i)->root = 0; /* the next run flushes */
    }
}

/* -- Inspection -- */

uint32_t code_read(const struct engine *engine, uint64_t va, uint8_t *bytes, uint32_t len)
{
    uint32_t done = 0;

    while (done < len) {
        uint64_t page = (va + done) & ~(ENGINE_PAGE - 1);
        uint32_t offset = (uint32_t)(va + done - page);
        uint32_t part = (uint32_t)ENGINE_PAGE - offset < len - done ? (uint32_t)ENGINE_PAGE - offset : len - done;
        paddr_t pa;
        uint32_t flags;
        if (!guest_walk(engine->root, page, &pa, &flags) || !in_ram(pa))
            break;
        memcpy(bytes + done, machine.ram + (pa - BOARD_RAM_BASE) + offset, part);
        done += part;
    }
    return done;
}

/* First instruction of [va, va + size) that must not run; false if there is none. */
static bool find_forbidden(const struct engine *engine, uint64_t va, uint32_t size, uint64_t *where)
{
    uint8_t bytes[512];
    uint32_t at = 0;

    while (at < size) {
        uint32_t want = size - at < sizeof bytes ? size - at : (uint32_t)sizeof bytes;
        uint32_t have = code_read(engine, va + at, bytes, want);
        uint32_t done = 0;
        while (done < have) {
            enum engine_verdict verdict;
            uint32_t length = engine_isa_inspect(engine, bytes + done, have - done, va + at + done, &verdict);
            if (length == 0)
                break;
            *where = va + at + done;
            if (verdict != VERDICT_FINE)
                return true;
            done += length;
        }
        if (done == 0)
            break;
        at += done;
    }
    return false;
}

/* Runs inside hooks: looks and records. With nothing left no block begins, so the stop comes before the block. */
void code_inspect(struct engine *engine, uint64_t va, uint32_t size)
{
    if (engine->mode != MODE_RUN || !find_forbidden(engine, va, size, &engine->inspected))
        return;
    engine_hold(engine);
    engine->stopped_at = va;
    engine_stop(engine, STOP_INSPECT);
}

void code_inspect_first(struct engine *engine, uint64_t va, uint32_t size)
{
    uint64_t *seen = &engine->seen[(va ^ va >> 10) % ENGINE_SEEN];

    if (*seen == (va | engine->tag))
        return;
    code_inspect(engine, va, size);
    if (engine->left > 0)
        *seen = va | engine->tag;
}

void code_drop_at(struct engine *engine, uint64_t va)
{
    paddr_t pa;
    uint32_t flags;

    if (guest_walk(engine->root, va & ~(ENGINE_PAGE - 1), &pa, &flags))
        drop_frame(engine, pa & ~(ENGINE_PAGE - 1));
}
