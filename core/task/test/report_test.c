/* SPDX-License-Identifier: MIT */
/* The fault report, line by line: what happened, whose memory it was, what the task had done, what happens next. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/unit.h>

#include <stdio.h>
#include <string.h>

#include <abi/layout.h>
#include <arch/memory.h>
#include <task/task.h>

static struct arch_trap trap;
static vaddr_t address;
static uint32_t life;

static int setup(void **state)
{
    (void)state;
    life = 0;
    trap = (struct arch_trap){0};
    kernel_new(NULL);
    return 0;
}

static void exit_0(struct arch_user *u)
{
    u_exit(u, 0);
}

static void trap_once(struct arch_user *u)
{
    if (life++ == 0)
        null_trap(u, trap);
    u_exit(u, 0);
}

static void read_once(struct arch_user *u)
{
    uint8_t byte;

    if (life++ == 0)
        null_read(u, &byte, address, 1);
    u_exit(u, 0);
}

static void write_once(struct arch_user *u)
{
    const uint8_t byte = 0;

    if (life++ == 0)
        null_write(u, address, &byte, 1);
    u_exit(u, 0);
}

/* Task 1 faults; task 0 (t0) lives beside it. */
static void boot_with(void (*program)(struct arch_user *u))
{
    kernel_task(0, "caps=exit", exit_0);
    kernel_task(1, "caps=exit", program);
    (void)kernel_boot();
}

static void assert_prints(const char *text)
{
    if (!console_has(text))
        print_error("%s\n", strstr(null_serial(), "boot complete"));
    assert_true(console_has(text));
}

static void assert_owner(vaddr_t va, const char *owner)
{
    char expected[200];

    setup(NULL);
    address = va;
    boot_with(read_once);
    snprintf(expected, sizeof(expected), "  cause: page fault, read of 0x%lx: ", (unsigned long)va);
    assert_prints(expected);
    snprintf(expected, sizeof(expected), "\n  address belongs to: %s\n", owner);
    assert_prints(expected);
}

TEST(the_first_line_names_task_and_place)
{
    trap.kind = ARCH_TRAP_ILLEGAL;
    boot_with(trap_once);
    assert_prints("[T1] [ERROR] [aegis] FAULT task 1 (t1) at pc 0x40104000\n");
}

TEST(a_read_is_told_from_a_write)
{
    address = 0x50000000;
    boot_with(write_once);
    assert_prints("  cause: page fault, write to 0x50000000: not mapped in this task\n");
}

TEST(an_execution_is_named_as_such)
{
    trap = (struct arch_trap){.kind = ARCH_TRAP_PAGE, .access = ARCH_ACCESS_EXECUTE, .addr = image_stack(1), .permission = true};
    boot_with(trap_once);
    assert_prints("  cause: page fault, execution at 0x40003000: not permitted\n");
}

TEST(a_forbidden_access_is_told_from_a_missing_page)
{
    address = image_base(1);
    boot_with(write_once);
    assert_prints("  cause: page fault, write to 0x40104000: not permitted\n");
}

TEST(the_null_page_is_named)
{
    assert_owner(0, "the null page, which is never mapped");
    assert_owner(PAGE_SIZE - 1, "the null page, which is never mapped");
}

TEST(the_kernel_is_named)
{
    assert_owner(ARCH_KERNEL_VBASE, "the kernel");
    assert_owner(~0ull, "the kernel");
    assert_prints(": not permitted\n");
}

TEST(a_peer_s_program_is_named)
{
    assert_owner(image_base(0), "the program of task 0 (t0)");
    assert_owner(image_base(0) + LAYOUT_IMAGE_SIZE - 1, "the program of task 0 (t0)");
}

TEST(the_own_program_is_named)
{
    assert_owner(image_base(1) + LAYOUT_IMAGE_SIZE - 1, "the program of task 1 (t1)");
}

TEST(an_empty_slot_is_named)
{
    assert_owner(image_base(2), "the program of task 2 (empty slot)");
    assert_owner(image_base(LAYOUT_IMAGE_COUNT - 1), "the program of task 63 (empty slot)");
}

TEST(a_peer_s_stack_is_named)
{
    assert_owner(image_stack(0), "the stack of task 0 (t0)");
    assert_owner(image_stack(0) + LAYOUT_STACK_SIZE - 1, "the stack of task 0 (t0)");
}

TEST(the_guard_below_a_stack_is_named_by_the_stack_it_guards)
{
    assert_owner(image_stack(1) - 1, "the guard page below the stack of task 1 (t1)");
    assert_owner(image_stack(1) - PAGE_SIZE, "the guard page below the stack of task 1 (t1)");
    assert_owner(image_stack(0) - 1, "the guard page below the stack of task 0 (t0)");
    assert_owner(image_stack(0) - PAGE_SIZE, "the guard page below the stack of task 0 (t0)");
}

TEST(memory_around_the_areas_is_nobody_s)
{
    assert_owner(image_stack(0) - PAGE_SIZE - 1, "nobody");
    assert_owner(LAYOUT_IMAGE_BASE - 1, "nobody");
    assert_owner(image_base(LAYOUT_IMAGE_COUNT), "nobody");
    assert_owner(LAYOUT_GRANT_BASE - 1, "nobody");
    assert_owner(LAYOUT_GRANT_BASE + LAYOUT_GRANT_COUNT * LAYOUT_GRANT_STRIDE, "nobody");
    assert_owner(LAYOUT_DEVICE_BASE + LAYOUT_DEVICE_COUNT * LAYOUT_DEVICE_STRIDE, "nobody");
    assert_owner(PAGE_SIZE, "nobody");
    assert_owner(0x70000000, "nobody");
}

TEST(a_grant_that_nobody_holds_is_named)
{
    assert_owner(LAYOUT_GRANT_BASE + 3 * LAYOUT_GRANT_STRIDE, "the page of grant 3, which nobody holds");
}

static void grant_and_wait(struct arch_user *u)
{
    (void)u_grant_create(u, 2, 0);
    null_compute(u, 2000000);
    u_exit(u, 0);
}

TEST(a_grant_is_named_by_its_owner)
{
    address = LAYOUT_GRANT_BASE + 2 * LAYOUT_GRANT_STRIDE + 8;
    kernel_task(0, "caps=all", grant_and_wait); /* its peer is itself: refused; the owner is task 2 */
    kernel_task(2, "caps=all", grant_and_wait);
    kernel_task(3, "caps=all", read_once);
    (void)kernel_boot();
    assert_prints("  address belongs to: the page of grant 2, which belongs to task 2 (t2)\n");
}

static void grant_to_1_and_wait(struct arch_user *u)
{
    (void)u_grant_create(u, 2, 1);
    null_compute(u, 2000000);
    u_exit(u, 0);
}

static void compute(struct arch_user *u)
{
    null_compute(u, 2000000);
    u_exit(u, 0);
}

TEST(the_owner_of_a_grant_is_found_in_any_slot)
{
    address = LAYOUT_GRANT_BASE + 2 * LAYOUT_GRANT_STRIDE;
    kernel_task(1, "caps=all", compute);
    kernel_task(2, "caps=all", grant_to_1_and_wait);
    kernel_task(3, "caps=all", read_once);
    (void)kernel_boot();
    assert_prints("  address belongs to: the page of grant 2, which belongs to task 2 (t2)\n");
}

TEST(a_device_window_is_named)
{
    assert_owner(LAYOUT_DEVICE_BASE, "a device window");
    assert_owner(LAYOUT_DEVICE_BASE + LAYOUT_DEVICE_COUNT * LAYOUT_DEVICE_STRIDE - 1, "a device window");
}

static void assert_cause(enum arch_trap_kind kind, const char *words)
{
    char expected[128];

    setup(NULL);
    trap.kind = kind;
    boot_with(trap_once);
    snprintf(expected, sizeof(expected), "\n  cause: %s\n", words);
    assert_prints(expected);
    assert_int_equal(console_count("\n  cause: "), 1);
}

TEST(every_kind_of_trap_has_its_words)
{
    assert_cause(ARCH_TRAP_ILLEGAL, "undefined or privileged instruction");
    assert_cause(ARCH_TRAP_FP, "floating-point or SIMD instruction (static tasks have no FP state)");
    assert_cause(ARCH_TRAP_COUNTER, "read of a cycle or time counter");
    assert_cause(ARCH_TRAP_BREAKPOINT, "breakpoint instruction");
    assert_cause(ARCH_TRAP_ARITHMETIC, "divide error");
    assert_cause(ARCH_TRAP_ALIGN, "misaligned access");
    assert_cause(ARCH_TRAP_PORT, "I/O port that the task does not own");
    assert_cause(ARCH_TRAP_OTHER, "exception");
    assert_cause((enum arch_trap_kind)(ARCH_TRAP_COUNT + 5), "?");
}

TEST(registers_are_printed_four_a_line)
{
    trap.kind = ARCH_TRAP_ILLEGAL;
    boot_with(trap_once);
    assert_prints("\n      nr=0000000000000000 target=0000000000000000     w0=0000000000000000     w1=0000000000000000\n"
                  "      w2=0000000000000000     w3=0000000000000000     pc=0000000040104000     sp=0000000040005000\n"
                  "  last calls:");
}

TEST(a_task_without_calls_has_none_listed)
{
    trap.kind = ARCH_TRAP_ILLEGAL;
    boot_with(trap_once);
    assert_prints("\n  last calls: none\n  action: ");
}

static void call_ten_times_and_crash(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    for (uint64_t i = 0; i < 10; i++)
        (void)u_notify(u, i % 2 == 0 ? 1 : 60, i);
    u_crash(u);
}

TEST(the_last_eight_calls_are_listed_with_their_results)
{
    kernel_task(1, "caps=all", call_ten_times_and_crash);
    (void)kernel_boot();
    assert_prints("\n  last calls:\n"
                  "    #5 target=1 w0=0x2 -> OK\n"
                  "    #5 target=60 w0=0x3 -> BAD_TARGET\n"
                  "    #5 target=1 w0=0x4 -> OK\n"
                  "    #5 target=60 w0=0x5 -> BAD_TARGET\n"
                  "    #5 target=1 w0=0x6 -> OK\n"
                  "    #5 target=60 w0=0x7 -> BAD_TARGET\n"
                  "    #5 target=1 w0=0x8 -> OK\n"
                  "    #5 target=60 w0=0x9 -> BAD_TARGET\n"
                  "  action: restart in 100 ticks\n");
}

static void crash_in_each_life(struct arch_user *u)
{
    if (life++ == 0) {
        (void)u_notify(u, 1, 7);
        u_crash(u);
    }
    if (life == 2)
        u_crash(u);
    u_exit(u, 0);
}

TEST(calls_of_a_former_life_are_forgotten)
{
    kernel_task(1, "caps=all", crash_in_each_life);
    (void)kernel_boot();
    assert_int_equal(console_count("#5 target=1 w0=0x7 -> OK"), 1);
    assert_int_equal(console_count("last calls: none"), 1);
}

static void call_what_is_denied(struct arch_user *u)
{
    if (life++ == 0)
        (void)u_call(u, 2, 5);
    u_exit(u, 0);
}

TEST(a_denied_call_is_the_cause)
{
    boot_with(call_what_is_denied);
    assert_prints("\n  cause: its mask does not allow call #3, which needs SEND_EP2+RECV_EP2\n");
    assert_prints("\n  last calls:\n    #3 target=2 w0=0x5 -> ACCESS_DENIED\n");
    assert_prints("[aegis] FAULT task 1 (t1) at pc 0x40104000\n");
    assert_int_equal(console_count("\n  cause: "), 1);
}

static void call_what_does_not_exist(struct arch_user *u)
{
    if (life++ == 0)
        (void)null_call(u, 99, 7, 0, 0, 0, 0);
    u_exit(u, 0);
}

TEST(a_call_that_does_not_exist_is_the_cause)
{
    boot_with(call_what_does_not_exist);
    assert_prints("\n  cause: there is no call #99 with target 7\n");
}

TEST(the_action_of_a_task_without_restart_is_its_end)
{
    trap.kind = ARCH_TRAP_ILLEGAL;
    kernel_task(1, "caps=exit restart=never", trap_once);
    (void)kernel_boot();
    assert_prints("\n  action: the task ends, its policy is never to restart\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_line_names_task_and_place, setup),
        cmocka_unit_test_setup(a_read_is_told_from_a_write, setup),
        cmocka_unit_test_setup(an_execution_is_named_as_such, setup),
        cmocka_unit_test_setup(a_forbidden_access_is_told_from_a_missing_page, setup),
        cmocka_unit_test_setup(the_null_page_is_named, setup),
        cmocka_unit_test_setup(the_kernel_is_named, setup),
        cmocka_unit_test_setup(a_peer_s_program_is_named, setup),
        cmocka_unit_test_setup(the_own_program_is_named, setup),
        cmocka_unit_test_setup(an_empty_slot_is_named, setup),
        cmocka_unit_test_setup(a_peer_s_stack_is_named, setup),
        cmocka_unit_test_setup(the_guard_below_a_stack_is_named_by_the_stack_it_guards, setup),
        cmocka_unit_test_setup(memory_around_the_areas_is_nobody_s, setup),
        cmocka_unit_test_setup(a_grant_that_nobody_holds_is_named, setup),
        cmocka_unit_test_setup(a_grant_is_named_by_its_owner, setup),
        cmocka_unit_test_setup(the_owner_of_a_grant_is_found_in_any_slot, setup),
        cmocka_unit_test_setup(a_device_window_is_named, setup),
        cmocka_unit_test_setup(every_kind_of_trap_has_its_words, setup),
        cmocka_unit_test_setup(registers_are_printed_four_a_line, setup),
        cmocka_unit_test_setup(a_task_without_calls_has_none_listed, setup),
        cmocka_unit_test_setup(the_last_eight_calls_are_listed_with_their_results, setup),
        cmocka_unit_test_setup(calls_of_a_former_life_are_forgotten, setup),
        cmocka_unit_test_setup(a_denied_call_is_the_cause, setup),
        cmocka_unit_test_setup(a_call_that_does_not_exist_is_the_cause, setup),
        cmocka_unit_test_setup(the_action_of_a_task_without_restart_is_its_end, setup),
    };

    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
