/* SPDX-License-Identifier: MIT */
/* The scripted tasks of the call fuzzer, and what happens around them: interrupts, a busy line, other CPUs. */
#include <string.h>

#include <arch/irq.h>
#include <arch/timer.h>
#include <diag/counters.h>
#include <null/null.h>
#include <null/user.h>
#include <sched/sched.h>
#include <support/random.h>
#include <task/task.h>

#include "calls.h"

#define PATIENCE 10000000u  /* microseconds in which some task must go on, or the machine end: 1,000 ticks */
#define LONG_HEARTBEAT 500u /* ticks: a watchdog that may outlast our patience */

static struct {
    struct bytes in;
    uint32_t tasks;
    uint64_t until; /* tick up to which timer interrupts are injected */
    uint64_t moved; /* when some task last went on, in microseconds */
    uint32_t busy;  /* preemption points until the serial line is idle again */
    bool given_up;  /* somebody waits too long for us */
    bool begun;     /* the first step was made */
    bool inside;    /* a CPU makes a step: the others must wait */
    uint32_t cpus;
    struct test_random random; /* the order of CPUs */
    uint32_t seldom;           /* another one goes on at one of so many preemption points */
} game;

/* ---- moves ---- */

static bool make_call(uint32_t task, struct arch_user *user, struct arch_trap *trap, struct arch_call call)
{
    oracle_call(task, &call);
    return null_step_call(user, trap, call.nr, call.target, call.w);
}

static bool access_memory(uint32_t task, struct arch_user *user, struct arch_trap *trap, const struct move *move)
{
    uint8_t byte = (uint8_t)move->va | 1;
    bool shared = oracle_is_shared(task, move->va);
    bool allowed = null_access(user, move->va, move->access, &byte, trap);

    oracle_accessed(task, move->va, move->access, shared, allowed);
    if (!allowed)
        oracle_doomed(task);
    return !allowed;
}

/* What happens around the task; it goes on computing. */
static void disturb(const struct move *move)
{
    switch (move->kind) {
    case MOVE_TICKS:
        game.until = sched_ticks() + move->number;
        break;
    case MOVE_LINE:
        null_line(move->number, move->on);
        break;
    case MOVE_VECTOR:
        null_inject(0, move->number);
        break;
    case MOVE_COMPUTE:
        null_advance(move->number);
        break;
    default:
        game.busy = move->number;
        null_serial_set_busy(game.busy > 0);
        break;
    }
}

/* A watchdog may be set so far off that its task sleeps on for ages. */
static bool somebody_waits_long(void)
{
    for (uint32_t i = 0; i < game.tasks; i++)
        if (task_get(i)->heartbeat > LONG_HEARTBEAT)
            return true;
    return false;
}

/* Every CPU that was started may go on instead. */
static void interleave(void)
{
    uint32_t cpu;

    if (game.cpus == 1 || game.inside || test_random_below(&game.random, game.seldom) != 0)
        return;
    cpu = test_random_below(&game.random, game.cpus);
    if (null_is_started(cpu))
        null_switch_cpu(cpu);
}

/* Called at every preemption point, and so now and then whatever the kernel does. */
static void watch(void)
{
    if (game.busy > 0 && --game.busy == 0)
        null_serial_set_busy(false);
    interleave();
    if (arch_timer_get_ticks() - game.moved < PATIENCE)
        return;
    if (!somebody_waits_long())
        fprintf(stderr, "%s\n", null_serial());
    REQUIRE(somebody_waits_long(), "tasks go on, or the machine ends");
    game.given_up = true;
    arch_power_off(ARCH_OFF_STOPPED, 0);
}

/* ---- steps ---- */

static void begin(void)
{
    game.begun = true;
    game.tasks = task_count();
    if (game.cpus > 1) {
        game.random.state = bytes_u64(&game.in) | 1;
        game.seldom = 2u << game.random.state / 2 % 6;
    }
    oracle_begin(game.tasks, game.cpus);
    null_set_preempt_hook(watch);
}

/* The running task, whichever it is, takes note of what happened to it and makes the next move. True: it trapped. */
static bool move(struct arch_user *user, struct arch_trap *trap)
{
    uint32_t task = task_current()->index;
    struct move next;

    if (user->step_data == 0)
        oracle_started(task);
    user->step_data = 1;
    oracle_kernel(oracle_resumed(task, user));
    if (sched_ticks() < game.until) {
        for (uint32_t cpu = 0; cpu < game.cpus; cpu++)
            null_inject(cpu, ARCH_VECTOR_TIMER);
        return false;
    }
    if (game.in.at == game.in.end)
        arch_power_off(ARCH_OFF_STOPPED, 0);
    next = move_next(&game.in, task, game.tasks);
    switch (next.kind) {
    case MOVE_CALL:
        return make_call(task, user, trap, next.call);
    case MOVE_TRAP:
        oracle_doomed(task);
        *trap = next.trap;
        return true;
    case MOVE_ACCESS:
        return access_memory(task, user, trap, &next);
    default:
        disturb(&next);
        return false;
    }
}

bool players_step(struct arch_user *user, struct arch_trap *trap)
{
    bool trapped;

    if (game.inside)
        return false;
    game.inside = true;
    if (!game.begun)
        begin();
    game.moved = arch_timer_get_ticks();
    trapped = move(user, trap);
    game.inside = false;
    return trapped;
}

void players_begin(struct bytes moves, uint32_t cpus)
{
    memset(&game, 0, sizeof(game));
    game.in = moves;
    game.cpus = cpus;
}

void players_end(void)
{
    /* What was cut off in the middle, or stands still on another CPU, is not consistent. */
    if (game.begun && game.cpus == 1 && !game.given_up)
        oracle_kernel(counters_get()->calls + counters_get()->faults > 0);
}
