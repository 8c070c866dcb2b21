/* SPDX-License-Identifier: MIT */
/*
 * The user-mode half of a simulated CPU: an emulating engine per CPU, made when the CPU first runs user code. The
 * page tables in RAM decide what user code may access; the engine caches them like a TLB until it is told to flush.
 *
 * Registers stay in the engine between two runs of the same thread. user->live says that they are there; everything
 * that needs them all goes through engine_peek() or engine_detach().
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <arch/context.h>

struct engine;
struct trap_frame;
struct sim_cpu;

/**
 * Run `user` on `cpu` in the space with root table `root` until it traps (true, *trap filled) or the CPU's units are
 * used up (false).
 */
bool engine_run(struct sim_cpu *cpu, struct arch_user *user, paddr_t root, struct arch_trap *trap);
/** Make the engine of `cpu` now rather than when it is needed. */
void engine_prepare(struct sim_cpu *cpu);
/** Write the registers that the engine holds back to their owner's frame. */
void engine_detach(struct engine *engine);
/** Copy the registers that an engine holds for `user` into `frame`; no effect if none does. */
void engine_peek(const struct arch_user *user, struct trap_frame *frame);
/** Drop what an engine holds of `user`. */
void engine_forget(const struct arch_user *user);

/** Forget every cached page-table entry. Not from inside a hook. */
void engine_flush_tlb(struct engine *engine);
/** No engine may take a later space at `root` for the former one. */
void engine_space_gone(paddr_t root);
/** The bytes of [pa, pa + len) changed: no engine may run what it translated from them. */
void engine_code_changed(paddr_t pa, uint64_t len);

/* -- For a debugger of user code -- */

#define ENGINE_BREAKS_MAX 256u

#define ENGINE_WATCHES_MAX 16u

enum engine_stopped { ENGINE_AT_BREAK, ENGINE_STEPPED, ENGINE_ENTERED, ENGINE_WATCHED, ENGINE_SOUGHT };

/** Memory that is watched: physical, for user code sees it through its own tables, and others through theirs. */
struct engine_watch {
    paddr_t pa;
    uint64_t size;  /* within one page */
    uint64_t va;    /* what the debugger calls it */
    uint64_t at;    /* in the task that has it; `va` is the beginning of a longer one that touches two pages */
    bool read, write;
    bool pending;   /* `pa` is not known yet */
};

/** Breakpoints and watchpoints. */
struct engine_wishes {
    uint64_t breaks[ENGINE_BREAKS_MAX];
    uint32_t break_count, watch_count;
    struct engine_watch watches[ENGINE_WATCHES_MAX];
};

/** Looks at every instruction and access of user code while the machine goes on. */
struct engine_observer {
    bool everywhere; /* or only at breakpoints */
    /** Before the instruction at `va` of `user`, when `bytes` of user code have run since the boot. True: stop before it. */
    bool (*instruction)(const struct arch_user *user, uint64_t va, uint64_t bytes);
    /** The instruction that runs touches a watched place. */
    void (*access)(const struct engine_watch *watch);
};

/**
 * Call `stopped` whenever user code stops for the debugger; it goes on when that returns. Forgets all breakpoints and
 * steps; NULL: and that is all.
 */
void engine_debug(void (*stopped)(struct arch_user *user, enum engine_stopped why));
/** Stop before the instruction at `va` in every space, or no longer. False: there are ENGINE_BREAKS_MAX already. */
bool engine_break(uint64_t va, bool set);
/** Stop behind an instruction that touches what `watch` describes, or no longer. False: there are ENGINE_WATCHES_MAX already. */
bool engine_watch(const struct engine_watch *watch, bool set);
/** Is there a breakpoint at `va`? */
bool engine_is_break(uint64_t va);
/** Breakpoints and watchpoints all at once. */
void engine_wishes(struct engine_wishes *out);
void engine_wish(const struct engine_wishes *wishes);
/** Ask `find` for the places that are not known yet, whenever user code is about to run; true: it has set watch->pa. */
void engine_find_pending(bool (*find)(struct engine_watch *watch));
/** Where a watched access was that user code stopped for (ENGINE_WATCHED): by the debugger's name of it. */
const struct engine_watch *engine_watched(void);
/** Let `observer` look on from the next run of user code, and nothing else stop it; NULL: no longer. Needs metering. */
void engine_observe(const struct engine_observer *observer);
/** Stop when `user` has run an instruction and is outside of [low, high); NULL: nobody steps. */
void engine_step(const struct arch_user *user, uint64_t low, uint64_t high);
/** Stop when a CPU is about to enter user mode. */
void engine_stop_at_entry(void);
/** Replace all registers of `user`, who does not run. */
void engine_poke(struct arch_user *user, const struct trap_frame *frame);

/** Version of the library, for --version. */
uint32_t engine_version(void);
