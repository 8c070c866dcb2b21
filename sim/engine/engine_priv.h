/* SPDX-License-Identifier: MIT */
/*
 * Inside the engine. Rule: hooks only record; everything that touches the TLB, the code cache or the machine happens
 * after uc_emu_start() has returned.
 */
#pragma once
#include <unicorn/unicorn.h>

#include <arch/context.h>
#include <base/compiler.h>
#include <sim/engine.h>
#include <sim/machine.h>

#define ENGINE_PAGE UINT64_C(4096)
#define ENGINE_SEEN 1024u /* entries of the cache of inspected first blocks, a power of two */

/** Why uc_emu_start() came back. */
enum engine_stop {
    STOP_NONE,
    STOP_QUANTUM, /* the CPU's units are used up */
    STOP_SYSCALL,
    STOP_INTERRUPT, /* any other exception; `number` is the library's */
    STOP_INSPECT,   /* the next block has an instruction that must not run, at `inspected` */
    STOP_DEBUG,     /* before an instruction that a debugger waits for */
    STOP_PORT,      /* IN or OUT of a port that was not granted; `port_frame` is the state before it */
};

/** What the fill hook answers from. */
enum engine_mode {
    MODE_RUN,   /* the page tables */
    MODE_VIEW,  /* one page at view_va, nothing else: set-up and dropping code */
    MODE_PROBE, /* the page tables, but view_va is a hole and nothing may be written */
};

/** Why the fill hook refused. */
enum engine_miss {
    MISS_NONE,
    MISS_ABSENT,
    MISS_PERMISSION,
    MISS_CODE_WRITTEN,  /* a store to a frame with translated code: drop the code, try again */
    MISS_WRITTEN_FETCH, /* code in a frame with writable entries in some TLB: flush, try again */
};

/** What an instruction is that the engine would run and the machine must not. */
enum engine_verdict { VERDICT_FINE, VERDICT_FP, VERDICT_COUNTER, VERDICT_PORT, VERDICT_ALIGN, VERDICT_PRIVILEGED,
    VERDICT_BREAKPOINT };

struct engine {
    uc_engine *uc;
    struct sim_cpu *cpu;
    /* Metering, in bytes of user code; the block hook works on these. */
    int64_t left;        /* until the CPU's units are used up; the executing block is paid for */
    int64_t granted;     /* what `left` began with: granted - left is what was used */
    int64_t held;        /* kept from `left` until the first block of a run, so that it takes the slow path */
    uint64_t block;      /* the block that is executing */
    uint32_t block_size; /* 0: none */
    enum engine_stop stop;
    uint64_t tag; /* of the current space, in the upper 16 bits: part of the keys of `seen` */
    uint64_t seen[ENGINE_SEEN];

    uc_context *clean;       /* user mode, all registers zero */
    struct arch_user *owner; /* whose registers the engine holds */
    paddr_t root;            /* tables that the TLB caches; 0: none */
    uint32_t number;         /* STOP_INTERRUPT */
    uint64_t inspected;      /* STOP_INSPECT */
    uint64_t stopped_at;     /* STOP_QUANTUM, STOP_INSPECT: the block that did not begin */
    struct trap_frame port_frame; /* STOP_PORT */
    uint64_t port_block; /* x86: the last IN or OUT: its block, what was left, how many came before it in the block */
    int64_t port_left;
    uint32_t port_index;
    enum engine_miss miss;
    uint64_t miss_va; /* page */
    paddr_t miss_frame;
    enum arch_access miss_access;
    enum engine_mode mode;
    uint64_t view_va, view_pa;
    bool hole_hit;
    uint64_t hole_offset;
    uint64_t exit;           /* the next run ends before the instruction here; 0: none */
    bool careful;            /* one instruction at a time: one of these made the library abort */
    uc_hook debug_hook[ENGINE_BREAKS_MAX + 2];
    uint32_t debug_hooks;
    uint64_t debug_generation;
    bool resumed;            /* the next run begins in the middle of a block, at `tail`; the block ends at `tail_end` */
    uint64_t tail, tail_end;
};

/** A register of the frame: the library's name and the place. */
struct engine_register {
    int id;
    uint16_t offset; /* in struct trap_frame */
};

/* -- What each ISA says about itself (isa_*.c) -- */

struct engine_isa {
    uc_arch arch;
    uc_mode mode;
    int model; /* -1: the library's default */
    int pc;
    int syscall; /* the exception that is a system call; -1: a hook of its own says it */
    /* call registers first: number, target, payload 0-3, and what else a call changes */
    const struct engine_register *registers;
    uint32_t register_count, call_registers;
    /** What the instruction of a call does to the call registers, `pc` being behind it; NULL: nothing. */
    void (*called)(struct trap_frame *frame, uint64_t pc);
};

extern const struct engine_isa engine_isa;

/** Bring a fresh engine to user level, from where nothing leads back. */
void engine_isa_enter_user(struct engine *engine);
/** Hooks that only this ISA needs. */
void engine_isa_add_hooks(struct engine *engine);
/** Describe the engine's exception `number`, which left the program counter at `pc`. */
void engine_isa_exception(uint32_t number, uint64_t pc, struct arch_trap *trap);
/** The ISA's own syndrome of an instruction that the inspection stopped. */
uint64_t engine_isa_code(enum engine_verdict verdict);
/** Describe an instruction that the library could not decode; `insn` are the bytes at the program counter. */
void engine_isa_invalid(const uint8_t *insn, uint32_t len, struct arch_trap *trap);
/** Complete a page fault: kind (for what the ISA does not call a page fault) and code. */
void engine_isa_page_fault(struct arch_trap *trap);
/** Length of the instruction at `p`, 0 if it is cut off, and what the machine says about it. */
uint32_t engine_isa_inspect(const struct engine *engine, const uint8_t *p, uint32_t avail, uint64_t va,
    enum engine_verdict *verdict);
/* -- The library's abort() (guard.c) -- */

/** Catch SIGABRT from now on. */
void guard_install(void);
/** uc_emu_start(); false: the library has aborted and the engine is good for nothing but reading registers. */
bool guard_start(struct engine *engine, uint64_t pc, uc_err *error);
/** Close an engine in whatever state it is. */
void guard_close(uc_engine *uc);

/* -- Shared (engine.c, hooks.c, code.c, create.c) -- */

/** End the process: the library refused something that cannot fail. */
void engine_must(uc_err error, const char *what);
uint64_t engine_register(struct engine *engine, int id);
void engine_set_register(struct engine *engine, int id, uint64_t value);

/** The engine is about to run `user`: let a debugger stop it, and see to its wishes. */
void debug_enter(struct engine *engine, struct arch_user *user);
/** A run has ended without a trap. If it was for a debugger, returns when that lets it go on. */
void debug_leave(struct engine *engine, struct arch_user *user);

struct engine *engine_create(struct sim_cpu *cpu);
/** Give an engine that the library has spoilt a new inside. */
void engine_renew(struct engine *engine);
/** Copy the first `count` registers of the ISA's list between engine and frame. */
void engine_transfer(struct engine *engine, struct trap_frame *frame, uint32_t count, bool write);
/** Run the one page at `va`, mapped at the same physical address, up to a system call; then unmap it. */
void engine_enter_at(struct engine *engine, uint64_t va);
void engine_add_hooks(struct engine *engine);
/** Hooks that meter and inspect user code; after user mode has been entered. */
void engine_add_metering(struct engine *engine);
/** Stop at the next boundary of blocks; the first reason counts. */
void engine_stop(struct engine *engine, enum engine_stop why);
/** Keep back all that is left, so that the next block takes the slow path; and give it back. */
void engine_hold(struct engine *engine);
void engine_unhold(struct engine *engine);
/** Charge what user code used so far to the CPU, and see how much it may still use. */
void engine_settle(struct engine *engine);

/** State of a frame of RAM with respect to code, shared by all engines. */
enum frame_state { FRAME_CODE = 1, FRAME_WRITTEN = 2 };
/** Where the state of the frame at `pa` is kept; NULL: not RAM. */
uint8_t *frame_state(paddr_t pa);
/** Drop all code of the frame at `pa` from every engine. */
void code_drop_frame(paddr_t pa);
/** Forget writable TLB entries of the frame at `pa` in every engine. */
void code_flush_written(paddr_t pa);
/** Number of the current space for the keys of the cache of inspected blocks. */
uint64_t code_space_tag(paddr_t root);
/** Drop the engine's code of the page that `va` lies in, in the current space. */
void code_drop_at(struct engine *engine, uint64_t va);
/** Copy up to `len` bytes of user code at `va` of the current space; how many there were. */
uint32_t code_read(const struct engine *engine, uint64_t va, uint8_t *bytes, uint32_t len);
/** Look at a block that was just translated; stops the engine if it must not run as it is. */
void code_inspect(struct engine *engine, uint64_t va, uint32_t size);
/** The same for the first block of a run, unless it is known to be fine. */
void code_inspect_first(struct engine *engine, uint64_t va, uint32_t size);
