/* SPDX-License-Identifier: MIT */
/* The bodies of the static task ABI, in the order of the table: validate, then call one function below. */
#include <sys/frame.h>

#include <abi/aegis_calls.h>
#include <abi/status.h>
#include <arch/irq.h>
#include <diag/console.h>
#include <diag/trace.h>
#include <ipc/ipc.h>
#include <sched/sched.h>

#define WRITE_MAX 256u

status_t sys_aegis_yield(struct sys_frame *f)
{
    (void)f;
    sched_yield_cpu();
    return STATUS_OK;
}

status_t sys_aegis_send(struct sys_frame *f, uint64_t ep, uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3)
{
    const uint64_t w[4] = {w0, w1, w2, w3};

    return ipc_send(f->task->index, ep, w);
}

status_t sys_aegis_recv(struct sys_frame *f, uint64_t ep)
{
    return ipc_recv(f->task->index, ep, f->out);
}

status_t sys_aegis_call(struct sys_frame *f, uint64_t ep, uint64_t w0, uint64_t w1, uint64_t w2, uint64_t w3)
{
    const uint64_t w[4] = {w0, w1, w2, w3};

    return ipc_call(f->task->index, ep, w, f->out);
}

status_t sys_aegis_write(struct sys_frame *f, struct uaddr buf, uint64_t len)
{
    char text[WRITE_MAX];
    status_t status = ipc_copy_in(f->task->index, text, buf, len);

    if (status != STATUS_OK)
        return status;
    if (arch_trace_wanted(TRACE_TEXT))
        trace_send_text(f->task->index, text, len);
    while (!console_try_append(text, len))
        console_flush();
    console_flush();
    f->out[0] = len;
    return STATUS_OK;
}

status_t sys_aegis_notify(struct sys_frame *f, uint64_t task, uint64_t bits)
{
    (void)f;
    return ipc_notify(task, bits);
}

status_t sys_aegis_wait_notify(struct sys_frame *f)
{
    return ipc_wait_notify(f->task->index, &f->out[0]);
}

status_t sys_aegis_grant_create(struct sys_frame *f, uint64_t id, uint64_t peer)
{
    status_t status = ipc_grant_create(f->task->index, id, peer);

    arch_irq_window(); /* clearing the page took long */
    return status;
}

status_t sys_aegis_grant_revoke(struct sys_frame *f, uint64_t id)
{
    return ipc_grant_revoke(f->task->index, id);
}

status_t sys_aegis_irq_bind(struct sys_frame *f, uint64_t irq, uint64_t bits)
{
    return ipc_irq_bind(f->task->index, irq, bits);
}

status_t sys_aegis_irq_ack(struct sys_frame *f, uint64_t irq)
{
    return ipc_irq_ack(f->task->index, irq);
}

status_t sys_aegis_device_map(struct sys_frame *f, uint64_t dev)
{
    return task_device_map(f->task, dev, f->out);
}

status_t sys_aegis_heartbeat(struct sys_frame *f, uint64_t interval)
{
    task_heartbeat(f->task, interval);
    return STATUS_OK;
}

status_t sys_aegis_exit(struct sys_frame *f, uint64_t code)
{
    f->task->exit_code = code > UINT32_MAX ? UINT32_MAX : (uint32_t)code;
    f->exit = true;
    return STATUS_OK;
}
