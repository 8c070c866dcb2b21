/* SPDX-License-Identifier: MIT */
#include "outer.h"

#include <sched/check.h>

struct spinlock lock;

int setup(void **state)
{
    (void)state;
    notes_clear();
    lock = (struct spinlock)SPINLOCK_INIT("outer", LOCK_RANK_IPC);
    threads_begin(1);
    return 0;
}

void run(void)
{
    struct null_end end = threads_run();

    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_null(sched_check_module.check());
}

void assert_run_panics(const char *text)
{
    struct null_end end = threads_run();

    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_string_equal(end.message, text);
}
