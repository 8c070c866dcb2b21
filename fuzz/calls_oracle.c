/* SPDX-License-Identifier: MIT */
/*
 * What must hold whatever tasks do. Beside the kernel's own invariants these are promises of the ABI, checked from the
 * outside: results come in the right words, errors are those the call may give, no message is invented, changed, repeated
 * or overtaken, no memory is seen that is not the task's own, what a mask forbids never returns, no frame is lost.
 */
#include <string.h>

#include <abi/aegis_nr.h>
#include <abi/caps.h>
#include <abi/layout.h>
#include <abi/status.h>
#include <arch/discovery.h>
#include <diag/check.h>
#include <ipc/ipc.h>
#include <mm/frame.h>
#include <sched/check.h>
#include <sync/spinlock.h>
#include <task/task.h>

#include "calls.h"

#define ENDPOINTS 4u
#define MESSAGES_MAX 4096u
#define MESSAGE_MARK 0x4D53470000000000ull /* word 0 of every message: this and its number */

struct message {
    uint64_t w[4];
    uint64_t ep;
    uint32_t from;
    bool call;
    bool taken;  /* somebody got it */
    bool failed; /* its sender was told that nobody did */
};

struct player {
    bool waiting; /* for the answer to `call` */
    bool doomed;  /* never goes on from here */
    bool over;    /* never starts again */
    struct arch_call call;
    uint64_t issued;                /* when `call` was made */
    uint32_t message;               /* that it sends; MESSAGES_MAX: none */
    uint32_t last_taken[ENDPOINTS]; /* number of the last message + 1 */
    uint64_t waited;                /* when it made its WAIT_NOTIFY before `call` */
    uint64_t told[64];              /* when each bit was last sent to it */
    uint64_t bound;                 /* bits that interrupts may send it at any time */
};

static struct {
    struct player player[CALLS_TASKS_MAX];
    struct message message[MESSAGES_MAX];
    uint32_t messages;
    uint64_t now;                            /* counts moves */
    uint32_t frames;                         /* free ones */
    uint32_t tasks, cpus;
} state;

void oracle_begin(uint32_t tasks, uint32_t cpus)
{
    memset(&state.player, 0, sizeof(state.player));
    memory_begin();
    state.messages = 0;
    state.now = 0;
    state.frames = frame_count_free();
    state.tasks = tasks;
    state.cpus = cpus;
    REQUIRE(tasks <= CALLS_TASKS_MAX, "the machine has no more tasks than players");
}

uint64_t oracle_time(void)
{
    return state.now;
}

void oracle_started(uint32_t task)
{
    struct player *p = &state.player[task];

    REQUIRE(!p->over, "a task that ended for good does not start again");
    p->waiting = p->doomed = false;
    p->waited = 0;
    memset(p->last_taken, 0, sizeof(p->last_taken));
    memory_check_start(task);
}

/* ---- what the mask allows: its bits by the numbers of the ABI ---- */

static uint32_t bits_needed(const struct arch_call *call)
{
    static const uint8_t send[] = {0, 2, 8, 10}, recv[] = {1, 3, 9, 11};
    static const uint8_t by_number[AEGIS_NR_COUNT] = {[0] = 5, [4] = 4, [5] = 6, [6] = 7, [7] = 12, [8] = 13, [9] = 14,
                                                      [10] = 15, [11] = 16, [12] = 17, [13] = 18};
    const uint32_t never = 1u << 31;

    if (call->nr >= AEGIS_NR_COUNT)
        return never;
    if (call->nr < 1 || call->nr > 3)
        return 1u << by_number[call->nr];
    if (call->target >= ENDPOINTS)
        return never;
    return (call->nr != 2 ? 1u << send[call->target] : 0) | (call->nr != 1 ? 1u << recv[call->target] : 0);
}

static bool is_message(const struct arch_call *call)
{
    return call->nr == AEGIS_NR_SEND || call->nr == AEGIS_NR_CALL;
}

static void add_message(struct player *p, uint32_t task)
{
    struct message *m = &state.message[state.messages];

    REQUIRE(state.messages < MESSAGES_MAX, "an input is shorter than the list of messages");
    p->message = state.messages++;
    p->call.w[0] = MESSAGE_MARK | p->message;
    *m = (struct message){.ep = p->call.target, .from = task, .call = p->call.nr == AEGIS_NR_CALL};
    memcpy(m->w, p->call.w, sizeof(m->w));
}

static void tell(struct player *p, uint64_t bits)
{
    for (uint32_t i = 0; i < 64; i++)
        if (bits >> i & 1)
            p->told[i] = state.now;
}

void oracle_doomed(uint32_t task)
{
    state.now++;
    state.player[task].doomed = true;
    state.player[task].over = task_get(task)->config.restart == MANIFEST_RESTART_NEVER;
}

void oracle_call(uint32_t task, struct arch_call *call)
{
    struct player *p = &state.player[task];
    uint32_t need = bits_needed(call), caps = task_get(task)->config.caps;

    if ((caps & need) != need) {
        oracle_doomed(task);
        return;
    }
    state.now++;
    p->waiting = true;
    p->call = *call;
    p->message = MESSAGES_MAX;
    p->issued = state.now;
    if (is_message(call))
        add_message(p, task);
    p->doomed = call->nr == AEGIS_NR_EXIT;
    p->over = p->doomed && task_get(task)->config.restart != MANIFEST_RESTART_ALWAYS;
    if (call->nr == AEGIS_NR_IRQ_BIND)
        p->bound |= call->w[1];
    if (call->nr == AEGIS_NR_NOTIFY && call->target < CALLS_TASKS_MAX)
        tell(&state.player[call->target], call->w[0]);
    *call = p->call;
}

/* ---- answers ---- */

/* The errors that each call may give to a task. */
static bool error_belongs(uint64_t nr, status_t s)
{
    switch (nr) {
    case AEGIS_NR_SEND:
        return s == ERR_QUEUE_FULL || s == ERR_PEER_CLOSED;
    case AEGIS_NR_RECV:
        return s == ERR_RECEIVER_BUSY || s == ERR_REPLY_OWED;
    case AEGIS_NR_CALL:
        return s == ERR_QUEUE_FULL || s == ERR_PEER_CLOSED || s == ERR_REPLY_OWED;
    case AEGIS_NR_WRITE:
        return s == ERR_BAD_LENGTH || s == ERR_BAD_ADDRESS;
    case AEGIS_NR_NOTIFY:
        return s == ERR_BAD_TARGET;
    case AEGIS_NR_GRANT_CREATE:
        return s == ERR_GRANT_BAD_ID || s == ERR_GRANT_ACTIVE || s == ERR_GRANT_BAD_PEER || s == ERR_GRANT_SELF;
    case AEGIS_NR_GRANT_REVOKE:
        return s == ERR_GRANT_BAD_ID || s == ERR_GRANT_NOT_OWNER;
    case AEGIS_NR_IRQ_BIND:
        return s == ERR_IRQ_INVALID || s == ERR_IRQ_BOUND || s == ERR_IRQ_FULL;
    case AEGIS_NR_IRQ_ACK:
        return s == ERR_IRQ_NOT_BOUND || s == ERR_IRQ_NOT_OWNER;
    case AEGIS_NR_DEVICE_MAP:
        return s == ERR_DEVICE_INVALID || s == ERR_DEVICE_IN_USE;
    default:
        return false; /* YIELD, WAIT_NOTIFY, HEARTBEAT cannot fail */
    }
}

/* The message that `w` is, which nobody else got. */
static struct message *take_message(const uint64_t w[4], uint64_t ep, uint32_t task)
{
    uint64_t number = w[0] ^ MESSAGE_MARK;
    struct message *m = &state.message[number < state.messages ? number : 0];

    REQUIRE(number < state.messages, "a message that arrives was sent");
    REQUIRE(memcmp(m->w, w, sizeof(m->w)) == 0, "a message arrives as it was sent");
    REQUIRE(m->ep == ep && m->from != task, "a message arrives where it was sent to");
    REQUIRE(!m->taken && !m->failed, "a message arrives once, and not after it failed");
    m->taken = true;
    return m;
}

static void check_received(struct player *p, uint32_t task, const uint64_t w[4])
{
    struct message *m = take_message(w, p->call.target, task);
    uint32_t number = (uint32_t)(m - state.message);

    /* Several CPUs may come to the kernel in another order than that of the numbers. */
    REQUIRE(state.cpus > 1 || number >= p->last_taken[m->ep], "messages arrive in the order in which they were sent");
    p->last_taken[m->ep] = number + 1;
}

static void check_reply(struct player *p, uint32_t task, const uint64_t w[4])
{
    REQUIRE(!take_message(w, p->call.target, task)->call, "a reply is a SEND");
    REQUIRE(state.message[p->message].taken, "who gets a reply was heard before");
}

/* A bit that arrives was sent since the last time that all were taken; another CPU may still be about to send it. */
static void check_bits(struct player *p, uint64_t bits)
{
    REQUIRE(bits != 0, "who waits for bits gets some");
    for (uint32_t i = 0; i < 64; i++)
        if ((bits & ~p->bound) >> i & 1)
            REQUIRE(p->told[i] > 0 && (p->told[i] >= p->waited || state.cpus > 1), "a bit that arrives was sent, and arrives once");
    p->waited = p->issued;
}

/* A new grant is empty, and was written by nobody since. */
static void check_new_grant(const struct player *p)
{
    REQUIRE(p->call.w[0] < LAYOUT_GRANT_COUNT && p->call.target < CALLS_TASKS_MAX, "a grant has a slot and a peer");
    memory_check_grant(p->call.w[0], p->issued);
}

static void check_device(const struct player *p, const uint64_t w[4])
{
    struct arch_device device;
    uint64_t first = LAYOUT_DEVICE_BASE + p->call.w[0] * LAYOUT_DEVICE_STRIDE;

    REQUIRE(arch_device_get((uint32_t)p->call.w[0], &device) == STATUS_OK && w[0] == 0, "a mapped device exists");
    REQUIRE(w[1] == device.kind && w[3] == device.stride, "a device is described as it is");
    REQUIRE(device.port ? w[2] == device.base : w[2] - first < LAYOUT_DEVICE_SIZE, "its registers are in its window");
}

static bool has_result(uint64_t nr)
{
    return nr == AEGIS_NR_WRITE || nr == AEGIS_NR_WAIT_NOTIFY;
}

static void check_success(struct player *p, uint32_t task, const uint64_t w[4])
{
    switch (p->call.nr) {
    case AEGIS_NR_RECV:
        check_received(p, task, w);
        return;
    case AEGIS_NR_CALL:
        check_reply(p, task, w);
        return;
    case AEGIS_NR_DEVICE_MAP:
        check_device(p, w);
        return;
    case AEGIS_NR_WRITE:
        REQUIRE(w[0] == p->call.w[1] && w[0] >= 1 && w[0] <= 256, "everything is written");
        break;
    case AEGIS_NR_WAIT_NOTIFY:
        check_bits(p, w[0]);
        break;
    case AEGIS_NR_GRANT_CREATE:
        check_new_grant(p);
        break;
    default:
        break;
    }
    REQUIRE(w[0] == 0 || has_result(p->call.nr), "a call without result returns 0");
    REQUIRE(memcmp(w + 1, p->call.w + 1, 3 * sizeof(w[1])) == 0, "words that are no result stay as they were");
}

static void check_failure(struct player *p, uint32_t task, status_t status, const uint64_t w[4])
{
    const struct arch_call *call = &p->call;

    REQUIRE(error_belongs(call->nr, status), "a call fails with one of its own errors");
    REQUIRE(w[0] == status_aegis_code(status) && w[0] != 0, "a failed call returns the error's code");
    REQUIRE(memcmp(w + 1, call->w + 1, 3 * sizeof(w[1])) == 0, "words that are no result stay as they were");
    if (p->message != MESSAGES_MAX && (call->nr == AEGIS_NR_SEND || status != ERR_PEER_CLOSED)) {
        REQUIRE(!state.message[p->message].taken, "a message that failed was not received");
        state.message[p->message].failed = true;
    }
    if (call->nr == AEGIS_NR_WRITE && status == ERR_BAD_ADDRESS)
        REQUIRE(!memory_is_own(task, call->w[0], ARCH_ACCESS_READ) || !memory_is_own(task, call->w[0] + call->w[1] - 1, ARCH_ACCESS_READ),
                "a task can write out its own memory");
}

static bool maps_memory(uint64_t nr)
{
    return nr == AEGIS_NR_GRANT_CREATE || nr == AEGIS_NR_GRANT_REVOKE || nr == AEGIS_NR_DEVICE_MAP;
}

bool oracle_resumed(uint32_t task, const struct arch_user *user)
{
    struct player *p = &state.player[task];
    status_t status = (status_t)user->nr;

    REQUIRE(!p->doomed, "what ends a task does not return");
    if (!p->waiting)
        return false;
    p->waiting = false;
    REQUIRE(user->nr == (uint64_t)(int64_t)status && status <= 0, "the number register has a status");
    REQUIRE(user->target == p->call.target, "the target register stays as it was");
    if (status == STATUS_OK)
        check_success(p, task, user->w);
    else
        check_failure(p, task, status, user->w);
    return status == STATUS_OK && maps_memory(p->call.nr);
}

/* ---- the kernel ---- */

static void require_check(const struct check_module *module)
{
    const char *broken = module->check();

    if (broken != NULL)
        fuzz_fail(module->name, 0, broken);
}

/* Whoever sleeps is known to what will wake it, and only who sleeps is; but another CPU may be about to be killed. */
static void check_sleepers(void)
{
    char wait[24];

    for (uint32_t i = 0; i < state.tasks; i++) {
        bool waits = ipc_wait_name(i, wait, sizeof(wait)) != NULL;
        REQUIRE(!waits || state.cpus > 1 || thread_get(i)->state == THREAD_BLOCKED, "only who sleeps is waited for");
        REQUIRE(waits || thread_get(i)->state != THREAD_BLOCKED, "whoever sleeps can be woken");
    }
}

void oracle_kernel(bool memory)
{
    const char *module = NULL, *broken;

    REQUIRE(spin_depth() == 0, "no lock is held outside the kernel");
    REQUIRE(frame_count_free() == state.frames, "no page frame is lost or found");
    require_check(&sched_check_module);
    require_check(&ipc_check_module);
    check_sleepers();
    broken = memory ? kernel_check(&module) : NULL;
    if (broken != NULL)
        fuzz_fail(module, 0, broken);
}
