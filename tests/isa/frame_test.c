/* SPDX-License-Identifier: MIT */
/* Trap frames: initial state, call registers and reports, by the facts of the linked ISA. */
#include "facts.h"

#include <support/unit.h>

#include <string.h>

static struct trap_frame frame;

static uint64_t *reg_at(size_t offset)
{
    return (uint64_t *)((char *)&frame + offset);
}

static uint64_t *reg(const char *name)
{
    for (const struct isa_fact_register *r = isa_facts.registers; r->name != NULL; r++) {
        if (strcmp(r->name, name) == 0)
            return reg_at(r->offset);
    }
    fail_msg("no register %s", name);
    return NULL;
}

/* Every 64 bits of the frame differ from all others. */
static int fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(frame) / 8; i++)
        *reg_at(i * 8) = 0x8000000100000000u * (i + 1) + i;
    return 0;
}

static void name_and_machine(void **state)
{
    (void)state;
    assert_string_equal(isa_name, isa_facts.name);
    assert_int_equal(isa_elf_machine, isa_facts.elf_machine);
}

static void init_sets_program_counter_and_stack(void **state)
{
    (void)state;
    isa_frame_init(&frame, 0x40100010, 0x40002000);
    assert_true(isa_frame_pc(&frame) == 0x40100010);
    assert_true(isa_frame_sp(&frame) == 0x40002000);
    assert_true(*reg(isa_facts.pc) == 0x40100010);
    assert_true(*reg(isa_facts.sp) == 0x40002000);
}

static void init_leaves_nothing_of_what_was_there(void **state)
{
    const char *name;
    uint64_t value;

    (void)state;
    isa_frame_init(&frame, 0, 0);
    for (uint32_t i = 0; isa_frame_register(&frame, i, &name, &value); i++) {
        if (isa_facts.flags == NULL || strcmp(name, isa_facts.flags) != 0)
            assert_true(value == 0);
    }
}

static void call_registers(void **state)
{
    struct arch_call call;

    (void)state;
    isa_frame_get_call(&frame, &call);
    assert_true(call.nr == *reg(isa_facts.number));
    assert_true(call.target == *reg(isa_facts.target));
    for (uint32_t i = 0; i < 4; i++)
        assert_true(call.w[i] == *reg(isa_facts.payload[i]));
}

static const uint64_t words[4] = {0x1111111111111111, 0x2222222222222222, 0x3333333333333333, 0x4444444444444444};

static void result_status_in_the_number_register(void **state)
{
    (void)state;
    isa_frame_set_result(&frame, STATUS_OK, words, 0);
    assert_true(*reg(isa_facts.number) == 0);
}

static void result_status_is_sign_extended(void **state)
{
    (void)state;
    isa_frame_set_result(&frame, ERR_NO_MEMORY, words, 0);
    assert_true(*reg(isa_facts.number) == 0xFFFFFFFFFFFFFFFE);
}

static bool call_leaves(const char *name)
{
    for (uint32_t i = 0; isa_facts.call_leaves[i] != NULL; i++) {
        if (strcmp(isa_facts.call_leaves[i], name) == 0)
            return true;
    }
    return false;
}

/* Answering with `count` words changes those, the status and nothing else. */
static void expect_result_words(uint32_t count, uint32_t written)
{
    struct trap_frame before;

    fill(NULL);
    before = frame;
    isa_frame_set_result(&frame, ERR_NOT_FOUND, words, count);
    for (uint32_t i = 0; i < written; i++) {
        assert_true(*reg(isa_facts.payload[i]) == words[i]);
        memcpy(reg(isa_facts.payload[i]), (char *)&before + ((char *)reg(isa_facts.payload[i]) - (char *)&frame), 8);
    }
    memcpy(reg(isa_facts.number), (char *)&before + ((char *)reg(isa_facts.number) - (char *)&frame), 8);
    for (size_t at = 0; at < sizeof(frame); at += 8) {
        bool excused = false;

        for (const struct isa_fact_register *r = isa_facts.registers; r->name != NULL; r++)
            excused |= r->offset == at && call_leaves(r->name);
        assert_true(excused || memcmp((char *)&frame + at, (char *)&before + at, 8) == 0);
    }
}

static void result_of_no_words(void **state)
{
    (void)state;
    expect_result_words(0, 0);
}

static void result_of_one_word(void **state)
{
    (void)state;
    expect_result_words(1, 1);
}

static void result_of_four_words(void **state)
{
    (void)state;
    expect_result_words(4, 4);
}

static void result_of_more_words_is_cut(void **state)
{
    (void)state;
    expect_result_words(5, 4);
    expect_result_words(UINT32_MAX, 4);
}

static void result_words_come_back_as_a_call(void **state)
{
    struct arch_call call;

    (void)state;
    isa_frame_set_result(&frame, STATUS_OK, words, 4);
    isa_frame_get_call(&frame, &call);
    assert_memory_equal(call.w, words, sizeof(words));
}

static void set_pc_changes_only_the_pc(void **state)
{
    struct trap_frame before = frame;

    (void)state;
    isa_frame_set_pc(&frame, 0x40104000);
    assert_true(isa_frame_pc(&frame) == 0x40104000);
    *reg(isa_facts.pc) = *(uint64_t *)((char *)&before + ((char *)reg(isa_facts.pc) - (char *)&frame));
    assert_memory_equal(&frame, &before, sizeof(frame));
}

static void registers_by_position(void **state)
{
    uint32_t i = 0;
    const char *name;
    uint64_t value;

    (void)state;
    for (const struct isa_fact_register *r = isa_facts.registers; r->name != NULL; r++, i++) {
        assert_true(isa_frame_register(&frame, i, &name, &value));
        assert_string_equal(name, r->name);
        assert_true(value == *reg_at(r->offset));
    }
    name = "untouched";
    assert_false(isa_frame_register(&frame, i, &name, &value));
    assert_false(isa_frame_register(&frame, UINT32_MAX, &name, &value));
    assert_string_equal(name, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(name_and_machine, fill),
        cmocka_unit_test_setup(init_sets_program_counter_and_stack, fill),
        cmocka_unit_test_setup(init_leaves_nothing_of_what_was_there, fill),
        cmocka_unit_test_setup(call_registers, fill),
        cmocka_unit_test_setup(result_status_in_the_number_register, fill),
        cmocka_unit_test_setup(result_status_is_sign_extended, fill),
        cmocka_unit_test_setup(result_of_no_words, fill),
        cmocka_unit_test_setup(result_of_one_word, fill),
        cmocka_unit_test_setup(result_of_four_words, fill),
        cmocka_unit_test_setup(result_of_more_words_is_cut, fill),
        cmocka_unit_test_setup(result_words_come_back_as_a_call, fill),
        cmocka_unit_test_setup(set_pc_changes_only_the_pc, fill),
        cmocka_unit_test_setup(registers_by_position, fill),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
