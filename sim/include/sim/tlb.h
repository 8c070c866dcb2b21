/* SPDX-License-Identifier: MIT */
/*
 * --fault=tlb=MODE: translation caches that make forgotten flushes show. The engine's own cache keeps entries until it is flushed,
 * but it is small, and a switch of address spaces empties it. Behind it stands one that forgets nothing by itself: it is tagged
 * with the space, and only the kernel's flushes take something out.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <abi/types.h>

struct engine;

enum tlb_mode {
    TLB_NORMAL, /* the engine's own */
    TLB_STALE,  /* an entry lives until it is flushed */
    TLB_RANDOM, /* entries vanish at random */
    TLB_CHECK,  /* as stale; an entry that the tables contradict ends the run */
};

/** Choose; before the machine runs. */
void tlb_set_mode(enum tlb_mode mode);

/**
 * As guest_walk(), for user code on CPU `cpu`: through its cache. An entry counts only if it
 * has the flags `must` and none of `must_not`.
 */
bool tlb_walk(uint32_t cpu, paddr_t root, vaddr_t va, uint32_t must, uint32_t must_not, paddr_t *pa, uint32_t *map_flags);

/** The kernel flushes: everything of the CPUs in the mask, or one page of one space. */
void tlb_flush_all(uint32_t cpu_mask);
void tlb_flush_page(uint32_t cpu_mask, paddr_t root, vaddr_t va);
/** There is no such space any more. */
void tlb_space_gone(paddr_t root);

/** The kernel has changed the entry of a page; what follows must flush it. */
void tlb_note_write(paddr_t root, vaddr_t va);

/** CPU `cpu` is about to run user code in a space. True: its engine is to forget what it cached. Ends the run if TLB_CHECK finds. */
bool tlb_enter_user(uint32_t cpu, paddr_t root);
