/* SPDX-License-Identifier: MIT */
/* User mode by script: see <null/user.h>. Programs are coroutines that a step function continues until they trap. */
#include <stdlib.h>
#include <string.h>

#include <abi/status.h>
#include <null/user.h>

#include "null_priv.h"

#define SCRIPTS_MAX 128u
#define PROGRAMS_MAX (NULL_STACK_COUNT - NULL_STACK_PROGRAM)

struct script {
    vaddr_t entry;
    null_user_step *step;
    void (*program)(struct arch_user *user);
};

/* A running program, tied to the user state it belongs to. */
struct program {
    struct arch_user *user; /* NULL: free */
    void (*fn)(struct arch_user *user);
    struct arch_context context; /* of the program while the kernel runs */
    struct arch_context kernel;  /* of the kernel while the program runs */
    struct arch_trap trap; /* what it traps with */
    uint64_t compute;      /* microseconds it still computes */
};

static struct script scripts[SCRIPTS_MAX];
static uint32_t script_count;
static struct program programs[PROGRAMS_MAX];

void null_user_reset(void)
{
    script_count = 0;
    memset(programs, 0, sizeof(programs));
    null_reads_reset();
}

void *null_user_save(void)
{
    struct script *copy = calloc(SCRIPTS_MAX, sizeof(*copy));
    if (copy == NULL)
        null_misuse("no host memory for a snapshot");
    memcpy(copy, scripts, script_count * sizeof(*copy));
    return copy;
}

void null_user_restore(const void *saved)
{
    null_user_reset();
    memcpy(scripts, saved, sizeof(scripts));
    while (script_count < SCRIPTS_MAX && scripts[script_count].step != NULL)
        script_count++;
}

static void add_script(struct script script)
{
    if (script_count == SCRIPTS_MAX)
        null_misuse("too many scripts");
    scripts[script_count++] = script;
}

void null_script(vaddr_t entry, null_user_step *step)
{
    add_script((struct script){.entry = entry, .step = step});
}

static struct program *find_program(const struct arch_user *user)
{
    if (user->step_data >= PROGRAMS_MAX || programs[user->step_data].user != user)
        null_misuse("this user state has no program");
    return &programs[user->step_data];
}

static void program_main(void *arg)
{
    struct program *program = arg;
    program->fn(program->user);
    for (;;)
        null_trap(program->user, (struct arch_trap){.kind = ARCH_TRAP_ILLEGAL});
}

/* The step function of every program. */
static bool program_step(struct arch_user *user, struct arch_trap *trap)
{
    struct program *program = find_program(user);
    if (program->compute > 0) {
        program->compute--;
        return false;
    }
    /* In user mode the CPU's running context is the program's, for backtraces and CPU switches. */
    struct arch_context **running = &null_machine.cpu[null_port.cpu].running;
    struct arch_context *kernel = *running;
    program->kernel = *kernel;
    *running = &program->context;
    null_fiber_switch(&program->kernel, &program->context, true);
    null_machine.cpu[null_port.cpu].running = kernel;
    *trap = program->trap;
    return program->compute == 0;
}

/* Leave the program until arch_user_run() continues it. */
static void leave(struct program *program)
{
    null_fiber_switch(&program->context, &program->kernel, true);
}

void null_trap(struct arch_user *user, struct arch_trap trap)
{
    struct program *program = find_program(user);
    trap.pc = user->pc;
    program->trap = trap;
    leave(program);
}

void null_compute(struct arch_user *user, uint64_t microseconds)
{
    struct program *program = find_program(user);
    program->compute = microseconds;
    if (microseconds > 0)
        leave(program);
}

struct null_result null_call(struct arch_user *user, uint64_t nr, uint64_t target, uint64_t w0, uint64_t w1, uint64_t w2,
                             uint64_t w3)
{
    struct arch_trap trap;
    const uint64_t w[4] = {w0, w1, w2, w3};
    null_step_call(user, &trap, nr, target, w);
    null_trap(user, trap);
    struct null_result result = {.status = (status_t)user->nr};
    memcpy(result.w, user->w, sizeof(result.w));
    return result;
}

/* The byte that user mode may access so; NULL: it may not. `mapped`: something is there. */
static uint8_t *user_byte(vaddr_t va, enum arch_access access, bool *mapped)
{
    paddr_t pa;
    uint32_t flags;
    *mapped = va >= ARCH_KERNEL_VBASE;
    if (null_space() == NULL || arch_walk(null_space(), va, &pa, &flags) != STATUS_OK)
        return NULL;
    *mapped = true;
    if ((flags & ARCH_MAP_USER) == 0 || (access == ARCH_ACCESS_WRITE && (flags & ARCH_MAP_WRITABLE) == 0) ||
        (access == ARCH_ACCESS_EXECUTE && (flags & ARCH_MAP_NO_EXECUTE) != 0))
        return NULL;
    return arch_phys_ptr(pa);
}

bool null_access(const struct arch_user *user, vaddr_t va, enum arch_access access, uint8_t *byte, struct arch_trap *trap)
{
    bool mapped;
    null_fiber_as_hardware(true);
    uint8_t *view = user_byte(va, access, &mapped);
    null_fiber_as_hardware(false);
    if (view == NULL) {
        *trap = (struct arch_trap){
            .kind = ARCH_TRAP_PAGE, .access = access, .permission = mapped, .pc = user->pc, .addr = va};
        return false;
    }
    if (access == ARCH_ACCESS_WRITE)
        *view = *byte;
    else
        *byte = *view;
    return true;
}

void null_read(struct arch_user *user, void *dst, vaddr_t src, size_t len)
{
    struct arch_trap trap;
    for (size_t i = 0; i < len; i++) {
        while (!null_access(user, src + i, ARCH_ACCESS_READ, (uint8_t *)dst + i, &trap))
            null_trap(user, trap);
    }
}

void null_write(struct arch_user *user, vaddr_t dst, const void *src, size_t len)
{
    struct arch_trap trap;
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = ((const uint8_t *)src)[i];
        while (!null_access(user, dst + i, ARCH_ACCESS_WRITE, &byte, &trap))
            null_trap(user, trap);
    }
}

bool null_step_call(struct arch_user *user, struct arch_trap *trap, uint64_t nr, uint64_t target, const uint64_t w[4])
{
    user->nr = nr;
    user->target = target;
    memcpy(user->w, w, sizeof(user->w));
    *trap = (struct arch_trap){.kind = ARCH_TRAP_SYSCALL, .pc = user->pc};
    return true;
}

void null_program(vaddr_t entry, void (*program)(struct arch_user *user))
{
    add_script((struct script){.entry = entry, .step = program_step, .program = program});
}

/* The place of this state's program: a state that had one before (a restart) keeps it. */
static uint32_t program_place(const struct arch_user *user)
{
    uint32_t place = PROGRAMS_MAX;
    for (uint32_t i = 0; i < PROGRAMS_MAX; i++) {
        if (programs[i].user == user)
            return i;
        if (programs[i].user == NULL && place == PROGRAMS_MAX)
            place = i;
    }
    if (place == PROGRAMS_MAX)
        null_misuse("too many user programs");
    return place;
}

static void start_program(struct arch_user *user, const struct script *script)
{
    uint32_t place = program_place(user);
    struct program *program = &programs[place];
    *program = (struct program){.user = user, .fn = script->program};
    null_fiber_init(&program->context, null_stack_get(NULL_STACK_PROGRAM + place), program_main, program);
    user->step_data = place;
}

void arch_user_init(struct arch_user *user, vaddr_t entry, vaddr_t sp)
{
    *user = (struct arch_user){.pc = entry, .sp = sp};
    for (uint32_t i = 0; i < script_count; i++) {
        const struct script *script = &scripts[i];
        if (script->entry != entry && script->entry != NULL_ANY_ENTRY)
            continue;
        user->step = script->step;
        if (script->program != NULL)
            start_program(user, script);
        return;
    }
}

/* A thread on a kernel stack of core's must have named that stack for its traps. */
static void check_trap_stack(const struct null_cpu *cpu)
{
    if (cpu->running->stack->live && cpu->trap_stack != cpu->running->stack)
        null_misuse("user mode would trap to the kernel stack of another thread");
}

void arch_user_run(struct arch_user *user, struct arch_trap *trap)
{
    check_trap_stack(&null_machine.cpu[null_port.cpu]);
    null_reads_end(null_space());
    while (!null_take_interrupts()) {
        null_advance(1);
        if (user->step != NULL && user->step(user, trap)) {
            null_reads_begin(null_space());
            return;
        }
        null_rotate();
    }
    *trap = (struct arch_trap){.kind = ARCH_TRAP_INTERRUPT, .pc = user->pc};
}

void arch_user_get_call(const struct arch_user *user, struct arch_call *call)
{
    call->nr = user->nr;
    call->target = user->target;
    memcpy(call->w, user->w, sizeof(call->w));
}

void arch_user_set_result(struct arch_user *user, status_t status, const uint64_t w[4], uint32_t words)
{
    null_note_answer(user->nr, status);
    user->nr = (uint64_t)(int64_t)status;
    for (uint32_t i = 0; i < words; i++)
        user->w[i] = w[i];
}

vaddr_t arch_user_pc(const struct arch_user *user)
{
    return user->pc;
}

vaddr_t arch_user_sp(const struct arch_user *user)
{
    return user->sp;
}

bool arch_user_register(const struct arch_user *user, uint32_t i, const char **name, uint64_t *value)
{
    static const char *const names[] = {"nr", "target", "w0", "w1", "w2", "w3", "pc", "sp"};
    const uint64_t values[] = {user->nr, user->target, user->w[0], user->w[1], user->w[2], user->w[3], user->pc, user->sp};
    if (i >= ARRAY_LEN(names))
        return false;
    *name = names[i];
    *value = values[i];
    return true;
}

void arch_user_allow_ports(struct arch_user *user, uint32_t first, uint32_t count, bool allow)
{
    user->port_first = allow ? first : 0;
    user->port_count = allow ? count : 0;
}
