/* SPDX-License-Identifier: MIT */
/* The boot as a whole: checkpoints that fail when what they name is broken, images that are refused, ends. */
#include <support/kernel.h>
#include <support/unit.h>

#include <abi/aegis_nr.h>

static struct null_end end;

static int setup(void **state)
{
    (void)state;
    kernel_new(NULL);
    return 0;
}

static void exit_7(struct arch_user *u)
{
    (void)null_call(u, AEGIS_NR_EXIT, 0, 7, 0, 0, 0);
}

static void boots_runs_its_task_and_powers_off(void **state)
{
    (void)state;
    kernel_task(0, "caps=exit", exit_7);
    end = kernel_boot();
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_true(console_has("[aegis] task 0 exited (code=7)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(boots_runs_its_task_and_powers_off, setup),
    };

    return cmocka_run_group_tests_name("boot", tests, NULL, NULL);
}
