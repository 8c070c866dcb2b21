/* SPDX-License-Identifier: MIT */
/* Running user code: registers in, uc_emu_start(), what happened, registers out. */
#include <stddef.h>
#include <string.h>

#include <arch/isa.h>
#include <sim/port.h>
#include <sim/tlb.h>

#include "engine_priv.h"

#define REGISTERS_MAX 40u
#define HOLE_PA (UINT64_C(1) << 45) /* physical memory that does not exist */
#define INSN_MAX 15u

/* -- Registers -- */

/* With the count of call registers only those; the program counter is separate. */
void engine_transfer(struct engine *engine, struct trap_frame *frame, uint32_t count, bool write)
{
    int ids[REGISTERS_MAX];
    void *places[REGISTERS_MAX];

    for (uint32_t i = 0; i < count; i++) {
        ids[i] = engine_isa.registers[i].id;
        places[i] = (uint8_t *)frame + engine_isa.registers[i].offset;
    }
    engine_must(write ? uc_reg_write_batch(engine->uc, ids, places, (int)count)
                      : uc_reg_read_batch(engine->uc, ids, places, (int)count), "registers");
}

static void disown(struct engine *engine)
{
    engine->owner->live = 0;
    engine->owner->dirty = false;
    engine->owner = NULL;
}

void engine_detach(struct engine *engine)
{
    struct arch_user *owner = engine->owner;

    if (owner == NULL)
        return;
    if (owner->dirty) /* the call registers in memory are newer than the engine's */
        engine_transfer(engine, &owner->frame, engine_isa.call_registers, true);
    engine_transfer(engine, &owner->frame, engine_isa.register_count, false);
    disown(engine);
}

void engine_peek(const struct arch_user *user, struct trap_frame *frame)
{
    struct trap_frame calls = *frame;

    if (user->live == 0)
        return;
    engine_transfer(machine.cpu[user->live - 1].engine, frame, engine_isa.register_count, false);
    for (uint32_t i = 0; user->dirty && i < engine_isa.call_registers; i++) {
        uint16_t offset = engine_isa.registers[i].offset;
        memcpy((uint8_t *)frame + offset, (uint8_t *)&calls + offset, sizeof(uint64_t));
    }
}

void engine_poke(struct arch_user *user, const struct trap_frame *frame)
{
    if (user->live != 0)
        engine_detach(machine.cpu[user->live - 1].engine);
    user->frame = *frame;
}

/* Trusts the engines only: the state may be memory that was never a state, or no longer knows that it was one. */
void engine_forget(const struct arch_user *user)
{
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        struct engine *engine = machine.cpu[i].engine;
        if (engine != NULL && engine->owner == user)
            engine->owner = NULL;
    }
}

static void attach(struct engine *engine, struct arch_user *user, paddr_t root)
{
    if (engine->owner != user) {
        engine_detach(engine);
        engine_must(uc_context_restore(engine->uc, engine->clean), "context");
        engine_transfer(engine, &user->frame, engine_isa.register_count, true);
        engine->owner = user;
        user->live = engine->cpu->id + 1;
    } else if (user->dirty) {
        engine_transfer(engine, &user->frame, engine_isa.call_registers, true);
    }
    user->dirty = false;
    if (engine->root != root) {
        engine->root = root;
        engine->tag = code_space_tag(root);
        engine_flush_tlb(engine);
    }
}

/* -- Time -- */

void engine_hold(struct engine *engine)
{
    engine->held += engine->left;
    engine->granted -= engine->left;
    engine->left = 0;
}

void engine_unhold(struct engine *engine)
{
    engine->left += engine->held;
    engine->granted += engine->held;
    engine->held = 0;
}

/* Used may be negative: a block paid for in full settles in its middle and then gives some back. */
void engine_settle(struct engine *engine)
{
    int64_t used = engine->granted - engine->left;
    int64_t bytes = (int64_t)engine->cpu->fraction + used;
    int64_t fraction = ((bytes % 4) + 4) % 4;

    machine.stats.user_bytes += (uint64_t)used;
    engine->cpu->fraction = (uint32_t)fraction;
    machine_spend((bytes - fraction) / 4);
    engine->granted = engine->left = sim_port.budget * 4 - fraction;
}

/* -- Running -- */

/* False: the library has aborted. */
static bool start(struct engine *engine, uint64_t pc, uc_err *error)
{
    engine->stop = STOP_NONE;
    engine->miss = MISS_NONE;
    engine->block_size = 0;
    engine_hold(engine);
    if (engine->exit != 0)
        engine_must(uc_ctl_set_exits(engine->uc, &engine->exit, 1), "exit");
    bool sound = guard_start(engine, pc, error);
    engine_unhold(engine);
    if (sound && engine->exit != 0) { /* for one run: the library looks every exit up after each, in any space */
        engine_must(uc_ctl_set_exits(engine->uc, &engine->exit, 0), "exit");
        code_drop_at(engine, engine->exit - 1);
    }
    engine->exit = 0;
    return sound;
}

/* A block that was left in the middle counts only as far as it ran. */
static void finish_block(struct engine *engine, uint64_t pc)
{
    uint64_t ran = pc - engine->block;

    if (ran < engine->block_size)
        engine->left += (int64_t)(engine->block_size - ran);
    engine->block_size = 0;
    engine_settle(engine);
}

/*
 * The exact byte of a page fault: run the instruction once more with a hole in place of the page; the library says
 * where in the hole it fell. The engine's registers are worthless afterwards.
 */
static uint64_t fault_address(struct engine *engine, uint64_t pc)
{
    uint64_t page = engine->miss_va;

    if (engine->miss_access == ARCH_ACCESS_EXECUTE)
        return pc > page ? pc : page;
    engine->mode = MODE_PROBE;
    engine->view_va = page;
    engine->view_pa = HOLE_PA;
    engine->hole_hit = false;
    engine->granted = engine->left = 1; /* one block: should the instruction not fault again, nothing runs away */
    engine_flush_tlb(engine);
    uc_err error;
    if (!start(engine, pc, &error))
        engine_renew(engine);
    engine->granted = engine->left; /* the replay takes no time */
    engine->block_size = 0;
    engine->mode = MODE_RUN;
    engine_flush_tlb(engine);
    return page + (engine->hole_hit ? engine->hole_offset : 0);
}

static void page_fault(struct engine *engine, uint64_t pc, struct arch_trap *trap)
{
    *trap = (struct arch_trap){.kind = ARCH_TRAP_PAGE, .access = engine->miss_access,
        .permission = engine->miss == MISS_PERMISSION, .pc = pc};
    engine_detach(engine); /* every register as before the instruction */
    trap->addr = fault_address(engine, pc);
    engine_isa_page_fault(trap);
}

static const enum arch_trap_kind verdict_kind[] = {
    [VERDICT_FP] = ARCH_TRAP_FP, [VERDICT_COUNTER] = ARCH_TRAP_COUNTER, [VERDICT_PORT] = ARCH_TRAP_PORT,
    [VERDICT_ALIGN] = ARCH_TRAP_ALIGN, [VERDICT_PRIVILEGED] = ARCH_TRAP_ILLEGAL,
    [VERDICT_BREAKPOINT] = ARCH_TRAP_BREAKPOINT,
};

/* Is there something at `pc` that must not run? Then it traps. */
static bool forbidden(struct engine *engine, uint64_t pc, struct arch_trap *trap)
{
    uint8_t insn[INSN_MAX];
    enum engine_verdict verdict = VERDICT_FINE;

    (void)engine_isa_inspect(engine, insn, code_read(engine, pc, insn, sizeof insn), pc, &verdict);
    if (verdict == VERDICT_FINE)
        return false;
    *trap = (struct arch_trap){.kind = verdict_kind[verdict], .pc = pc, .code = engine_isa_code(verdict)};
    engine_detach(engine);
    return true;
}

/* The library came back without a reason and without a step: whatever is there, it cannot be run. */
static bool no_progress(struct engine *engine, uint64_t pc, struct arch_trap *trap)
{
    *trap = (struct arch_trap){.kind = ARCH_TRAP_OTHER, .pc = pc};
    engine_detach(engine);
    return true;
}

/*
 * The block at `pc` was translated whole, with the instruction in it: drop it. If it does not begin with the
 * instruction, the next run ends right before it.
 */
static bool inspected(struct engine *engine, uint64_t pc, struct arch_trap *trap)
{
    code_drop_at(engine, engine->inspected);
    if (engine->inspected == pc)
        return forbidden(engine, pc, trap) || no_progress(engine, pc, trap);
    engine->exit = engine->inspected;
    return false;
}

static bool stopped(struct engine *engine, uint64_t pc, struct arch_trap *trap)
{
    switch (engine->stop) {
    case STOP_SYSCALL:
        engine_transfer(engine, &engine->owner->frame, engine_isa.call_registers, false);
        if (engine_isa.called != NULL) {
            engine_isa.called(&engine->owner->frame, pc);
            engine->owner->dirty = true;
        }
        *trap = (struct arch_trap){.kind = ARCH_TRAP_SYSCALL, .pc = pc};
        return true;
    case STOP_INSPECT:
        return inspected(engine, pc, trap);
    case STOP_INTERRUPT:
        *trap = (struct arch_trap){.pc = pc};
        engine_isa_exception(engine->number, pc, trap);
        engine_detach(engine);
        return true;
    case STOP_PORT: /* the rest of its block has run; its registers are void */
        *trap = (struct arch_trap){.kind = ARCH_TRAP_PORT, .pc = isa_frame_pc(&engine->port_frame),
            .code = engine_isa_code(VERDICT_PORT)};
        engine->owner->frame = engine->port_frame;
        disown(engine);
        return true;
    default:
        return false; /* STOP_QUANTUM, STOP_DEBUG */
    }
}

static bool failed(struct engine *engine, uc_err error, uint64_t pc, struct arch_trap *trap)
{
    uint8_t insn[INSN_MAX];

    switch (engine->miss) {
    case MISS_CODE_WRITTEN:
        code_drop_frame(engine->miss_frame);
        machine_spend(1); /* code that writes to itself, were it ever mapped so, gets nowhere; but time does */
        return false;
    case MISS_WRITTEN_FETCH:
        code_flush_written(engine->miss_frame);
        machine_spend(1);
        return false;
    case MISS_NONE:
        *trap = (struct arch_trap){.kind = ARCH_TRAP_OTHER, .pc = pc};
        if (error == UC_ERR_INSN_INVALID)
            engine_isa_invalid(insn, code_read(engine, pc, insn, sizeof insn), trap);
        engine_detach(engine);
        return true;
    default:
        page_fault(engine, pc, trap);
        return true;
    }
}

/* The library has aborted at the block or, if careful, at the instruction at `pc`. */
static bool aborted(struct engine *engine, uint64_t pc, struct arch_trap *trap)
{
    struct arch_user *user = engine->owner;
    bool culprit = engine->careful;

    engine_detach(engine); /* reads the old engine's registers, which are those before `pc` */
    engine_renew(engine);
    engine->careful = !culprit;
    isa_frame_set_pc(&user->frame, pc);
    *trap = (struct arch_trap){.pc = pc};
    if (culprit)
        engine_isa_invalid(NULL, 0, trap);
    return culprit;
}

/* Let the next run end behind the instruction at `pc`. */
static void step(struct engine *engine, uint64_t pc)
{
    uint8_t insn[INSN_MAX];
    enum engine_verdict verdict;
    uint32_t length = engine_isa_inspect(engine, insn, code_read(engine, pc, insn, sizeof insn), pc, &verdict);

    engine->exit = length != 0 ? pc + length : 0;
}

/* With a debugger's hooks in place the library does not say where a block stopped that did not begin. */
static uint64_t stop_pc(struct engine *engine)
{
    bool known = engine->stop == STOP_QUANTUM || engine->stop == STOP_INSPECT;

    return known ? engine->stopped_at : engine_register(engine, engine_isa.pc);
}

/* One start of the engine at the frame's program counter. True: it trapped. */
static bool run_once(struct engine *engine, struct arch_user *user, struct arch_trap *trap)
{
    uint64_t before = isa_frame_pc(&user->frame);
    uc_err error;

    if (engine->careful && engine->exit == 0)
        step(engine, before);
    uint64_t expected = engine->exit;
    bool sound = start(engine, before, &error);
    uint64_t pc = stop_pc(engine);
    finish_block(engine, pc);
    if (!sound)
        return aborted(engine, engine->careful ? before : pc, trap);
    isa_frame_set_pc(&user->frame, pc);
    engine->careful = engine->careful && pc == expected;
    if (error != UC_ERR_OK)
        return failed(engine, error, pc, trap);
    if (engine->stop != STOP_NONE)
        return stopped(engine, pc, trap);
    return forbidden(engine, pc, trap) || (pc == before && no_progress(engine, pc, trap));
}

void engine_prepare(struct sim_cpu *cpu)
{
    if (cpu->engine == NULL)
        cpu->engine = engine_create(cpu);
}

bool engine_run(struct sim_cpu *cpu, struct arch_user *user, paddr_t root, struct arch_trap *trap)
{
    engine_prepare(cpu);
    struct engine *engine = cpu->engine;
    if (engine->owner != user) { /* meant for somebody else */
        engine->exit = 0;
        engine->careful = false;
    }
    engine_settle(engine);
    machine.stats.user_runs++;
    if (tlb_enter_user(cpu->id, root))
        engine_flush_tlb(engine);
    debug_enter(engine, user);
    while (sim_port.budget > 0 || engine->resumed) {
        attach(engine, user, root);
        if (run_once(engine, user, trap)) {
            isa_frame_set_pc(&user->frame, trap->pc);
            engine->careful = false;
            return true;
        }
        debug_leave(engine, user);
    }
    return false;
}
