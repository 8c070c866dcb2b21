/* SPDX-License-Identifier: MIT */
/* Priority inheritance: what waits for a server lends it its priority, exactly as long as it waits. */
#include "script.h"

TEST(a_server_runs_at_its_caller_s_priority)
{
    script_add(0, 2, "r0 p0 s0=9");
    script_add(1, 5, "y c0=1");
    script_expect("0r1 p0=5 0s 1c9 ");
}

TEST(the_loan_ends_with_the_reply)
{
    script_add(1, 5, "c0=1");
    script_add(0, 2, "r0 p0 s0=9 p0");
    script_expect("0r1 p0=5 0s 1c9 p0=2 ");
}

TEST(a_lower_caller_changes_nothing)
{
    script_add(0, 5, "r0 p0 s0=9 p0");
    script_add(1, 2, "c0=1");
    script_expect("0r1 p0=5 0s p0=5 1c9 ");
}

TEST(a_receiver_is_raised_when_the_call_arrives)
{
    script_add(0, 2, "r0 p0 s0=9");
    script_add(1, 6, "w c0=1");
    script_add(2, 3, "y");
    script_add(3, 1, "n1=1");
    script_expect("3n 1w1 0r1 p0=6 0s 1c9 ");
}

TEST(who_queues_behind_a_served_caller_lends_too)
{
    script_add(0, 2, "r0 p0 n3=1 p0 s0=9 p0 r0 p0");
    script_add(1, 3, "c0=1");
    script_add(3, 6, "w c0=2");
    script_expect("0r1 p0=3 0n 3w1 p0=6 0s 1c9 p0=2 0r2 p0=6 ");
}

TEST(a_plain_sender_in_the_queue_of_a_server_lends_too)
{
    script_add(0, 2, "r0 n3=1 p0 s0=9 p0 r0 p0");
    script_add(1, 3, "c0=1");
    script_add(3, 6, "w s0=2");
    script_expect("0r1 0n 3w1 p0=6 0s 1c9 p0=2 0r2 3s p0=2 ");
}

TEST(a_loan_is_passed_along_a_chain_of_servers)
{
    script_add(0, 1, "r1 p0 n2=1 p0 p1 s1=9 p0");
    script_add(1, 2, "r0 c1=5 p1 s0=8 p1");
    script_add(3, 3, "c0=1");
    script_add(2, 6, "w c0=2");
    script_expect("1r1 0r5 p0=3 0n 2w1 p0=6 p1=6 0s 1c9 p1=6 1s 3c8 p1=2 p0=1 ");
}

TEST(the_loan_ends_when_the_caller_dies)
{
    script_add(0, 2, "r0 p0 k1 p0 s0=9 p0");
    script_add(1, 5, "c0=1 die");
    script_expect("0r1 p0=5 0k 1c!KILLED 1die p0=2 0s!PEER_CLOSED p0=2 ");
}

TEST(the_loan_shrinks_when_a_queued_sender_dies)
{
    script_add(0, 2, "r0 n3=1 p0 k3 p0 s0=9");
    script_add(1, 3, "c0=1");
    script_add(3, 6, "w s0=2 die");
    script_expect("0r1 0n 3w1 p0=6 0k 3s!KILLED 3die p0=3 0s 1c9 ");
}

/* 3 is killed before it queues: it does so, does not sleep, and dies while it still stands in the queue. */
TEST(the_loan_ends_with_a_sender_that_was_killed_before_it_slept)
{
    script_add(0, 2, "r0 n3=1 p0 s0=9");
    script_add(1, 3, "c0=1");
    script_add(3, 6, "w k3 c0=2 die");
    script_expect("0r1 0n 3w1 3k 3c!KILLED 3die p0=3 0s 1c9 ");
}

TEST(a_chain_collapses_when_its_end_dies)
{
    script_add(0, 1, "r1 n2=1 p0 k2 p0 p1");
    script_add(1, 2, "r0 c1=5");
    script_add(3, 3, "c0=1");
    script_add(2, 6, "w c0=2");
    script_expect("1r1 0r5 0n 2w1 p0=6 0k 2c!KILLED p0=3 p1=3 ");
}

TEST(a_chain_collapses_when_its_middle_dies)
{
    script_add(0, 1, "r1 p0 k1 p0");
    script_add(1, 2, "r0 c1=5 die");
    script_add(2, 6, "c0=1");
    script_expect("1r1 0r5 p0=6 0k 1c!KILLED 1die 2c!PEER_CLOSED p0=1 ");
}

TEST(of_two_loans_the_higher_counts_and_the_other_remains)
{
    script_add(0, 2, "r0 p0 r1 p0 s1=9 p0 s0=9 p0");
    script_add(1, 3, "c0=1");
    script_add(2, 5, "c1=2");
    script_expect("0r1 p0=3 0r2 p0=5 0s 2c9 p0=3 0s 1c9 p0=2 ");
}

TEST(a_server_that_dies_loses_its_loan)
{
    script_add(0, 2, "r0 p0 die p0");
    script_add(1, 5, "c0=1");
    script_expect("0r1 p0=5 0die 1c!PEER_CLOSED p0=2 ");
}

TEST(a_server_that_sleeps_is_raised_for_when_it_wakes)
{
    script_add(0, 2, "r0 w s0=9");
    script_add(1, 3, "c0=1");
    script_add(3, 6, "w c0=2");
    script_add(2, 1, "p0 n3=1 p0 n0=1 y");
    script_expect("0r1 p0=3 2n 3w1 p0=6 2n 0w1 0s 1c9 ");
}

TEST(nobody_lends_to_a_task_that_merely_may_receive)
{
    script_add(0, 2, "p0 w");
    script_add(1, 5, "c0=1");
    script_expect("p0=2 ");
}

/* 0 and 1 wait for each other's reply; 5 lends to both through the circle. */
TEST(a_circle_of_waits_hangs_nobody_but_its_members)
{
    script_add(2, 4, "c0=1");
    script_add(3, 4, "c1=2");
    script_add(0, 3, "r1 c0=5 die");
    script_add(1, 3, "r0 c1=6");
    script_add(5, 6, "w c0=7");
    script_add(4, 1, "p0 p1 n5=1 p0 p1 k5 k0 p0 p1");
    script_expect("0r2 1r1 p0=4 p1=4 4n 5w1 p0=6 p1=6 4k 5c!KILLED 4k 0c!KILLED 0die 3c!PEER_CLOSED p0=3 p1=4 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_server_runs_at_its_caller_s_priority, script_setup),
        cmocka_unit_test_setup(the_loan_ends_with_the_reply, script_setup),
        cmocka_unit_test_setup(a_lower_caller_changes_nothing, script_setup),
        cmocka_unit_test_setup(a_receiver_is_raised_when_the_call_arrives, script_setup),
        cmocka_unit_test_setup(who_queues_behind_a_served_caller_lends_too, script_setup),
        cmocka_unit_test_setup(a_plain_sender_in_the_queue_of_a_server_lends_too, script_setup),
        cmocka_unit_test_setup(a_loan_is_passed_along_a_chain_of_servers, script_setup),
        cmocka_unit_test_setup(the_loan_ends_when_the_caller_dies, script_setup),
        cmocka_unit_test_setup(the_loan_shrinks_when_a_queued_sender_dies, script_setup),
        cmocka_unit_test_setup(the_loan_ends_with_a_sender_that_was_killed_before_it_slept, script_setup),
        cmocka_unit_test_setup(a_chain_collapses_when_its_end_dies, script_setup),
        cmocka_unit_test_setup(a_chain_collapses_when_its_middle_dies, script_setup),
        cmocka_unit_test_setup(of_two_loans_the_higher_counts_and_the_other_remains, script_setup),
        cmocka_unit_test_setup(a_server_that_dies_loses_its_loan, script_setup),
        cmocka_unit_test_setup(a_server_that_sleeps_is_raised_for_when_it_wakes, script_setup),
        cmocka_unit_test_setup(nobody_lends_to_a_task_that_merely_may_receive, script_setup),
        cmocka_unit_test_setup(a_circle_of_waits_hangs_nobody_but_its_members, script_setup),
    };

    return cmocka_run_group_tests_name("inherit", tests, NULL, NULL);
}
