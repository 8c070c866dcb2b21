/* SPDX-License-Identifier: MIT */
/*
 * The library calls abort() in the middle of its translator on some encodings that are no valid instructions. A
 * program must not be able to end the simulator that way, so the abort is caught and the engine replaced: user
 * registers are still those of the block's beginning, and the block is run again one instruction at a time until the
 * culprit is found.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

#include <sim/tsan.h>

#include <sim/console.h>

#include "engine_priv.h"

static struct {
    sigjmp_buf back;
    volatile sig_atomic_t armed;
} guard;

/* If nobody waits for it this returns, and abort() goes on to end the process. */
static void on_abort(int signal)
{
    (void)signal;
    if (!guard.armed) {
        console_restore();
        return;
    }
    guard.armed = 0;
    siglongjmp(guard.back, 1);
}

void guard_install(void)
{
    struct sigaction action = {.sa_handler = on_abort, .sa_flags = SA_NODEFER};

    sigaction(SIGABRT, &action, NULL);
}

/* ThreadSanitizer sets its count of ignores aside while a signal handler runs, and this one does not return. */
static void restore_ignore(void)
{
    if (__tsan_ignore_thread_begin != NULL)
        __tsan_ignore_thread_begin();
}

bool guard_start(struct engine *engine, uint64_t pc, uc_err *error)
{
    if (sigsetjmp(guard.back, 0) != 0) {
        restore_ignore();
        return false;
    }
    guard.armed = 1;
    *error = uc_emu_start(engine->uc, pc, 0, 0, 0);
    guard.armed = 0;
    return true;
}

void guard_close(uc_engine *uc)
{
    if (sigsetjmp(guard.back, 0) != 0) {
        restore_ignore(); /* it cannot even be closed: its memory is lost */
        return;
    }
    guard.armed = 1;
    uc_close(uc);
    guard.armed = 0;
}
