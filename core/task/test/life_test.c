/* SPDX-License-Identifier: MIT */
/* The life of a task from image to end: what is loaded, what a restart resets and keeps, what an exit means. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/notes.h>
#include <support/unit.h>

#include <string.h>

#include <arch/memory.h>
#include <diag/check.h>
#include <diag/console.h>
#include <diag/counters.h>
#include <sched/sched.h>
#include <task/task.h>

static uint32_t life; /* which start of the program this is */

static int setup(void **state)
{
    (void)state;
    life = 0;
    notes_clear();
    kernel_new(NULL);
    kernel_cmdline("check=invariants");
    return 0;
}

static void assert_done(struct null_end end, uint32_t code)
{
    assert_string_equal(end.message, "");
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_int_equal(end.code, code);
}

static void look_at_memory(struct arch_user *u)
{
    char code[sizeof(IMAGE_CODE_TEXT)], data[sizeof(IMAGE_DATA_TEXT)];
    uint8_t bss[PAGE_SIZE], stack[LAYOUT_STACK_SIZE], zero[LAYOUT_STACK_SIZE] = {0};

    null_read(u, code, image_base(3) + IMAGE_CODE_OFFSET, sizeof(code));
    null_read(u, data, image_base(3) + IMAGE_DATA_OFFSET, sizeof(data));
    null_read(u, bss, image_base(3) + IMAGE_BSS_OFFSET, sizeof(bss));
    null_read(u, stack, image_stack(3), sizeof(stack));
    note("%s, %s, bss %s, stack %s", code, data, memcmp(bss, zero, sizeof(bss)) == 0 ? "zero" : "dirty",
         memcmp(stack, zero, sizeof(stack)) == 0 ? "zero" : "dirty");
    u_exit(u, 0);
}

TEST(a_program_finds_its_code_data_bss_and_stack)
{
    kernel_task(3, "caps=exit", look_at_memory);
    assert_done(kernel_boot(), 0);
    assert_string_equal(notes(), IMAGE_CODE_TEXT ", " IMAGE_DATA_TEXT ", bss zero, stack zero");
}

TEST(loaded_code_is_announced_to_the_instruction_cache)
{
    kernel_task(3, "caps=exit", look_at_memory);
    (void)kernel_boot();
    assert_int_equal(null_flushes().code, 1); /* one page of code */
}

static void look_at_registers(struct arch_user *u)
{
    note("%d %d", u->pc == image_base(2), u->sp == image_stack(2) + LAYOUT_STACK_SIZE);
    u_exit(u, 0);
}

TEST(a_program_starts_at_its_entry_with_a_full_stack)
{
    kernel_task(2, "caps=exit", look_at_registers);
    (void)kernel_boot();
    assert_string_equal(notes(), "1 1");
}

static struct spinlock leaked = SPINLOCK_INIT("leaked", 5);

/* On hal-null a program can do what only a fault of the kernel can do elsewhere. */
static void call_with_a_kernel_lock(struct arch_user *u)
{
    leaked = (struct spinlock)SPINLOCK_INIT("leaked", 5);
    spin_lock(&leaked);
    u_heartbeat(u, 0);
}

TEST(returning_to_user_mode_with_a_lock_held_panics)
{
    struct null_end end;

    kernel_task(2, "caps=heartbeat", call_with_a_kernel_lock);
    end = kernel_boot();
    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_string_equal(end.message, "lock held across return to user mode: leaked (rank 5)");
}

/* Where each address faults: the program notes nothing and the report tells. */
static void touch(struct arch_user *u, vaddr_t va)
{
    const uint8_t byte = 1;

    note("%d ", life);
    if (life++ > 0)
        u_exit(u, 0);
    null_write(u, va, &byte, 1);
    note("written");
    u_exit(u, 0);
}

static void write_code(struct arch_user *u)
{
    touch(u, image_base(0));
}

static void write_below_stack(struct arch_user *u)
{
    touch(u, image_stack(0) - 1);
}

static void write_above_stack(struct arch_user *u)
{
    touch(u, image_stack(0) + LAYOUT_STACK_SIZE);
}

static void write_peer_image(struct arch_user *u)
{
    touch(u, image_base(1) + IMAGE_DATA_OFFSET);
}

static void write_behind_image(struct arch_user *u)
{
    touch(u, image_base(0) + IMAGE_BSS_OFFSET + PAGE_SIZE);
}

static void write_null(struct arch_user *u)
{
    touch(u, 0);
}

static void assert_faults(void (*program)(struct arch_user *u), const char *how)
{
    kernel_task(0, "caps=exit", program);
    kernel_task(1, "caps=exit", look_at_registers);
    (void)kernel_boot();
    assert_int_equal(life, 2);
    assert_null(strstr(notes(), "written"));
    assert_true(console_has(how));
}

TEST(code_cannot_be_written)
{
    assert_faults(write_code, ": not permitted");
}

TEST(there_is_a_guard_below_the_stack)
{
    assert_faults(write_below_stack, ": not mapped in this task");
}

TEST(there_is_a_guard_above_the_stack)
{
    assert_faults(write_above_stack, ": not mapped in this task");
}

TEST(a_peer_s_memory_is_not_there)
{
    assert_faults(write_peer_image, ": not mapped in this task");
}

TEST(memory_behind_the_last_segment_is_not_there)
{
    assert_faults(write_behind_image, ": not mapped in this task");
}

TEST(address_0_is_not_there)
{
    assert_faults(write_null, ": not mapped in this task");
}

/* First life: dirty everything that can be written, then crash. Second: look. */
static void dirty_and_crash(struct arch_user *u)
{
    uint8_t dirt[64];

    memset(dirt, 0xDD, sizeof(dirt));
    note("life %u at tick %lu. ", life, (unsigned long)sched_ticks());
    if (life++ > 0)
        look_at_memory(u);
    null_write(u, image_base(3) + IMAGE_DATA_OFFSET, dirt, sizeof(dirt));
    null_write(u, image_base(3) + IMAGE_DATA_OFFSET + PAGE_SIZE - 64, dirt, sizeof(dirt));
    null_write(u, image_base(3) + IMAGE_BSS_OFFSET, dirt, sizeof(dirt));
    null_write(u, image_stack(3), dirt, sizeof(dirt));
    null_write(u, image_stack(3) + LAYOUT_STACK_SIZE - 64, dirt, sizeof(dirt));
    u_crash(u);
}

TEST(a_restart_reloads_data_and_zeroes_bss_and_stack)
{
    kernel_task(3, "caps=exit", dirty_and_crash);
    assert_done(kernel_boot(), 0);
    assert_string_equal(notes(), "life 0 at tick 0. life 1 at tick 100. " IMAGE_CODE_TEXT ", " IMAGE_DATA_TEXT
                                 ", bss zero, stack zero");
    assert_true(console_has("[aegis] task 3 restarted (1)\n"));
    assert_int_equal(task_get(3)->restarts, 1);
    assert_int_equal(counters_get()->restarts, 1);
    assert_int_equal(counters_get()->faults, 1);
}

TEST(a_restart_does_not_load_code_again)
{
    kernel_task(3, "caps=exit", dirty_and_crash);
    (void)kernel_boot();
    assert_int_equal(null_flushes().code, 1);
}

static void crash_until_third_life(struct arch_user *u)
{
    note("%u@%lu ", life, (unsigned long)sched_ticks());
    if (life++ == 3)
        u_exit(u, 0);
    u_crash(u);
}

TEST(a_task_is_restarted_as_often_as_it_faults)
{
    kernel_task(0, "caps=exit", crash_until_third_life);
    (void)kernel_boot();
    assert_string_equal(notes(), "0@0 1@100 2@200 3@300 ");
    assert_true(console_has("[aegis] task 0 restarted (3)\n"));
}

TEST(a_task_that_may_not_restart_ends_with_its_first_fault)
{
    kernel_task(0, "caps=exit restart=never", crash_until_third_life);
    assert_done(kernel_boot(), 0);
    assert_string_equal(notes(), "0@0 ");
    assert_int_equal(counters_get()->restarts, 0);
}

TEST(a_fatal_fault_counts_as_exit_code_63)
{
    kernel_cmdline("exit-task=0");
    kernel_task(0, "caps=exit restart=never", crash_until_third_life);
    assert_done(kernel_boot(), 63);
}

static void exit_until_third_life(struct arch_user *u)
{
    note("%u@%lu ", life, (unsigned long)sched_ticks());
    if (life++ == 2)
        u_crash(u); /* its policy restarts it after this, too */
    u_exit(u, life == 5 ? 5 : 0);
}

TEST(a_task_that_is_always_restarted_starts_again_after_its_exit)
{
    kernel_new(&(struct null_config){.stop_at = 3500000});
    kernel_task(0, "caps=exit restart=always", exit_until_third_life);
    assert_int_equal(kernel_boot().kind, NULL_STOPPED);
    assert_string_equal(notes(), "0@0 1@100 2@200 3@300 ");
    assert_int_equal(task_get(0)->restarts, 3);
}

static void outlive_everybody(struct arch_user *u)
{
    for (uint32_t i = 0; i < 5; i++) {
        null_compute(u, 500000);
        note("@%lu ", (unsigned long)sched_ticks());
    }
    u_exit(u, 9);
}

/* What becomes of a SEND to task 0, which ends before it receives. */
static void send_late(struct arch_user *u)
{
    (void)u_yield(u);
    note("%s ", status_name(u_send(u, 1, 5).status));
    u_exit(u, 0);
}

static void crash_then_receive(struct arch_user *u)
{
    if (life++ == 0)
        u_crash(u);
    note("got %lu ", (unsigned long)u_recv(u, 1).w[0]);
    if (life == 2)
        null_compute(u, 10000000);
    u_exit(u, 0);
}

static void exit_then_receive(struct arch_user *u)
{
    if (life++ == 0)
        u_exit(u, 0);
    note("got %lu ", (unsigned long)u_recv(u, 1).w[0]);
    null_compute(u, 10000000);
}

static void send_to_task_0(const char *attributes, void (*program)(struct arch_user *u), const char *expected)
{
    setup(NULL);
    kernel_new(&(struct null_config){.stop_at = 3500000});
    kernel_task(0, attributes, program);
    kernel_task(1, "caps=exit+yield+send_ep1", send_late);
    (void)kernel_boot();
    assert_string_equal(notes(), expected);
}

TEST(who_sends_to_a_task_waits_for_its_restart_but_not_for_ever)
{
    send_to_task_0("caps=exit+recv_ep1", crash_then_receive, "got 5 OK ");
    send_to_task_0("caps=exit+recv_ep1 restart=never", crash_then_receive, "PEER_CLOSED ");
    send_to_task_0("caps=exit+recv_ep1 restart=always", exit_then_receive, "got 5 OK ");
    send_to_task_0("caps=exit+recv_ep1", exit_then_receive, "PEER_CLOSED ");
}

static void send_to_all(struct arch_user *u)
{
    for (uint32_t ep = 0; ep < 4; ep++)
        note("%s ", status_name(u_send(u, ep, 5).status));
    u_exit(u, 0);
}

TEST(without_any_receiver_no_send_waits)
{
    kernel_task(0, "caps=exit+send_ep0+send_ep1+send_ep2+send_ep3", send_to_all);
    kernel_task(1, "caps=exit+yield+write+notify+send_ep0", outlive_everybody);
    assert_done(kernel_boot(), 0);
    assert_int_equal(strncmp(notes(), "PEER_CLOSED PEER_CLOSED PEER_CLOSED PEER_CLOSED @50 ", 52), 0);
}

static void append_and_yield(struct arch_user *u)
{
    console_append("from the kernel\n", 16);
    (void)u_yield(u);
    note("%s", console_has("from the kernel\n") ? "out" : "waits");
    u_exit(u, 0);
}

TEST(the_console_is_served_on_the_way_back_to_a_task)
{
    kernel_task(0, "caps=exit+yield", append_and_yield);
    assert_done(kernel_boot(), 0);
    assert_string_equal(notes(), "out");
}

static void exit_3(struct arch_user *u)
{
    note("3 ");
    u_exit(u, 3);
}

TEST(an_exited_task_never_runs_again_and_the_others_go_on)
{
    kernel_task(0, "caps=exit priority=7", exit_3);
    kernel_task(1, "caps=exit", outlive_everybody);
    assert_done(kernel_boot(), 0);
    assert_string_equal(notes(), "3 @50 @100 @150 @200 @250 ");
    assert_int_equal(task_get(0)->thread->state, THREAD_EXITED);
}

static void crash_once(struct arch_user *u)
{
    if (life++ == 0)
        u_crash(u);
    note("again@%lu ", (unsigned long)sched_ticks());
    u_exit(u, 0);
}

TEST(a_fault_disturbs_nobody_else)
{
    kernel_task(0, "caps=exit priority=7", crash_once);
    kernel_task(1, "caps=exit", outlive_everybody);
    assert_done(kernel_boot(), 0);
    assert_string_equal(notes(), "@50 again@100 @100 @150 @200 @250 ");
}

TEST(the_machine_s_exit_code_is_0_by_default)
{
    kernel_task(0, "caps=exit", exit_3);
    assert_done(kernel_boot(), 0);
}

TEST(the_machine_s_exit_code_is_that_of_the_named_task)
{
    kernel_cmdline("exit-task=1");
    kernel_task(0, "caps=exit", exit_3);
    kernel_task(1, "caps=exit", outlive_everybody);
    assert_done(kernel_boot(), 9);
}

static uint64_t code_to_exit_with;

static void exit_with_code(struct arch_user *u)
{
    u_exit(u, code_to_exit_with);
}

static void assert_exit_code(uint64_t code, uint32_t expected)
{
    setup(NULL);
    code_to_exit_with = code;
    kernel_cmdline("exit-task=0");
    kernel_task(0, "caps=exit", exit_with_code);
    assert_done(kernel_boot(), expected);
}

TEST(exit_codes_above_63_become_63)
{
    assert_exit_code(62, 62);
    assert_exit_code(63, 63);
    assert_exit_code(64, 63);
    assert_exit_code(256, 63);
    assert_exit_code(0x100000000ull, 63);
    assert_exit_code(~0ull, 63);
}

static void assert_no_exit_task(const char *cmdline)
{
    setup(NULL);
    kernel_cmdline(cmdline);
    kernel_task(0, "caps=exit", exit_3);
    kernel_task(1, "caps=exit", exit_3);
    assert_done(kernel_boot(), 0);
}

TEST(an_unreadable_exit_task_is_no_task)
{
    assert_no_exit_task("exit-task=first");
    assert_no_exit_task("exit-task=1x");
    assert_no_exit_task("exit-task=");
    assert_no_exit_task("exit-task=64");
    assert_no_exit_task("exit-task=0x100000001");
}

TEST(the_end_is_summed_up)
{
    kernel_task(0, "caps=exit", exit_3);
    kernel_task(1, "caps=exit", crash_once);
    (void)kernel_boot();
    assert_true(console_has("[aegis] summary: 4 switches, 2 calls, 0 messages, 1 faults, 1 restarts, 2 exits, 100 ticks\n"));
}

TEST(a_policy_can_stop_the_machine_at_the_first_fault)
{
    kernel_cmdline("on-fault=stop");
    kernel_task(0, "caps=exit", crash_once);
    struct null_end end = kernel_boot();
    assert_int_equal(end.why, ARCH_OFF_STOPPED);
    assert_int_equal(end.code, 1);
    assert_true(console_has("  action: the machine stops\n"));
}

static void compute_and_say(struct arch_user *u)
{
    for (uint32_t i = 0; i < 3; i++) {
        note("%c", u == &task_get(0)->thread->user ? 'a' : 'b');
        null_compute(u, 10001);
    }
    u_exit(u, 0);
}

TEST(the_tick_shares_the_cpu_among_equals)
{
    kernel_task(0, "caps=exit", compute_and_say);
    kernel_task(1, "caps=exit", compute_and_say);
    (void)kernel_boot();
    assert_string_equal(notes(), "ababab");
}

static void call_14(struct arch_user *u)
{
    (void)null_call(u, AEGIS_NR_COUNT, 0, 0, 0, 0, 0);
}

static void beat_once(struct arch_user *u)
{
    (void)u_heartbeat(u, 20);
    null_compute(u, 1000000);
}

static uint64_t traced_cause(const char *caps, void (*program)(struct arch_user *u))
{
    setup(NULL);
    kernel_cmdline("on-fault=stop");
    kernel_task(0, caps, program);
    kernel_prepare();
    null_trace(true);
    (void)kernel_continue();
    for (uint32_t i = 0; i < null_trace_count(); i++)
        if (null_trace_at(i)->kind == TRACE_FAULT)
            return null_trace_at(i)->e;
    return UINT64_MAX;
}

TEST(faults_are_traced_with_their_cause)
{
    assert_int_equal(traced_cause("caps=exit", crash_once), TRACE_FAULT_TRAP);
    assert_int_equal(traced_cause("caps=none", exit_3), TRACE_FAULT_DENIED);
    assert_int_equal(traced_cause("caps=all", call_14), TRACE_FAULT_UNKNOWN_CALL);
    assert_int_equal(traced_cause("caps=all", beat_once), TRACE_FAULT_WATCHDOG);
}

static void fetch_from_the_stack(struct arch_user *u)
{
    null_trap(u, (struct arch_trap){
                     .kind = ARCH_TRAP_PAGE, .access = ARCH_ACCESS_EXECUTE, .addr = image_stack(0), .permission = true});
}

TEST(a_traced_fault_says_where_and_how)
{
    const struct trace_event expected = {.kind = TRACE_FAULT, .a = ARCH_TRAP_PAGE, .b = image_base(0), .c = image_stack(0),
        .d = ARCH_ACCESS_EXECUTE | 1 << 8, .e = TRACE_FAULT_TRAP};
    const struct trace_event *fault = NULL;

    kernel_cmdline("on-fault=stop");
    kernel_task(0, "caps=exit", fetch_from_the_stack);
    kernel_prepare();
    null_trace(true);
    (void)kernel_continue();
    for (uint32_t i = 0; i < null_trace_count() && fault == NULL; i++)
        if (null_trace_at(i)->kind == TRACE_FAULT)
            fault = null_trace_at(i);
    assert_non_null(fault);
    assert_memory_equal(fault, &expected, sizeof(expected));
}

TEST(lives_are_traced)
{
    uint32_t faults = 0, restarts = 0, exits = 0;

    kernel_task(0, "caps=exit", crash_once);
    kernel_prepare();
    null_trace(true);
    (void)kernel_continue();
    for (uint32_t i = 0; i < null_trace_count(); i++) {
        const struct trace_event *e = null_trace_at(i);
        faults += e->kind == TRACE_FAULT && e->thread == 0 && e->a == ARCH_TRAP_ILLEGAL && e->b == image_base(0);
        restarts += e->kind == TRACE_RESTART && e->thread == 0 && e->a == 1;
        exits += e->kind == TRACE_EXIT && e->thread == 0 && e->a == 0;
        assert_false((e->kind == TRACE_RESTART || e->kind == TRACE_EXIT) && (e->b | e->c | e->d) != 0);
    }
    assert_int_equal(faults, 1);
    assert_int_equal(restarts, 1);
    assert_int_equal(exits, 1);
}

TEST(every_slot_can_hold_a_task)
{
    for (uint32_t i = 0; i < CONFIG_TASKS; i++)
        kernel_task(i, "caps=exit", exit_3);
    assert_done(kernel_boot(), 0);
    assert_int_equal(console_count("exited (code=3)"), CONFIG_TASKS);
    assert_int_equal(task_count(), CONFIG_TASKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_program_finds_its_code_data_bss_and_stack, setup),
        cmocka_unit_test_setup(loaded_code_is_announced_to_the_instruction_cache, setup),
        cmocka_unit_test_setup(a_program_starts_at_its_entry_with_a_full_stack, setup),
        cmocka_unit_test_setup(returning_to_user_mode_with_a_lock_held_panics, setup),
        cmocka_unit_test_setup(code_cannot_be_written, setup),
        cmocka_unit_test_setup(there_is_a_guard_below_the_stack, setup),
        cmocka_unit_test_setup(there_is_a_guard_above_the_stack, setup),
        cmocka_unit_test_setup(a_peer_s_memory_is_not_there, setup),
        cmocka_unit_test_setup(memory_behind_the_last_segment_is_not_there, setup),
        cmocka_unit_test_setup(address_0_is_not_there, setup),
        cmocka_unit_test_setup(a_restart_reloads_data_and_zeroes_bss_and_stack, setup),
        cmocka_unit_test_setup(a_restart_does_not_load_code_again, setup),
        cmocka_unit_test_setup(a_task_is_restarted_as_often_as_it_faults, setup),
        cmocka_unit_test_setup(a_task_that_may_not_restart_ends_with_its_first_fault, setup),
        cmocka_unit_test_setup(a_fatal_fault_counts_as_exit_code_63, setup),
        cmocka_unit_test_setup(a_task_that_is_always_restarted_starts_again_after_its_exit, setup),
        cmocka_unit_test_setup(who_sends_to_a_task_waits_for_its_restart_but_not_for_ever, setup),
        cmocka_unit_test_setup(without_any_receiver_no_send_waits, setup),
        cmocka_unit_test_setup(the_console_is_served_on_the_way_back_to_a_task, setup),
        cmocka_unit_test_setup(an_exited_task_never_runs_again_and_the_others_go_on, setup),
        cmocka_unit_test_setup(a_fault_disturbs_nobody_else, setup),
        cmocka_unit_test_setup(the_machine_s_exit_code_is_0_by_default, setup),
        cmocka_unit_test_setup(the_machine_s_exit_code_is_that_of_the_named_task, setup),
        cmocka_unit_test_setup(exit_codes_above_63_become_63, setup),
        cmocka_unit_test_setup(an_unreadable_exit_task_is_no_task, setup),
        cmocka_unit_test_setup(the_end_is_summed_up, setup),
        cmocka_unit_test_setup(a_policy_can_stop_the_machine_at_the_first_fault, setup),
        cmocka_unit_test_setup(the_tick_shares_the_cpu_among_equals, setup),
        cmocka_unit_test_setup(faults_are_traced_with_their_cause, setup),
        cmocka_unit_test_setup(a_traced_fault_says_where_and_how, setup),
        cmocka_unit_test_setup(lives_are_traced, setup),
        cmocka_unit_test_setup(every_slot_can_hold_a_task, setup),
    };

    return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}
