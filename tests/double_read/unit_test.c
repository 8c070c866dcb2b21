/* SPDX-License-Identifier: MIT */
/* hal-null finds user memory that is read twice in one call, and only that. Linked with the planted WRITE. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/unit.h>

#include <stdio.h>

static uint64_t length;

static int setup(void **state)
{
    (void)state;
    length = 0;
    kernel_new(NULL);
    return 0;
}

static void write_text(struct arch_user *u)
{
    u_write(u, image_base(2) + IMAGE_DATA_OFFSET, length);
    u_exit(u, 0);
}

TEST(a_byte_read_twice_in_one_call_ends_the_machine)
{
    struct null_end end;
    char expected[80];

    length = 4;
    kernel_task(2, "caps=write+exit", write_text);
    end = kernel_boot();
    snprintf(expected, sizeof(expected), "user memory at 0x%llx is read twice in one call",
             (unsigned long long)(image_base(2) + IMAGE_DATA_OFFSET + 3));
    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_string_equal(end.message, expected);
}

static void read_in_two_calls(struct arch_user *u)
{
    u_heartbeat(u, 0);
    u_heartbeat(u, 0);
    u_exit(u, 0);
}

TEST(calls_that_read_nothing_twice_are_left_alone)
{
    struct null_end end;

    kernel_task(2, "caps=heartbeat+exit", read_in_two_calls);
    end = kernel_boot();
    assert_string_equal(end.message, "");
    assert_int_equal(end.why, ARCH_OFF_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_byte_read_twice_in_one_call_ends_the_machine, setup),
        cmocka_unit_test_setup(calls_that_read_nothing_twice_are_left_alone, setup),
    };

    return cmocka_run_group_tests_name("double_read", tests, NULL, NULL);
}
