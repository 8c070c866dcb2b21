/* SPDX-License-Identifier: MIT */
/* The keyboard controller as a driver sees it, and what keys say. */
#include <support/unit.h>

#include <string.h>

#include <base/hash.h>
#include <board.h>
#include <sim/device.h>
#include <sim/machine.h>

#include "scancode.h"

enum { DATA = 0, STATUS = 4 };
enum { KEY_A = 0x04, KEY_S = 0x16, KEY_PAUSE = 0x48, KEY_RIGHT = 0x4F, KEY_RIGHT_CTRL = 0xE4 };

/* -- The machine around it -- */

struct machine machine;
static struct device *keyboard;
static bool line;

void device_attach(struct device *device)
{
    keyboard = device;
}

void irq_set_line(uint32_t vector, bool asserted)
{
    assert_int_equal(vector, 35);
    line = asserted;
}

static uint32_t get(uint64_t offset)
{
    return keyboard->read(keyboard, offset, 1);
}

static void put(uint64_t offset, uint32_t value)
{
    keyboard->write(keyboard, offset, 1, value);
}

/* The driver reads everything; it must be `count` bytes. */
static void assert_reads(const uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(get(STATUS) & 1, 1);
        assert_int_equal(get(DATA), bytes[i]);
    }
    assert_int_equal(get(STATUS) & 1, 0);
}
#define assert_bytes(...) assert_reads((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* As after the firmware: nothing waits, interrupt and keyboard are on. */
static int new_keyboard(void **state)
{
    (void)state;
    put(STATUS, 0xAE);
    put(STATUS, 0x60);
    put(DATA, 0x45);
    put(DATA, 0xF4);
    while ((get(STATUS) & 1) != 0)
        (void)get(DATA);
    return 0;
}

static void the_firmware_leaves_keyboard_and_interrupt_on(void **state)
{
    (void)state;
    keyboard_create();
    assert_true(machine.lines_existing == UINT64_C(1) << 35);
    keyboard_key(KEY_A, true);
    assert_true(line);
    assert_bytes(0x1E);
    put(STATUS, 0x20);
    assert_bytes(0x45);
}

/* -- Keys -- */

static void a_key_says_its_code_and_the_code_with_bit_7(void **state)
{
    (void)state;
    keyboard_key(KEY_A, true);
    keyboard_key(KEY_A, false);
    assert_bytes(0x1E, 0x9E);
}

static void keys_come_in_order(void **state)
{
    (void)state;
    keyboard_key(KEY_S, true);
    keyboard_key(KEY_A, true);
    assert_bytes(0x1F, 0x1E);
}

static void newer_keys_say_e0_first(void **state)
{
    (void)state;
    keyboard_key(KEY_RIGHT, true);
    keyboard_key(KEY_RIGHT, false);
    keyboard_key(KEY_RIGHT_CTRL, true);
    assert_bytes(0xE0, 0x4D, 0xE0, 0xCD, 0xE0, 0x1D);
}

static void pause_says_all_when_it_is_pressed(void **state)
{
    (void)state;
    keyboard_key(KEY_PAUSE, true);
    assert_bytes(0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5);
    keyboard_key(KEY_PAUSE, false);
    assert_int_equal(get(STATUS) & 1, 0);
}

static void a_key_that_no_such_keyboard_has_says_nothing(void **state)
{
    const uint32_t none[] = {0, 1, 3, 0x66, 0x73, 0xDF, 0xE8, 0xFFFF, 0xFFFFFFFF};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(none); i++) {
        keyboard_key(none[i], true);
        keyboard_key(none[i], false);
    }
    assert_int_equal(get(STATUS) & 1, 0);
    assert_false(line);
}

static void no_two_keys_say_the_same(void **state)
{
    static uint8_t seen[2][128];

    (void)state;
    for (uint32_t usage = 0; usage < 0x100; usage++) {
        uint8_t bytes[SCANCODE_MAX];
        uint32_t n = scancode_set1(usage, true, bytes);

        assert_true(n == 0 || n == 1 || n == 2 || usage == KEY_PAUSE);
        if (n == 0 || n > 2 || usage == 0x32) /* 0x32: where European keyboards have the key of 0x31 */
            continue;
        assert_true(n == 1 || bytes[0] == 0xE0);
        assert_true(bytes[n - 1] > 0 && bytes[n - 1] < 0x80);
        assert_int_equal(seen[n - 1][bytes[n - 1]]++, 0);
    }
}

/* -- The controller -- */

static void the_line_is_up_while_something_waits(void **state)
{
    (void)state;
    assert_false(line);
    keyboard_key(KEY_A, true);
    keyboard_key(KEY_A, false);
    assert_true(line);
    (void)get(DATA);
    assert_true(line);
    (void)get(DATA);
    assert_false(line);
}

static void without_its_interrupt_the_line_stays_down(void **state)
{
    (void)state;
    put(STATUS, 0x60);
    put(DATA, 0x44);
    keyboard_key(KEY_A, true);
    assert_false(line);
    assert_int_equal(get(STATUS) & 1, 1);
    put(STATUS, 0x60);
    put(DATA, 0x45);
    assert_true(line);
}

static void an_empty_buffer_shows_the_last_byte_again(void **state)
{
    (void)state;
    keyboard_key(KEY_A, true);
    assert_int_equal(get(DATA), 0x1E);
    assert_int_equal(get(DATA), 0x1E);
    keyboard_key(KEY_S, true);
    assert_bytes(0x1F);
}

static void keys_beyond_the_buffer_are_lost_as_a_whole(void **state)
{
    (void)state;
    for (int i = 0; i < 15; i++)
        keyboard_key(KEY_A, true);
    keyboard_key(KEY_RIGHT, true); /* two bytes, room for one */
    keyboard_key(KEY_S, true);
    keyboard_key(KEY_S, true);
    for (int i = 0; i < 15; i++)
        assert_int_equal(get(DATA), 0x1E);
    assert_bytes(0x1F);
}

static void answers_beyond_the_buffer_are_lost(void **state)
{
    (void)state;
    keyboard_key(KEY_A, true);
    for (int i = 0; i < 20; i++)
        put(DATA, 0xEE);
    assert_int_equal(get(DATA), 0x1E);
    for (int i = 0; i < 14; i++)
        assert_int_equal(get(DATA), 0xEE);
    assert_bytes(0xEE);
}

static void a_stopped_keyboard_says_nothing(void **state)
{
    (void)state;
    put(DATA, 0xF5);
    assert_bytes(0xFA);
    keyboard_key(KEY_A, true);
    assert_int_equal(get(STATUS) & 1, 0);
    put(DATA, 0xF4);
    assert_bytes(0xFA);
    keyboard_key(KEY_A, true);
    assert_bytes(0x1E);
}

static void a_keyboard_turned_off_at_the_controller_says_nothing(void **state)
{
    (void)state;
    put(STATUS, 0xAD);
    keyboard_key(KEY_A, true);
    assert_int_equal(get(STATUS) & 1, 0);
    put(STATUS, 0xAE);
    keyboard_key(KEY_A, true);
    assert_bytes(0x1E);
}

static void the_mode_can_be_read_and_always_translates(void **state)
{
    (void)state;
    put(STATUS, 0x60);
    put(DATA, 0x05);
    put(STATUS, 0x20);
    assert_bytes(0x45);
}

static void the_controller_passes_its_tests(void **state)
{
    (void)state;
    put(STATUS, 0xAA);
    assert_bytes(0x55);
    put(STATUS, 0xAB);
    assert_bytes(0x00);
}

static void an_unknown_controller_command_is_ignored(void **state)
{
    (void)state;
    put(STATUS, 0xFF);
    assert_int_equal(get(STATUS) & 1, 0);
}

static void status_tells_commands_from_data(void **state)
{
    (void)state;
    put(STATUS, 0xAE);
    assert_int_equal(get(STATUS), 0x1C);
    put(DATA, 0xF4);
    assert_int_equal(get(STATUS), 0x15);
}

static void the_keyboard_answers_commands(void **state)
{
    (void)state;
    put(DATA, 0xEE);
    assert_bytes(0xEE);
    put(DATA, 0xF2);
    assert_bytes(0xFA, 0xAB, 0x41);
    put(DATA, 0xFF);
    assert_bytes(0xFA, 0xAA);
    put(DATA, 0xF6);
    assert_bytes(0xFA);
    put(DATA, 0x77);
    assert_bytes(0xFE);
}

static void commands_with_an_option_take_two_bytes(void **state)
{
    const uint8_t commands[] = {0xED, 0xF0, 0xF3};

    (void)state;
    for (size_t i = 0; i < sizeof(commands); i++) {
        put(DATA, commands[i]);
        put(DATA, 0xF5); /* an option, not "stop" */
        assert_bytes(0xFA, 0xFA);
        keyboard_key(KEY_A, true);
        assert_bytes(0x1E);
        put(DATA, 0xEE);
        assert_bytes(0xEE);
    }
}

static void other_registers_read_as_ones_and_ignore_writes(void **state)
{
    (void)state;
    assert_int_equal(get(1), 0xFF);
    put(1, 0xEE);
    assert_int_equal(get(STATUS) & 1, 0);
}

static uint64_t hash_now(void)
{
    struct hash h;

    hash_init(&h, 0);
    keyboard->hash(keyboard, &h);
    return hash_final(&h);
}

static void the_hash_covers_what_a_driver_can_see(void **state)
{
    uint64_t idle = hash_now(), waits;

    (void)state;
    keyboard_key(KEY_A, true);
    waits = hash_now();
    assert_int_not_equal(waits, idle);
    (void)get(DATA);
    assert_int_not_equal(hash_now(), waits);
    assert_int_not_equal(hash_now(), idle); /* the data register shows another byte now */
    idle = hash_now();
    put(STATUS, 0xAD);
    assert_int_not_equal(hash_now(), idle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_firmware_leaves_keyboard_and_interrupt_on), /* first: makes it */
        cmocka_unit_test_setup(a_key_says_its_code_and_the_code_with_bit_7, new_keyboard),
        cmocka_unit_test_setup(keys_come_in_order, new_keyboard),
        cmocka_unit_test_setup(newer_keys_say_e0_first, new_keyboard),
        cmocka_unit_test_setup(pause_says_all_when_it_is_pressed, new_keyboard),
        cmocka_unit_test_setup(a_key_that_no_such_keyboard_has_says_nothing, new_keyboard),
        cmocka_unit_test_setup(no_two_keys_say_the_same, new_keyboard),
        cmocka_unit_test_setup(the_line_is_up_while_something_waits, new_keyboard),
        cmocka_unit_test_setup(without_its_interrupt_the_line_stays_down, new_keyboard),
        cmocka_unit_test_setup(an_empty_buffer_shows_the_last_byte_again, new_keyboard),
        cmocka_unit_test_setup(keys_beyond_the_buffer_are_lost_as_a_whole, new_keyboard),
        cmocka_unit_test_setup(answers_beyond_the_buffer_are_lost, new_keyboard),
        cmocka_unit_test_setup(a_stopped_keyboard_says_nothing, new_keyboard),
        cmocka_unit_test_setup(a_keyboard_turned_off_at_the_controller_says_nothing, new_keyboard),
        cmocka_unit_test_setup(the_mode_can_be_read_and_always_translates, new_keyboard),
        cmocka_unit_test_setup(the_controller_passes_its_tests, new_keyboard),
        cmocka_unit_test_setup(an_unknown_controller_command_is_ignored, new_keyboard),
        cmocka_unit_test_setup(status_tells_commands_from_data, new_keyboard),
        cmocka_unit_test_setup(the_keyboard_answers_commands, new_keyboard),
        cmocka_unit_test_setup(commands_with_an_option_take_two_bytes, new_keyboard),
        cmocka_unit_test_setup(other_registers_read_as_ones_and_ignore_writes, new_keyboard),
        cmocka_unit_test_setup(the_hash_covers_what_a_driver_can_see, new_keyboard),
    };

    return cmocka_run_group_tests_name("sim_keyboard", tests, NULL, NULL);
}
