/* SPDX-License-Identifier: MIT */
#include <support/unit.h>

#include <stdlib.h>
#include <string.h>

#include <abi/caps.h>
#include <base/manifest.h>

static struct manifest manifest;
static uint32_t line;

static int setup(void **state)
{
    (void)state;
    memset(&manifest, 0xA5, sizeof(manifest)); /* the parser must not rely on what was there */
    line = 0;
    return 0;
}

static status_t parse(const char *text)
{
    return manifest_parse(text, strlen(text), MANIFEST_TASKS_MAX, &manifest, &line);
}

/* `text` is refused with `status` at `at`. */
static void expect_refused(const char *text, status_t status, uint32_t at)
{
    line = 0;
    assert_status(parse(text), status);
    assert_int_equal(line, at);
}

static void full_line(void **state)
{
    const struct manifest_task *task = &manifest.task[3];

    (void)state;
    assert_ok(parse("task 3 name=uart_driver file=uart.elf priority=6 budget=50 heartbeat=100 caps=write "
                    "restart=always\n"));
    assert_int_equal(manifest.count, 1);
    assert_true(task->used);
    assert_string_equal(task->name, "uart_driver");
    assert_string_equal(task->file, "uart.elf");
    assert_int_equal(task->priority, 6);
    assert_int_equal(task->budget, 50);
    assert_int_equal(task->heartbeat, 100);
    assert_int_equal(task->caps, CAP_WRITE);
    assert_int_equal(task->restart, MANIFEST_RESTART_ALWAYS);
}

static void defaults(void **state)
{
    const struct manifest_task *task = &manifest.task[0];

    (void)state;
    assert_ok(parse("task 0 name=a file=b\n"));
    assert_int_equal(task->priority, 4);
    assert_int_equal(task->budget, 0);
    assert_int_equal(task->heartbeat, 0);
    assert_int_equal(task->caps, 0);
    assert_int_equal(task->restart, MANIFEST_RESTART_FAULT);
}

static void several_tasks_and_the_unused_slots(void **state)
{
    (void)state;
    assert_ok(parse("task 1 name=a file=a.elf\ntask 0 name=b file=b.elf\n"));
    assert_int_equal(manifest.count, 2);
    assert_string_equal(manifest.task[1].name, "a");
    assert_string_equal(manifest.task[0].name, "b");
    for (uint32_t i = 2; i < MANIFEST_TASKS_MAX; i++)
        assert_false(manifest.task[i].used);
}

static void empty_text_has_no_task(void **state)
{
    (void)state;
    assert_ok(parse(""));
    assert_int_equal(manifest.count, 0);
    assert_false(manifest.task[0].used);
}

static void comments_and_blank_lines(void **state)
{
    (void)state;
    assert_ok(parse("# all tasks\n\n   \n  # indented\ntask 0 name=a file=b # behind a task\n#"));
    assert_int_equal(manifest.count, 1);
}

static void last_line_needs_no_newline(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=a file=bc"));
    assert_string_equal(manifest.task[0].file, "bc");
}

static void tabs_carriage_returns_and_indents_are_space(void **state)
{
    (void)state;
    assert_ok(parse(" \ttask\t0  name=a\tfile=b\r\n"));
    assert_string_equal(manifest.task[0].file, "b");
}

static void text_ends_at_its_length(void **state)
{
    char *text = malloc(23); /* no NUL behind it; the sanitizers watch */

    (void)state;
    memcpy(text, "task 0 name=ab file=cd5", 23);
    assert_ok(manifest_parse(text, 23, 8, &manifest, &line));
    assert_string_equal(manifest.task[0].file, "cd5");
    free(text);
}

static void order_of_keys_is_free(void **state)
{
    (void)state;
    assert_ok(parse("task 0 caps=exit file=b priority=1 name=a"));
    assert_int_equal(manifest.task[0].priority, 1);
    assert_string_equal(manifest.task[0].name, "a");
}

static void unknown_word_instead_of_task(void **state)
{
    (void)state;
    expect_refused("tusk 0 name=a file=b", ERR_MANIFEST_SYNTAX, 1);
    expect_refused("tas 0 name=a file=b", ERR_MANIFEST_SYNTAX, 1);
    expect_refused("tasks 0 name=a file=b", ERR_MANIFEST_SYNTAX, 1);
}

static void missing_slot(void **state)
{
    (void)state;
    expect_refused("task", ERR_MANIFEST_SYNTAX, 1);
    expect_refused("task # 0", ERR_MANIFEST_SYNTAX, 1);
}

static void slot_that_is_no_number(void **state)
{
    (void)state;
    expect_refused("task x name=a file=b", ERR_MANIFEST_VALUE, 1);
    expect_refused("task name=a file=b", ERR_MANIFEST_VALUE, 1);
    expect_refused("task 0x name=a file=b", ERR_MANIFEST_VALUE, 1);
}

static void slot_limit_of_the_profile(void **state)
{
    static const char at_7[] = "task 7 name=a file=b";
    static const char at_8[] = "task 8 name=a file=b";

    (void)state;
    assert_ok(manifest_parse(at_7, sizeof(at_7) - 1, 8, &manifest, &line));
    assert_status(manifest_parse(at_8, sizeof(at_8) - 1, 8, &manifest, &line), ERR_MANIFEST_VALUE);
}

static void slot_limit_of_the_format(void **state)
{
    static const char at_64[] = "task 64 name=a file=b";

    (void)state;
    assert_ok(parse("task 63 name=a file=b"));
    assert_status(manifest_parse(at_64, sizeof(at_64) - 1, 1000, &manifest, &line), ERR_MANIFEST_VALUE);
}

static void slot_twice(void **state)
{
    (void)state;
    expect_refused("task 2 name=a file=b\n# between\ntask 2 name=c file=d", ERR_MANIFEST_DUP, 3);
}

static void key_twice(void **state)
{
    (void)state;
    expect_refused("task 0 name=a file=b name=c", ERR_MANIFEST_DUP, 1);
    expect_refused("task 0 name=a file=b caps=write caps=write", ERR_MANIFEST_DUP, 1);
}

static void same_key_in_two_tasks(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=a file=b\ntask 1 name=a file=b"));
}

static void unknown_key(void **state)
{
    (void)state;
    expect_refused("task 0 name=a file=b colour=red", ERR_MANIFEST_SYNTAX, 1);
    expect_refused("task 0 name=a file=b nam=red", ERR_MANIFEST_SYNTAX, 1);
    expect_refused("task 0 name=a file=b names=red", ERR_MANIFEST_SYNTAX, 1);
    expect_refused("task 0 name=a file=b =red", ERR_MANIFEST_SYNTAX, 1);
}

static void key_without_a_value(void **state)
{
    (void)state;
    expect_refused("task 0 name=a file=b caps", ERR_MANIFEST_SYNTAX, 1);
    expect_refused("task 0 name=a file=b budget=", ERR_MANIFEST_VALUE, 1);
}

static void name_and_file_are_required(void **state)
{
    (void)state;
    expect_refused("task 0 file=b", ERR_MANIFEST_SYNTAX, 1);
    expect_refused("task 0 name=a", ERR_MANIFEST_SYNTAX, 1);
    expect_refused("task 0", ERR_MANIFEST_SYNTAX, 1);
}

static void longest_name_and_file(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=123456789012345 file=1234567890123456789012345678901"));
    assert_string_equal(manifest.task[0].name, "123456789012345");
    assert_string_equal(manifest.task[0].file, "1234567890123456789012345678901");
}

static void name_and_file_too_long(void **state)
{
    (void)state;
    expect_refused("task 0 name=1234567890123456 file=b", ERR_MANIFEST_VALUE, 1);
    expect_refused("task 0 name=a file=12345678901234567890123456789012", ERR_MANIFEST_VALUE, 1);
}

static void empty_name_or_file(void **state)
{
    (void)state;
    expect_refused("task 0 name= file=b", ERR_MANIFEST_VALUE, 1);
    expect_refused("task 0 name=a file=", ERR_MANIFEST_VALUE, 1);
}

static void characters_of_names(void **state)
{
    static const char *const bad[] = {"a/b", "a=b", "a\x1b", "a`", "a{", "a@", "a[", "a:", "a\xc3"};
    char text[64];

    (void)state;
    assert_ok(parse("task 0 name=azAZ09_-. file=b"));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        strcpy(text, "task 0 file=b name=");
        strcat(text, bad[i]);
        expect_refused(text, ERR_MANIFEST_VALUE, 1);
    }
}

static void priority_limits(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=a file=b priority=0\ntask 1 name=a file=b priority=7"));
    assert_int_equal(manifest.task[0].priority, 0);
    assert_int_equal(manifest.task[1].priority, 7);
    expect_refused("task 0 name=a file=b priority=8", ERR_MANIFEST_VALUE, 1);
}

static void numbers_up_to_32_bits(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=a file=b budget=4294967295 heartbeat=0xFFFFFFFF"));
    assert_true(manifest.task[0].budget == UINT32_MAX && manifest.task[0].heartbeat == UINT32_MAX);
    expect_refused("task 0 name=a file=b budget=4294967296", ERR_MANIFEST_VALUE, 1);
    expect_refused("task 0 name=a file=b heartbeat=4294967296", ERR_MANIFEST_VALUE, 1);
}

static void short_number_behind_a_long_one(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=a file=b budget=123456789 heartbeat=5"));
    assert_int_equal(manifest.task[0].heartbeat, 5);
}

static void numbers_with_a_tail(void **state)
{
    (void)state;
    expect_refused("task 0 name=a file=b budget=10x", ERR_MANIFEST_VALUE, 1);
    expect_refused("task 0 name=a file=b budget=-1", ERR_MANIFEST_VALUE, 1);
}

static void number_of_too_many_digits(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=a file=b budget=00000000000000000000007")); /* 23 of them fit */
    expect_refused("task 0 name=a file=b budget=000000000000000000000007", ERR_MANIFEST_VALUE, 1);
}

static void caps_all_and_none(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=a file=b caps=all\ntask 1 name=a file=b caps=none"));
    assert_int_equal(manifest.task[0].caps, CAP_ALL);
    assert_int_equal(manifest.task[1].caps, 0);
}

static void caps_as_a_number(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=a file=b caps=0x7FFFF\ntask 1 name=a file=b caps=16"));
    assert_int_equal(manifest.task[0].caps, 0x7FFFF);
    assert_int_equal(manifest.task[1].caps, CAP_WRITE);
    expect_refused("task 0 name=a file=b caps=0x80000", ERR_MANIFEST_VALUE, 1);
}

static void caps_joined(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=a file=b caps=device_map+heartbeat+recv_ep0+send_ep0"));
    assert_int_equal(manifest.task[0].caps, CAP_DEVICE_MAP | CAP_HEARTBEAT | CAP_RECV_EP0 | CAP_SEND_EP0);
}

static void every_capability_has_its_name(void **state)
{
    char text[64];

    (void)state;
    for (uint32_t bit = 0; bit < CAP_COUNT; bit++) {
        strcpy(text, "task 0 name=a file=b caps=");
        strcat(text, cap_bit_name(bit));
        for (char *p = text; *p != '\0'; p++)
            *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
        assert_ok(parse(text));
        assert_int_equal(manifest.task[0].caps, 1u << bit);
    }
}

static void caps_malformed(void **state)
{
    static const char *const bad[] = {"",       "+",          "write+",    "+write",     "write++exit", "WRITE", "writ",
                                      "writex", "write,exit", "all+write", "none+write", "unknown",     "writE"};
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        strcpy(text, "task 0 name=a file=b caps=");
        strcat(text, bad[i]);
        expect_refused(text, ERR_MANIFEST_VALUE, 1);
    }
}

static void restart_policies(void **state)
{
    (void)state;
    assert_ok(parse("task 0 name=a file=b restart=never\ntask 1 name=a file=b restart=fault\n"
                    "task 2 name=a file=b restart=always"));
    assert_int_equal(manifest.task[0].restart, MANIFEST_RESTART_NEVER);
    assert_int_equal(manifest.task[1].restart, MANIFEST_RESTART_FAULT);
    assert_int_equal(manifest.task[2].restart, MANIFEST_RESTART_ALWAYS);
    expect_refused("task 0 name=a file=b restart=sometimes", ERR_MANIFEST_VALUE, 1);
}

static void error_names_its_line(void **state)
{
    (void)state;
    expect_refused("# one\n\ntask 0 name=a file=b\ntask 1 name=a file=b priority=9\n# five", ERR_MANIFEST_VALUE, 4);
}

static void nul_in_the_text_is_no_line_end(void **state)
{
    (void)state;
    assert_status(manifest_parse("task 0 name=a\0 file=b", 21, 8, &manifest, &line), ERR_MANIFEST_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(full_line, setup),
        cmocka_unit_test_setup(defaults, setup),
        cmocka_unit_test_setup(several_tasks_and_the_unused_slots, setup),
        cmocka_unit_test_setup(empty_text_has_no_task, setup),
        cmocka_unit_test_setup(comments_and_blank_lines, setup),
        cmocka_unit_test_setup(last_line_needs_no_newline, setup),
        cmocka_unit_test_setup(tabs_carriage_returns_and_indents_are_space, setup),
        cmocka_unit_test_setup(text_ends_at_its_length, setup),
        cmocka_unit_test_setup(order_of_keys_is_free, setup),
        cmocka_unit_test_setup(unknown_word_instead_of_task, setup),
        cmocka_unit_test_setup(missing_slot, setup),
        cmocka_unit_test_setup(slot_that_is_no_number, setup),
        cmocka_unit_test_setup(slot_limit_of_the_profile, setup),
        cmocka_unit_test_setup(slot_limit_of_the_format, setup),
        cmocka_unit_test_setup(slot_twice, setup),
        cmocka_unit_test_setup(key_twice, setup),
        cmocka_unit_test_setup(same_key_in_two_tasks, setup),
        cmocka_unit_test_setup(unknown_key, setup),
        cmocka_unit_test_setup(key_without_a_value, setup),
        cmocka_unit_test_setup(name_and_file_are_required, setup),
        cmocka_unit_test_setup(longest_name_and_file, setup),
        cmocka_unit_test_setup(name_and_file_too_long, setup),
        cmocka_unit_test_setup(empty_name_or_file, setup),
        cmocka_unit_test_setup(characters_of_names, setup),
        cmocka_unit_test_setup(priority_limits, setup),
        cmocka_unit_test_setup(numbers_up_to_32_bits, setup),
        cmocka_unit_test_setup(short_number_behind_a_long_one, setup),
        cmocka_unit_test_setup(numbers_with_a_tail, setup),
        cmocka_unit_test_setup(number_of_too_many_digits, setup),
        cmocka_unit_test_setup(caps_all_and_none, setup),
        cmocka_unit_test_setup(caps_as_a_number, setup),
        cmocka_unit_test_setup(caps_joined, setup),
        cmocka_unit_test_setup(every_capability_has_its_name, setup),
        cmocka_unit_test_setup(caps_malformed, setup),
        cmocka_unit_test_setup(restart_policies, setup),
        cmocka_unit_test_setup(error_names_its_line, setup),
        cmocka_unit_test_setup(nul_in_the_text_is_no_line_end, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
