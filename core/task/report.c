/* SPDX-License-Identifier: MIT */
/*
 * The fault report: what happened, in words, where, whose memory it was, and what the task did before. Others may run
 * between two pieces of it.
 */
#include "task_priv.h"

#include <abi/aegis_nr.h>
#include <abi/status.h>
#include <arch/memory.h>
#include <cap/cap.h>
#include <diag/log.h>
#include <ipc/ipc.h>

#define report(...)                                                                                                    \
    do {                                                                                                               \
        struct log_builder report_line = {.used = 0};                                                                  \
        task_log_add(&report_line, __VA_ARGS__);                                                                       \
        task_log_end(&report_line);                                                                                    \
    } while (0)

static const char *const trap_words[ARCH_TRAP_COUNT] = {
    [ARCH_TRAP_SYSCALL] = "system call",
    [ARCH_TRAP_INTERRUPT] = "interrupt",
    [ARCH_TRAP_PAGE] = "page fault",
    [ARCH_TRAP_ILLEGAL] = "undefined or privileged instruction",
    [ARCH_TRAP_FP] = "floating-point or SIMD instruction (static tasks have no FP state)",
    [ARCH_TRAP_COUNTER] = "read of a cycle or time counter",
    [ARCH_TRAP_BREAKPOINT] = "breakpoint instruction",
    [ARCH_TRAP_ARITHMETIC] = "divide error",
    [ARCH_TRAP_ALIGN] = "misaligned access",
    [ARCH_TRAP_PORT] = "I/O port that the task does not own",
    [ARCH_TRAP_OTHER] = "exception",
};

static const char *const access_words[] = {"read of", "write to", "execution at"};

static const char *task_name(uint64_t index)
{
    const struct task_state *s = task_state();

    return index < CONFIG_TASKS && s->task[index].used ? s->task[index].config.name : "empty slot";
}

/* The program of a slot: its windows lie side by side. */
static bool name_program(vaddr_t va, struct log_builder *line)
{
    vaddr_t slot = (va - LAYOUT_IMAGE_BASE) / LAYOUT_IMAGE_STRIDE;

    if (va < LAYOUT_IMAGE_BASE || slot >= LAYOUT_IMAGE_COUNT)
        return false;
    task_log_add(line, "the program of task %lu (%s)", (unsigned long)slot, task_name(slot));
    return true;
}

_Static_assert(LAYOUT_STACK_STRIDE == LAYOUT_STACK_SIZE + PAGE_SIZE, "one guard page between two stacks");

/* The stack of a slot, or the guard page below one: stacks grow down, so the gap behind a slot guards the next. */
static bool name_stack(vaddr_t va, struct log_builder *line)
{
    vaddr_t slot = (va + PAGE_SIZE - LAYOUT_STACK_BASE) / LAYOUT_STACK_STRIDE;
    bool guard = (va + PAGE_SIZE - LAYOUT_STACK_BASE) % LAYOUT_STACK_STRIDE < PAGE_SIZE;

    if (va + PAGE_SIZE < LAYOUT_STACK_BASE || slot >= LAYOUT_STACK_COUNT)
        return false;
    task_log_add(line, "%sthe stack of ", guard ? "the guard page below " : "");
    task_log_add(line, "task %lu (%s)", (unsigned long)slot, task_name(slot));
    return true;
}

static void name_grant(vaddr_t va, struct log_builder *line)
{
    uint32_t id = (uint32_t)((va - LAYOUT_GRANT_BASE) / LAYOUT_GRANT_STRIDE);
    uint32_t owner;

    for (uint32_t i = 0; i < CONFIG_TASKS; i++) {
        if (task_state()->task[i].used && ipc_grant_maps(id, i, &owner)) {
            task_log_add(line, "the page of grant %u, ", id);
            task_log_add(line, "which belongs to task %u (%s)", owner, task_name(owner));
            return;
        }
        task_breathe();
    }
    task_log_add(line, "the page of grant %u, which nobody holds", id);
}

static void name_address(vaddr_t va, struct log_builder *line)
{
    if (va < PAGE_SIZE)
        task_log_add(line, "the null page, which is never mapped");
    else if (va >= ARCH_KERNEL_VBASE)
        task_log_add(line, "the kernel");
    else if (name_program(va, line) || name_stack(va, line))
        return;
    else if (va >= LAYOUT_GRANT_BASE && va < LAYOUT_GRANT_BASE + LAYOUT_GRANT_COUNT * LAYOUT_GRANT_STRIDE)
        name_grant(va, line);
    else if (va >= LAYOUT_DEVICE_BASE && va < LAYOUT_DEVICE_BASE + LAYOUT_DEVICE_COUNT * LAYOUT_DEVICE_STRIDE)
        task_log_add(line, "a device window");
    else
        task_log_add(line, "nobody");
}

static void report_page(const struct task *t)
{
    struct log_builder line = {.used = 0};

    task_log_add(&line, "  cause: page fault, %s 0x%lx", access_words[t->trap.access], (unsigned long)t->trap.addr);
    task_log_add(&line, ": %s", t->trap.permission ? "not permitted" : "not mapped in this task");
    task_log_end(&line);
    task_log_add(&line, "  address belongs to: ");
    name_address(t->trap.addr, &line);
    task_log_end(&line);
}

static void report_denied(const struct task *t)
{
    const struct task_call *call = &t->last[(t->calls - 1) % TASK_LAST_CALLS];
    char names[CAP_NAMES_MAX];
    uint32_t need;

    if (cap_for_syscall(call->nr, call->target, &need)) {
        cap_names(need, names, sizeof(names));
        report("  cause: its mask does not allow call #%lu, which needs %s", (unsigned long)call->nr, names);
    } else {
        report("  cause: there is no call #%lu with target %lu", (unsigned long)call->nr, (unsigned long)call->target);
    }
}

/* In the context of the task, which alone sets its heartbeat. */
UNCHECKED_LOCKS static void report_cause(const struct task *t)
{
    switch (t->cause) {
    case TASK_CAUSE_TRAP:
        if (t->trap.kind == ARCH_TRAP_PAGE)
            report_page(t);
        else
            report("  cause: %s", (uint32_t)t->trap.kind < ARCH_TRAP_COUNT ? trap_words[t->trap.kind] : "?");
        break;
    case TASK_CAUSE_DENIED:
    case TASK_CAUSE_UNKNOWN_CALL:
        report_denied(t);
        break;
    case TASK_CAUSE_WATCHDOG:
        report("  cause: no heartbeat for more than %lu ticks", (unsigned long)t->heartbeat);
        break;
    case TASK_CAUSE_LOAD:
        report("  cause: a segment of its program could not be loaded");
        break;
    case TASK_CAUSE_NONE:
        break;
    }
}

static void report_registers(const struct task *t)
{
    struct log_builder line = {.used = 0};
    const char *name;
    uint64_t value;

    for (uint32_t i = 0; arch_user_register(&t->thread->user, i, &name, &value); i++) {
        task_log_add(&line, "%s %6s=%016lx", i % 4 == 0 ? " " : "", name, (unsigned long)value);
        if (i % 4 == 3)
            task_log_end(&line);
    }
    if (line.used > 0)
        task_log_end(&line);
}

static void report_calls(const struct task *t)
{
    uint32_t n = t->calls < TASK_LAST_CALLS ? t->calls : TASK_LAST_CALLS;
    struct log_builder line = {.used = 0};

    report("  last calls:%s", n == 0 ? " none" : "");
    for (uint32_t i = t->calls - n; i != t->calls; i++) {
        const struct task_call *c = &t->last[i % TASK_LAST_CALLS];

        task_log_add(&line, "    #%lu target=%lu", (unsigned long)c->nr, (unsigned long)c->target);
        task_log_add(&line, " w0=0x%lx -> %s", (unsigned long)c->w0, status_name(c->status));
        task_log_end(&line);
    }
}

void task_report_fault(const struct task *task)
{
    vaddr_t pc = task->cause == TASK_CAUSE_TRAP ? task->trap.pc : arch_user_pc(&task->thread->user);

    struct log_builder line;

    log_begin(&line, LOG_ERROR);
    task_breathe();
    task_log_add(&line, "[aegis] FAULT task %u (%s)", task->index, task->config.name);
    task_log_add(&line, " at pc 0x%lx", (unsigned long)pc);
    task_log_end(&line);
    report_cause(task);
    report_registers(task);
    report_calls(task);
    if (task_state()->stop_on_fault)
        report("  action: the machine stops");
    else if (task->config.restart == MANIFEST_RESTART_NEVER)
        report("  action: the task ends, its policy is never to restart");
    else
        report("  action: restart in %u ticks", SCHED_RESTART_DELAY);
}
