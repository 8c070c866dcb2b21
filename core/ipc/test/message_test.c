/* SPDX-License-Identifier: MIT */
/* SEND, RECV and CALL between threads: who gets what, who waits, who is told what. The steps are explained in script.h. */
#include "script.h"

#include <diag/counters.h>

TEST(a_waiting_receiver_gets_the_message_and_the_sender_goes_on)
{
    script_add(0, 4, "r0");
    script_add(1, 4, "s0=7");
    script_expect("1s 0r7 ");
}

TEST(a_sender_without_a_receiver_waits_until_its_message_is_taken)
{
    script_add(0, 4, "s0=7");
    script_add(1, 4, "y r0");
    script_expect("1r7 0s ");
}

TEST(messages_are_taken_in_the_order_they_were_sent)
{
    script_add(0, 6, "s0=10 s0=20");
    script_add(1, 5, "s0=30");
    script_add(2, 4, "s0=40");
    script_add(3, 3, "r0 r0 r0 r0");
    script_expect("3r10 0s 3r30 1s 3r40 2s 3r20 0s ");
}

TEST(a_message_is_what_was_sent_then_not_later)
{
    script_add(0, 5, "s0=10 s1=20");
    script_add(1, 4, "r0 r1");
    script_expect("1r10 0s 1r20 0s ");
}

TEST(four_senders_fit_and_the_fifth_is_refused)
{
    script_add(0, 5, "s0=1");
    script_add(1, 5, "s0=2");
    script_add(2, 5, "s0=3");
    script_add(3, 5, "s0=4");
    script_add(4, 5, "s0=5");
    script_add(5, 4, "r0 r0 r0 r0");
    script_expect("4s!QUEUE_FULL 5r1 0s 5r2 1s 5r3 2s 5r4 3s ");
}

TEST(a_refused_sender_can_send_once_there_is_room)
{
    script_add(0, 5, "s0=1");
    script_add(1, 5, "s0=2");
    script_add(2, 5, "s0=3");
    script_add(3, 5, "s0=4");
    script_add(4, 4, "s0=5 y s0=6");
    script_add(5, 4, "r0 r0 r0 r0 r0");
    script_expect("4s!QUEUE_FULL 5r1 0s 5r2 1s 5r3 2s 5r4 3s 4s 5r6 ");
}

TEST(endpoints_are_separate)
{
    script_add(0, 4, "r0");
    script_add(1, 4, "r1");
    script_add(2, 4, "s1=5 s0=6");
    script_expect("2s 2s 1r5 0r6 ");
}

TEST(a_second_receiver_is_refused_and_the_first_still_served)
{
    script_add(0, 4, "r0");
    script_add(1, 4, "r0");
    script_add(2, 4, "s0=7");
    script_expect("1r!RECEIVER_BUSY 2s 0r7 ");
}

TEST(a_call_returns_the_reply)
{
    script_add(0, 4, "r0 s0=99");
    script_add(1, 4, "c0=7");
    script_expect("0r7 0s 1c99 ");
}

TEST(a_call_that_had_to_queue_still_waits_for_its_reply)
{
    script_add(0, 5, "c0=7");
    script_add(1, 4, "r0 y s0=99");
    script_expect("1r7 1s 0c99 ");
}

TEST(a_reply_goes_to_the_caller_only)
{
    script_add(0, 5, "r0 y s0=99");
    script_add(1, 4, "c0=7");
    script_add(2, 4, "s0=55");
    script_add(3, 3, "r0");
    script_expect("0r7 0s 1c99 3r55 2s ");
}

TEST(a_send_by_a_stranger_is_no_reply)
{
    script_add(0, 4, "r0 y s0=99");
    script_add(1, 4, "c0=7");
    script_add(2, 4, "s0=55");
    script_expect("0r7 0s 1c99 "); /* 2 still waits for a receiver */
}

TEST(the_caller_itself_cannot_be_answered_by_its_own_message)
{
    script_add(0, 4, "r0");
    script_add(1, 4, "c0=7");
    script_expect("0r7 "); /* nobody replies: 1 waits */
}

TEST(a_server_that_owes_a_reply_may_not_receive)
{
    script_add(0, 4, "r0 r0 s0=99 r0");
    script_add(1, 4, "c0=7");
    script_add(2, 3, "s0=8");
    script_expect("0r7 0r!REPLY_OWED 0s 1c99 2s 0r8 ");
}

TEST(a_server_that_owes_a_reply_may_not_call_there)
{
    script_add(0, 4, "r0 c0=1 s0=99");
    script_add(1, 4, "c0=7");
    script_expect("0r7 0c!REPLY_OWED 0s 1c99 ");
}

TEST(nobody_receives_while_a_reply_is_owed)
{
    script_add(0, 4, "r0 y s0=99");
    script_add(1, 4, "c0=7");
    script_add(2, 4, "r0");
    script_expect("2r!RECEIVER_BUSY 0r7 0s 1c99 ");
}

TEST(a_server_serves_one_caller_after_the_other)
{
    script_add(0, 4, "r0 s0=91 r0 s0=92 r0 s0=93");
    script_add(1, 4, "c0=1");
    script_add(2, 4, "c0=2");
    script_add(3, 4, "c0=3");
    script_expect("0r1 0s 0r2 0s 0r3 0s 1c91 2c92 3c93 ");
}

TEST(a_server_may_call_another_endpoint_in_between)
{
    script_add(0, 4, "r0 c1=70 s0=99");
    script_add(1, 4, "r1 s1=80");
    script_add(2, 4, "c0=7");
    script_expect("0r7 1r70 1s 0c80 0s 2c99 ");
}

TEST(one_task_can_serve_two_endpoints_at_once)
{
    script_add(0, 4, "r0 r1 s0=91 s1=92");
    script_add(1, 4, "c0=1");
    script_add(2, 4, "c1=2");
    script_expect("0r1 0r2 0s 0s 1c91 2c92 ");
}

TEST(endpoints_that_do_not_exist_are_refused)
{
    script_add(0, 4, "s4=1 c4=1 r4 s255=1 c0x100000000=1 r0xFFFFFFFFFFFFFFFF");
    script_expect("0s!BAD_ENDPOINT 0c!BAD_ENDPOINT 0r!BAD_ENDPOINT 0s!BAD_ENDPOINT 0c!BAD_ENDPOINT 0r!BAD_ENDPOINT ");
}

TEST(deliveries_are_counted)
{
    script_add(0, 4, "r0 s0=99 r0");
    script_add(1, 4, "c0=7");
    script_add(2, 3, "s0=8");
    script_expect("0r7 0s 1c99 2s 0r8 ");
    assert_int_equal(counters_get()->messages, 3); /* call, reply, send */
}

TEST(messages_taken_from_the_queue_are_counted)
{
    script_add(0, 5, "s0=1");
    script_add(1, 5, "c0=2");
    script_add(2, 4, "r0 r0 s0=9");
    script_expect("2r1 0s 2r2 2s 1c9 ");
    assert_int_equal(counters_get()->messages, 3);
}

/* Deaths. */

TEST(a_caller_is_told_that_its_server_died)
{
    script_add(0, 4, "r0 die");
    script_add(1, 4, "c0=7");
    script_expect("0r7 0die 1c!PEER_CLOSED ");
}

TEST(a_caller_is_told_that_its_server_ended)
{
    script_add(0, 4, "r0 end");
    script_add(1, 4, "c0=7");
    script_expect("0r7 0end 1c!PEER_CLOSED ");
}

TEST(a_server_is_told_that_its_caller_died)
{
    script_add(0, 4, "r0 y k1 s0=99 r0");
    script_add(1, 4, "c0=7 die");
    script_add(2, 3, "s0=8");
    script_expect("0r7 0k 0s!PEER_CLOSED 1c!KILLED 1die 2s 0r8 ");
}

TEST(a_server_whose_caller_died_still_owes)
{
    script_add(0, 4, "r0 k1 y r0 s0=99 r0");
    script_add(1, 4, "c0=7 die");
    script_add(2, 3, "s0=8");
    script_expect("0r7 0k 1c!KILLED 1die 0r!REPLY_OWED 0s!PEER_CLOSED 2s 0r8 ");
}

TEST(a_restarted_caller_does_not_get_the_reply_to_its_former_life)
{
    script_add(0, 4, "r0 k1 y s0=99 r0 s0=98");
    script_add(1, 4, "c0=7 die c0=8");
    script_expect("0r7 0k 1c!KILLED 1die 0s!PEER_CLOSED 0r8 0s 1c98 ");
}

TEST(a_dead_sender_s_message_is_gone_and_the_others_keep_their_order)
{
    script_add(0, 6, "s0=1");
    script_add(1, 6, "s0=2 die");
    script_add(2, 6, "s0=3");
    script_add(3, 5, "k1 r0 r0");
    script_expect("3k 1s!KILLED 1die 3r1 0s 3r3 2s ");
}

TEST(a_dead_receiver_gets_nothing)
{
    script_add(0, 5, "r0 die");
    script_add(1, 4, "k0 s0=7");
    script_add(2, 3, "r0");
    script_expect("1k 0r!KILLED 0die 2r7 1s ");
}

TEST(senders_wait_for_a_receiver_that_will_be_restarted)
{
    script_add(0, 4, "r0 die r0");
    script_add(1, 4, "s0=1 s0=2");
    script_expect("1s 0r1 0die 0r2 1s ");
}

TEST(queued_senders_are_told_when_nobody_can_receive_any_more)
{
    script_add_receives(0, 4, 1, "y end");
    script_add_receives(1, 5, 0, "s0=1");
    script_add_receives(2, 5, 0, "c0=2");
    script_expect("0end 1s!PEER_CLOSED 2c!PEER_CLOSED ");
}

TEST(queued_senders_wait_on_while_somebody_else_can_receive)
{
    script_add_receives(0, 4, 1, "y end");
    script_add_receives(1, 5, 0, "s0=1");
    script_add_receives(2, 3, 1, "r0");
    script_expect("0end 2r1 1s ");
}

TEST(a_queued_sender_that_is_the_only_receiver_left_is_told_too)
{
    script_add_receives(0, 4, 1, "y end");
    script_add_receives(1, 5, 1, "s0=1");
    script_add_receives(2, 5, 0, "s0=2");
    script_add_receives(3, 3, 0, "y");
    script_expect("0end 1s!PEER_CLOSED "); /* 2 waits for 1 */
}

TEST(other_endpoints_do_not_notice_an_end)
{
    script_add_receives(0, 4, 1, "y end");
    script_add_receives(1, 5, 0, "s1=1");
    script_add_receives(2, 3, 2, "r1");
    script_expect("0end 2r1 1s ");
}

TEST(an_endpoint_that_nobody_may_receive_on_refuses_at_once)
{
    script_add_receives(0, 4, 0, "s0=1 c0=2");
    script_expect("0s!PEER_CLOSED 0c!PEER_CLOSED ");
}

TEST(a_send_to_oneself_is_refused_at_once)
{
    script_add_receives(0, 4, 1 | 4, "s0=1 c0=2 s2=3");
    script_add_receives(1, 4, 2, "y");
    script_expect("0s!PEER_CLOSED 0c!PEER_CLOSED 0s!PEER_CLOSED ");
}

TEST(sends_after_the_last_receiver_ended_are_refused)
{
    script_add_receives(0, 5, 1, "end");
    script_add_receives(1, 4, 0, "s0=1");
    script_expect("0end 1s!PEER_CLOSED ");
}

/* Kills: the watchdog ends every wait. */

TEST(a_killed_sender_returns)
{
    script_add(0, 5, "s0=1");
    script_add(1, 4, "k0");
    script_expect("1k 0s!KILLED ");
}

TEST(a_killed_receiver_returns)
{
    script_add(0, 5, "r0");
    script_add(1, 4, "k0");
    script_expect("1k 0r!KILLED ");
}

TEST(a_killed_caller_returns)
{
    script_add(0, 5, "r0");
    script_add(1, 4, "c0=7");
    script_add(2, 3, "k1");
    script_expect("0r7 2k 1c!KILLED ");
}

TEST(a_kill_leaves_the_other_waiters_alone)
{
    script_add(0, 5, "s0=1");
    script_add(1, 5, "s0=2");
    script_add(2, 5, "r1");
    script_add(3, 4, "k1 r0 s1=9");
    script_expect("3k 1s!KILLED 3r1 0s 3s 2r9 ");
}

TEST(nobody_waits_after_a_kill)
{
    script_add(0, 6, "w q0");
    script_add(1, 6, "r1 q1");
    script_add(2, 6, "s2=1 q2");
    script_add(3, 5, "k0 k1 k2");
    script_expect("3k 0w!KILLED q0=- 3k 1r!KILLED q1=- 3k 2s!KILLED q2=- ");
}

TEST(nobody_waits_after_a_death)
{
    script_add(0, 6, "k0 w q0 die q0");
    script_expect("0k 0w!KILLED q0=notify 0die q0=- ");
}

TEST(waits_have_names)
{
    script_add(0, 6, "s0=1");
    script_add(1, 6, "c0=2");
    script_add(2, 6, "r1");
    script_add(3, 6, "w");
    script_add(4, 6, "r2");
    script_add(5, 5, "c2=3");
    script_add(6, 4, "q0 q1 q2 q3 q4 q5 q6");
    script_expect("4r3 q0=send ep0 q1=call ep0 q2=recv ep1 q3=notify q4=- q5=reply ep2 q6=- ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_waiting_receiver_gets_the_message_and_the_sender_goes_on, script_setup),
        cmocka_unit_test_setup(a_sender_without_a_receiver_waits_until_its_message_is_taken, script_setup),
        cmocka_unit_test_setup(messages_are_taken_in_the_order_they_were_sent, script_setup),
        cmocka_unit_test_setup(a_message_is_what_was_sent_then_not_later, script_setup),
        cmocka_unit_test_setup(four_senders_fit_and_the_fifth_is_refused, script_setup),
        cmocka_unit_test_setup(a_refused_sender_can_send_once_there_is_room, script_setup),
        cmocka_unit_test_setup(endpoints_are_separate, script_setup),
        cmocka_unit_test_setup(a_second_receiver_is_refused_and_the_first_still_served, script_setup),
        cmocka_unit_test_setup(a_call_returns_the_reply, script_setup),
        cmocka_unit_test_setup(a_call_that_had_to_queue_still_waits_for_its_reply, script_setup),
        cmocka_unit_test_setup(a_reply_goes_to_the_caller_only, script_setup),
        cmocka_unit_test_setup(a_send_by_a_stranger_is_no_reply, script_setup),
        cmocka_unit_test_setup(the_caller_itself_cannot_be_answered_by_its_own_message, script_setup),
        cmocka_unit_test_setup(a_server_that_owes_a_reply_may_not_receive, script_setup),
        cmocka_unit_test_setup(a_server_that_owes_a_reply_may_not_call_there, script_setup),
        cmocka_unit_test_setup(nobody_receives_while_a_reply_is_owed, script_setup),
        cmocka_unit_test_setup(a_server_serves_one_caller_after_the_other, script_setup),
        cmocka_unit_test_setup(a_server_may_call_another_endpoint_in_between, script_setup),
        cmocka_unit_test_setup(one_task_can_serve_two_endpoints_at_once, script_setup),
        cmocka_unit_test_setup(endpoints_that_do_not_exist_are_refused, script_setup),
        cmocka_unit_test_setup(deliveries_are_counted, script_setup),
        cmocka_unit_test_setup(messages_taken_from_the_queue_are_counted, script_setup),
        cmocka_unit_test_setup(a_caller_is_told_that_its_server_died, script_setup),
        cmocka_unit_test_setup(a_caller_is_told_that_its_server_ended, script_setup),
        cmocka_unit_test_setup(a_server_is_told_that_its_caller_died, script_setup),
        cmocka_unit_test_setup(a_server_whose_caller_died_still_owes, script_setup),
        cmocka_unit_test_setup(a_restarted_caller_does_not_get_the_reply_to_its_former_life, script_setup),
        cmocka_unit_test_setup(a_dead_sender_s_message_is_gone_and_the_others_keep_their_order, script_setup),
        cmocka_unit_test_setup(a_dead_receiver_gets_nothing, script_setup),
        cmocka_unit_test_setup(senders_wait_for_a_receiver_that_will_be_restarted, script_setup),
        cmocka_unit_test_setup(queued_senders_are_told_when_nobody_can_receive_any_more, script_setup),
        cmocka_unit_test_setup(queued_senders_wait_on_while_somebody_else_can_receive, script_setup),
        cmocka_unit_test_setup(a_queued_sender_that_is_the_only_receiver_left_is_told_too, script_setup),
        cmocka_unit_test_setup(other_endpoints_do_not_notice_an_end, script_setup),
        cmocka_unit_test_setup(an_endpoint_that_nobody_may_receive_on_refuses_at_once, script_setup),
        cmocka_unit_test_setup(a_send_to_oneself_is_refused_at_once, script_setup),
        cmocka_unit_test_setup(sends_after_the_last_receiver_ended_are_refused, script_setup),
        cmocka_unit_test_setup(a_killed_sender_returns, script_setup),
        cmocka_unit_test_setup(a_killed_receiver_returns, script_setup),
        cmocka_unit_test_setup(a_killed_caller_returns, script_setup),
        cmocka_unit_test_setup(a_kill_leaves_the_other_waiters_alone, script_setup),
        cmocka_unit_test_setup(nobody_waits_after_a_kill, script_setup),
        cmocka_unit_test_setup(nobody_waits_after_a_death, script_setup),
        cmocka_unit_test_setup(waits_have_names, script_setup),
    };

    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
