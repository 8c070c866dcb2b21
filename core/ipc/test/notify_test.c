/* SPDX-License-Identifier: MIT */
/* Notifications: bits that gather, a wait that takes them all. */
#include "script.h"

#include <config/config.h>
#include <ipc/ipc.h>

TEST(bits_wait_for_their_task)
{
    script_add(0, 4, "n1=5");
    script_add(1, 3, "w");
    script_expect("0n 1w5 ");
}

TEST(a_waiting_task_is_woken_by_the_first_bit)
{
    script_add(0, 4, "w");
    script_add(1, 3, "n0=0x8000000000000000");
    script_expect("1n 0w9223372036854775808 ");
}

TEST(bits_gather)
{
    script_add(0, 4, "n1=1 n1=4 n1=4");
    script_add(1, 3, "w");
    script_expect("0n 0n 0n 1w5 ");
}

TEST(a_wait_takes_all_bits_and_the_next_one_waits)
{
    script_add(0, 4, "n1=3 n1=8");
    script_add(1, 3, "w w");
    script_add(2, 2, "n1=16");
    script_expect("0n 0n 1w11 2n 1w16 ");
}

TEST(no_bits_wake_nobody)
{
    script_add(0, 4, "w");
    script_add(1, 3, "n0=0 n0=2");
    script_expect("1n 1n 0w2 ");
}

TEST(a_task_can_notify_itself)
{
    script_add(0, 4, "n0=6 w");
    script_expect("0n 0w6 ");
}

TEST(a_task_that_does_not_exist_cannot_be_notified)
{
    script_add(0, 4, "n5=1 n64=1 n0x100000000=1 n0xFFFFFFFFFFFFFFFF=1");
    script_expect("0n!BAD_TARGET 0n!BAD_TARGET 0n!BAD_TARGET 0n!BAD_TARGET ");
}

TEST(a_bad_target_is_bad_without_bits_too)
{
    script_add(0, 4, "n5=0");
    script_expect("0n!BAD_TARGET ");
}

TEST(a_dead_task_cannot_be_notified)
{
    script_add(0, 5, "end");
    script_add(1, 4, "n0=1");
    script_expect("0end 1n!BAD_TARGET ");
}

TEST(bits_do_not_survive_a_death)
{
    script_add(0, 4, "y die w");
    script_add(1, 4, "n0=4");
    script_add(2, 3, "n0=1");
    script_expect("1n 0die 2n 0w1 ");
}

TEST(a_killed_waiter_returns)
{
    script_add(0, 4, "w");
    script_add(1, 3, "k0");
    script_expect("1k 0w!KILLED ");
}

TEST(bits_that_came_while_a_task_received_are_still_there)
{
    script_add(0, 4, "r0 w");
    script_add(1, 3, "n0=2 s0=7 n0=4");
    script_expect("1n 1s 0r7 0w2 1n ");
}

TEST(a_message_does_not_end_a_wait_for_bits)
{
    script_add(0, 4, "w r0");
    script_add(1, 3, "s0=7");
    script_add(2, 2, "n0=1");
    script_expect("2n 0w1 0r7 1s ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bits_wait_for_their_task, script_setup),
        cmocka_unit_test_setup(a_waiting_task_is_woken_by_the_first_bit, script_setup),
        cmocka_unit_test_setup(bits_gather, script_setup),
        cmocka_unit_test_setup(a_wait_takes_all_bits_and_the_next_one_waits, script_setup),
        cmocka_unit_test_setup(no_bits_wake_nobody, script_setup),
        cmocka_unit_test_setup(a_task_can_notify_itself, script_setup),
        cmocka_unit_test_setup(a_task_that_does_not_exist_cannot_be_notified, script_setup),
        cmocka_unit_test_setup(a_bad_target_is_bad_without_bits_too, script_setup),
        cmocka_unit_test_setup(a_dead_task_cannot_be_notified, script_setup),
        cmocka_unit_test_setup(bits_do_not_survive_a_death, script_setup),
        cmocka_unit_test_setup(a_killed_waiter_returns, script_setup),
        cmocka_unit_test_setup(bits_that_came_while_a_task_received_are_still_there, script_setup),
        cmocka_unit_test_setup(a_message_does_not_end_a_wait_for_bits, script_setup),
    };

    return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
