/* SPDX-License-Identifier: MIT */
/*
 * The gate and the bodies of the calls: any call number, target and words, by a task with any mask. What the bodies call is
 * replaced by functions that may do all that their contracts allow, to the last byte.
 */
#include "harness.h"

#include <abi/status.h>
#include <diag/console.h>
#include <ipc/ipc.h>
#include <sched/sched.h>

#define cap_names cap_name_table /* the generated table has the function's name */
#include "core/abi/gen/caps.c"
#undef cap_names
#include "core/abi/gen/status.c"
#include "core/cap/cap.c"
#include "core/sys/aegis.c"
#include "core/sys/gate.c"

struct null_port null_port;
static struct counters counters;

static void any_words(uint64_t *w)
{
    w[0] = any_u64;
    w[1] = any_u64;
    w[2] = any_u64;
    w[3] = any_u64;
}

static status_t any_status(void)
{
    return any_byte ? STATUS_OK : ERR_BAD_STATE;
}

struct counters *counters_get(void) { return &counters; }
void sched_yield_cpu(void) {}
void arch_irq_window(void) {}
void log_line(enum log_level level, const char *fmt, ...) { (void)level; (void)fmt; }
size_t format(char *buf, size_t size, const char *fmt, ...) { (void)fmt; if (size > 0) buf[size - 1] = '\0'; return size - (size > 0); }
bool console_try_append(const char *text, size_t len) { *(volatile char *)(text + len - 1) = 0; return any_byte; }
void console_flush(void) {}
void trace_send_text(uint32_t thread, const char *text, size_t len) { (void)thread; *(volatile char *)(text + len - 1) = 0; }
status_t ipc_send(uint32_t me, uint64_t ep, const uint64_t w[4]) { (void)me; (void)ep; return w[3] ? any_status() : STATUS_OK; }
status_t ipc_recv(uint32_t me, uint64_t ep, uint64_t w[4]) { (void)me; (void)ep; any_words(w); return any_status(); }
status_t ipc_notify(uint64_t target, uint64_t bits) { (void)target; (void)bits; return any_status(); }
status_t ipc_wait_notify(uint32_t me, uint64_t *bits) { (void)me; *bits = any_u64; return any_status(); }
status_t ipc_grant_create(uint32_t me, uint64_t id, uint64_t peer) { (void)me; (void)id; (void)peer; return any_status(); }
status_t ipc_grant_revoke(uint32_t me, uint64_t id) { (void)me; (void)id; return any_status(); }
status_t ipc_irq_bind(uint32_t me, uint64_t irq, uint64_t bits) { (void)me; (void)irq; (void)bits; return any_status(); }
status_t ipc_irq_ack(uint32_t me, uint64_t irq) { (void)me; (void)irq; return any_status(); }
status_t task_device_map(struct task *t, uint64_t dev, uint64_t out[4]) { (void)t; (void)dev; any_words(out); return any_status(); }
void task_breathe(void) {}
void log_begin(struct log_builder *line, enum log_level level) { (void)level; line->used = 0; }
void log_add(struct log_builder *line, const char *fmt, ...) { (void)fmt; line->text[line->used] = 0; }
void task_log_end(struct log_builder *line) { line->used = 0; }
void task_heartbeat(struct task *task, uint64_t interval) { task->heartbeat = interval; }

status_t ipc_call(uint32_t me, uint64_t ep, const uint64_t w[4], uint64_t reply[4])
{
    any_words(reply);
    return ipc_send(me, ep, w);
}

status_t ipc_copy_in(uint32_t me, void *dst, struct uaddr src, size_t len)
{
    uint8_t *to = dst;

    (void)me;
    (void)src;
    //@ loop unroll 300;
    for (size_t i = 0; i < len; i++)
        to[i] = any_byte;
    return any_status();
}

void trace_send_words(enum trace_kind kind, uint32_t thread, uint64_t a, uint64_t b, const uint64_t *w, uint32_t count)
{
    (void)kind;
    (void)thread;
    (void)a;
    (void)(b + w[count - 1]);
}

void arch_user_get_call(const struct arch_user *user, struct arch_call *call)
{
    (void)user;
    call->nr = any_u64;
    call->target = any_u64;
    any_words(call->w);
}

void arch_user_set_result(struct arch_user *user, status_t status, const uint64_t w[4], uint32_t words)
{
    user->nr = (uint64_t)status + w[words - 1];
}

void eva_gate(void)
{
    static struct thread thread;
    static struct task task;

    task.thread = &thread;
    task.calls = any_u32;
    task.config.caps = any_u32;
    null_port.trace = any_byte;
    (void)sys_handle_call(&task);
}
