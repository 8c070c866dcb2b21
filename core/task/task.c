/* SPDX-License-Identifier: MIT */
/* The life of a task: load, run, clean up, wait, restart. */
#include <task/task.h>

#include "task_priv.h"

#include <abi/status.h>
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <diag/console.h>
#include <diag/counters.h>
#include <diag/log.h>
#include <diag/panic.h>
#include <diag/trace.h>
#include <ipc/ipc.h>
#include <sched/sched.h>

static KSTATE struct task_state state = {.lock = SPINLOCK_INIT("task", LOCK_RANK_TASK), .exit_slot = THREAD_NONE};

struct task_state *task_state(void)
{
    return &state;
}

struct task *task_get(uint32_t index)
{
    ASSERT(index < CONFIG_TASKS);
    return &state.task[index];
}

struct task *task_current(void)
{
    return task_get(thread_current()->index);
}

uint32_t task_count(void)
{
    return state.count;
}

void task_set_gate(enum task_next (*gate)(struct task *task))
{
    state.gate = gate;
}

void task_set_policy(bool stop_on_fault, uint32_t exit_slot)
{
    state.stop_on_fault = stop_on_fault;
    state.exit_slot = exit_slot;
}

static void set_alive(struct task *t, bool alive)
{
    task_lock();
    t->alive = alive;
    t->last_beat = sched_ticks();
    task_unlock();
    arch_atomic_store32(&t->expired, 0);
}

void task_breathe(void)
{
    arch_irq_window();
    sched_point();
}

void task_log_end(struct log_builder *line)
{
    log_end(line);
    task_breathe();
}

static enum task_next handle_trap(struct task *t, const struct arch_trap *trap)
{
    switch (trap->kind) {
    case ARCH_TRAP_SYSCALL:
        return state.gate(t);
    case ARCH_TRAP_INTERRUPT:
        return TASK_CONTINUE;
    default:
        t->cause = TASK_CAUSE_TRAP;
        t->trap = *trap;
        return TASK_FAULT;
    }
}

/* Run user code until the task faults or exits. */
static enum task_next run_user(struct task *t)
{
    enum task_next next = TASK_CONTINUE;
    struct arch_trap trap;

    for (;;) {
        if (UNLIKELY(arch_atomic_load32(&t->thread->kill))) {
            t->cause = TASK_CAUSE_WATCHDOG;
            return TASK_FAULT;
        }
        arch_user_run(&t->thread->user, &trap);
        next = handle_trap(t, &trap);
        if (UNLIKELY(next != TASK_CONTINUE))
            return next;
        if (UNLIKELY(console_pending())) {
            arch_irq_window();
            (void)console_poll();
            arch_irq_window();
        }
        spin_expect_none("return to user mode");
        check_at_exit();
        sched_point();
    }
}

/* What became of a task, in breaths: "[aegis] task 3 exited (code=0)". */
static void log_event(const struct task *t, const char *what, uint32_t value)
{
    struct log_builder line;

    task_breathe();
    log_begin(&line, LOG_INFO);
    task_log_add(&line, "[aegis] task %u ", t->index);
    task_log_add(&line, "%s%u)", what, value);
    task_log_end(&line);
}

static void clean_up(struct task *t, bool ended)
{
    set_alive(t, false);
    task_devices_cleanup(t);
    task_breathe();
    ipc_cleanup(t->index, ended);
    task_breathe();
}

/* The task will never run again. The last one to end switches the machine off. */
static void end(void)
{
    bool last;
    uint32_t code = 0;

    task_lock();
    last = ++state.ended == state.count;
    task_unlock();
    if (!last)
        return;
    check_at_end();
    if (state.exit_slot < CONFIG_TASKS)
        code = state.task[state.exit_slot].exit_code;
    task_power_off(ARCH_OFF_DONE, code > 63 ? 63 : code);
}

static void trace_fault(const struct task *t)
{
    static const enum trace_fault_cause causes[] = {[TASK_CAUSE_TRAP] = TRACE_FAULT_TRAP,
                                                    [TASK_CAUSE_DENIED] = TRACE_FAULT_DENIED,
                                                    [TASK_CAUSE_UNKNOWN_CALL] = TRACE_FAULT_UNKNOWN_CALL,
                                                    [TASK_CAUSE_WATCHDOG] = TRACE_FAULT_WATCHDOG,
                                                    [TASK_CAUSE_LOAD] = TRACE_FAULT_LOAD};
    const uint64_t w[4] = {t->trap.addr, (uint64_t)t->trap.access | (uint64_t)t->trap.permission << 8, causes[t->cause], 0};

    if (arch_trace_wanted(TRACE_FAULT))
        trace_send_words(TRACE_FAULT, t->index, t->trap.kind, arch_user_pc(&t->thread->user), w, 0);
}

static void fault(struct task *t)
{
    bool restart = t->config.restart != MANIFEST_RESTART_NEVER;

    arch_counter_add(&counters_get()->faults, 1);
    trace_fault(t);
    task_breathe();
    task_report_fault(t);
    clean_up(t, !restart);
    if (state.stop_on_fault)
        task_power_off(ARCH_OFF_STOPPED, 1);
    if (!restart) {
        t->exit_code = 63;
        end();
    }
    sched_fault(restart);
    t->restarts++;
    arch_counter_add(&counters_get()->restarts, 1);
    trace(TRACE_RESTART, t->index, t->restarts, 0, 0, 0);
    log_event(t, "restarted (", t->restarts);
}

/* True if the task starts anew (restart policy "always"). */
static void leave(struct task *t)
{
    bool again = t->config.restart == MANIFEST_RESTART_ALWAYS;

    arch_counter_add(&counters_get()->exits, 1);
    trace(TRACE_EXIT, t->index, t->exit_code, 0, 0, 0);
    log_event(t, "exited (code=", t->exit_code);
    clean_up(t, !again);
    if (!again) {
        end();
        sched_exit();
    }
    sched_fault(true);
    t->restarts++;
}

void task_main(void *arg)
{
    struct task *t = arg;

    for (bool loaded = false;;) {
        status_t status = task_image_load(t, !loaded);

        arch_user_init(&t->thread->user, t->plan.entry,
                       LAYOUT_STACK_BASE + (vaddr_t)t->index * LAYOUT_STACK_STRIDE + LAYOUT_STACK_SIZE);
        t->calls = 0;
        t->cause = TASK_CAUSE_NONE;
        t->trap = (struct arch_trap){.kind = ARCH_TRAP_COUNT};
        if (status != STATUS_OK) {
            t->cause = TASK_CAUSE_LOAD;
            fault(t); /* a restart tries again, later */
            continue;
        }
        loaded = true;
        ipc_start(t->index);
        set_alive(t, true);
        if (run_user(t) == TASK_EXIT)
            leave(t);
        else
            fault(t);
    }
}

bool task_stop_begin(uint32_t why, uint32_t code)
{
    bool first;

    task_lock();
    first = !state.stopping;
    if (first) {
        state.stopping = true;
        state.stop_why = why;
        state.stop_code = code;
    }
    task_unlock();
    return first;
}

static void log_summary(void)
{
    const struct counters *c = counters_get();
    const struct {
        uint64_t value;
        const char *what;
    } part[] = {
        {counter_read(&c->switches), "switches"}, {counter_read(&c->calls), "calls"},
        {counter_read(&c->messages), "messages"}, {counter_read(&c->faults), "faults"},
        {counter_read(&c->restarts), "restarts"}, {counter_read(&c->exits), "exits"},
        {sched_ticks(), "ticks"},
    };
    struct log_builder line;

    log_begin(&line, LOG_INFO);
    task_log_add(&line, "[aegis] summary:");
    for (uint32_t i = 0; i < ARRAY_LEN(part); i++)
        task_log_add(&line, "%s %lu %s", i == 0 ? "" : ",", (unsigned long)part[i].value, part[i].what);
    task_log_end(&line);
}

/* Whoever comes second must not wait for the first, whose thread may be below it: it helps to end the same stop. */
NORETURN void task_stop_finish(bool first)
{
    if (first)
        log_summary();
    console_flush();
    arch_power_off((enum arch_off)state.stop_why, state.stop_code);
}

NORETURN void task_power_off(uint32_t why, uint32_t code)
{
    task_stop_finish(task_stop_begin(why, code));
}
