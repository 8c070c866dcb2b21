/* SPDX-License-Identifier: MIT */
/* The layout, the strace descriptors, the fuzz grammar, and the constants that two sides spell out. */
#include <support/unit.h>

#include <abi/aegis_decode.h>
#include <abi/caps.h>
#include <abi/layout.h>
#include <aegis/device.h>
#include <arch/discovery.h>

#include "aegis_grammar.h"

static void addresses_are_the_documented_ones(void **state)
{
    (void)state;
    assert_int_equal(LAYOUT_USER_BASE, 0x40000000);
    assert_int_equal(LAYOUT_USER_BASE + LAYOUT_USER_SIZE, 0x48000000);
    assert_int_equal(LAYOUT_IMAGE_BASE, 0x40100000);
    assert_int_equal(LAYOUT_IMAGE_STRIDE, 0x4000);
}

static void a_program_is_at_most_16_kib(void **state)
{
    (void)state;
    assert_int_equal(LAYOUT_IMAGE_SIZE, 16 * 1024);
}

static void stacks_have_guards(void **state)
{
    (void)state;
    assert_int_equal(LAYOUT_STACK_STRIDE - LAYOUT_STACK_SIZE, PAGE_SIZE);
    /* Below the first stack nothing is mapped at all. */
    assert_int_equal(LAYOUT_STACK_BASE, LAYOUT_USER_BASE);
}

static void grant_pages_and_devices_have_guards(void **state)
{
    (void)state;
    assert_int_equal(LAYOUT_GRANT_STRIDE - LAYOUT_GRANT_SIZE, PAGE_SIZE);
    assert_int_equal(LAYOUT_DEVICE_STRIDE - LAYOUT_DEVICE_SIZE, PAGE_SIZE);
}

static void every_slot_has_program_and_stack(void **state)
{
    (void)state;
    assert_int_equal(LAYOUT_STACK_COUNT, LAYOUT_IMAGE_COUNT);
}

static void descriptors_name_the_calls(void **state)
{
    static const char *const names[AEGIS_NR_COUNT] = {
        "yield",  "send",         "recv",         "call",     "write",   "notify",     "wait_notify",
        "grant_create", "grant_revoke", "irq_bind", "irq_ack", "device_map", "heartbeat", "exit",
    };
    (void)state;
    for (uint32_t nr = 0; nr < AEGIS_NR_COUNT; nr++)
        assert_string_equal(aegis_call_table[nr].name, names[nr]);
}

static void a_buffer_s_descriptor_says_where_its_length_is(void **state)
{
    const struct aegis_call *write = &aegis_call_table[AEGIS_NR_WRITE];
    (void)state;
    assert_int_equal(write->arg[0].type, AEGIS_ARG_UADDR);
    assert_int_equal(write->arg[0].extra, 1);
    assert_int_equal(write->arg[1].type, AEGIS_ARG_SIZE);
    assert_int_equal(write->arg[1].reg, 1);
    assert_int_equal(write->arg[1].extra, 256);
}

static void target_arguments_are_marked(void **state)
{
    (void)state;
    assert_int_equal(aegis_call_table[AEGIS_NR_SEND].arg[0].reg, AEGIS_REG_TARGET);
    assert_int_equal(aegis_call_table[AEGIS_NR_GRANT_CREATE].arg[0].reg, 0);
    assert_int_equal(aegis_call_table[AEGIS_NR_GRANT_CREATE].arg[1].reg, AEGIS_REG_TARGET);
}

static void results_have_their_kind(void **state)
{
    (void)state;
    assert_int_equal(aegis_call_table[AEGIS_NR_YIELD].result, AEGIS_RESULT_NONE);
    assert_int_equal(aegis_call_table[AEGIS_NR_WRITE].result, AEGIS_RESULT_VALUE);
    assert_string_equal(aegis_call_table[AEGIS_NR_WRITE].result_name, "bytes");
    assert_int_equal(aegis_call_table[AEGIS_NR_RECV].result, AEGIS_RESULT_MSG);
    assert_int_equal(aegis_call_table[AEGIS_NR_DEVICE_MAP].result, AEGIS_RESULT_DEVICE);
}

static void flags_say_who_sleeps_and_who_does_not_return(void **state)
{
    (void)state;
    assert_int_equal(aegis_call_table[AEGIS_NR_RECV].flags, AEGIS_CALL_BLOCK);
    assert_int_equal(aegis_call_table[AEGIS_NR_NOTIFY].flags, 0);
    assert_int_equal(aegis_call_table[AEGIS_NR_EXIT].flags, AEGIS_CALL_NORETURN);
}

static void the_grammar_has_the_same_arguments(void **state)
{
    (void)state;
    for (uint32_t nr = 0; nr < AEGIS_NR_COUNT; nr++) {
        assert_int_equal(aegis_grammar[nr].nr, nr);
        assert_int_equal(aegis_grammar[nr].argc, aegis_call_table[nr].argc);
        for (uint32_t i = 0; i < aegis_grammar[nr].argc; i++) {
            assert_int_equal(aegis_grammar[nr].arg[i].kind, (int)aegis_call_table[nr].arg[i].type);
            assert_int_equal(aegis_grammar[nr].arg[i].reg, aegis_call_table[nr].arg[i].reg);
        }
    }
}

static void the_grammar_knows_the_ranges(void **state)
{
    (void)state;
    assert_int_equal(aegis_grammar[AEGIS_NR_SEND].arg[0].limit, 4);
    assert_int_equal(aegis_grammar[AEGIS_NR_NOTIFY].arg[0].limit, LAYOUT_IMAGE_COUNT);
    assert_int_equal(aegis_grammar[AEGIS_NR_GRANT_REVOKE].arg[0].limit, LAYOUT_GRANT_COUNT);
    assert_int_equal(aegis_grammar[AEGIS_NR_DEVICE_MAP].arg[0].limit, LAYOUT_DEVICE_COUNT);
    assert_int_equal(aegis_grammar[AEGIS_NR_WRITE].arg[1].limit, 256);
    assert_int_equal(aegis_grammar[AEGIS_NR_EXIT].arg[0].limit, 0);
}

static void libaegis_and_the_contract_agree_on_device_kinds(void **state)
{
    (void)state;
    assert_int_equal((int)AEGIS_DEVICE_PL011, (int)ARCH_DEVICE_PL011);
    assert_int_equal((int)AEGIS_DEVICE_NS16550, (int)ARCH_DEVICE_NS16550);
    assert_int_equal((int)AEGIS_DEVICE_NS16550_PORT, (int)ARCH_DEVICE_NS16550_PORT);
    assert_int_equal((int)AEGIS_DEVICE_I8042, (int)ARCH_DEVICE_I8042);
    assert_int_equal((int)AEGIS_DEVICE_I8042_PORT, (int)ARCH_DEVICE_I8042_PORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_the_documented_ones),
        cmocka_unit_test(a_program_is_at_most_16_kib),
        cmocka_unit_test(stacks_have_guards),
        cmocka_unit_test(grant_pages_and_devices_have_guards),
        cmocka_unit_test(every_slot_has_program_and_stack),
        cmocka_unit_test(descriptors_name_the_calls),
        cmocka_unit_test(a_buffer_s_descriptor_says_where_its_length_is),
        cmocka_unit_test(target_arguments_are_marked),
        cmocka_unit_test(results_have_their_kind),
        cmocka_unit_test(flags_say_who_sleeps_and_who_does_not_return),
        cmocka_unit_test(the_grammar_has_the_same_arguments),
        cmocka_unit_test(the_grammar_knows_the_ranges),
        cmocka_unit_test(libaegis_and_the_contract_agree_on_device_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
