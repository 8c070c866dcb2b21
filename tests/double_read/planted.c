/* SPDX-License-Identifier: MIT */
/*
 * Planted: every WRITE fetches the end of its buffer before the shipped body fetches all of it, to refuse a byte that the
 * console must never see. Between the two another CPU may put it there.
 */
#include <abi/aegis_calls.h>
#include <abi/status.h>
#include <diag/panic.h>
#include <ipc/ipc.h>
#include <sys/frame.h>

#include "planted.h"

#define FORBIDDEN 0xFFu

status_t sys_aegis_write(struct sys_frame *f, struct uaddr buf, uint64_t len)
{
    uint8_t checked = 0, used = 0;
    const struct uaddr last = {buf.va + len - 1};

    if (ipc_copy_in(f->task->index, &checked, last, 1) == STATUS_OK && checked == FORBIDDEN)
        return ERR_INVALID_ARGS;
    if (ipc_copy_in(f->task->index, &used, last, 1) == STATUS_OK && used != checked)
        panic("checked %u, used %u", checked, used);
    return shipped_write(f, buf, len);
}
