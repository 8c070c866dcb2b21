/* SPDX-License-Identifier: MIT */
/* x86_64: what the CPU pushes and takes, and page-table entries bit by bit. */
#include <support/unit.h>

#include <arch/isa.h>
#include <isa/insn.h>

#define PA UINT64_C(0x123000)

static uint64_t leaf(uint32_t flags, uint32_t level)
{
    return isa_pt_format.make_leaf(PA, flags, level);
}

/* The order in which the CPU pushes an interrupt's frame, error code below it. */
static void frame_ends_as_iretq_takes_it(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct trap_frame), 176);
    assert_int_equal(offsetof(struct trap_frame, vector), 120);
    assert_int_equal(offsetof(struct trap_frame, error), 128);
    assert_int_equal(offsetof(struct trap_frame, rip), 136);
    assert_int_equal(offsetof(struct trap_frame, cs), 144);
    assert_int_equal(offsetof(struct trap_frame, rflags), 152);
    assert_int_equal(offsetof(struct trap_frame, rsp), 160);
    assert_int_equal(offsetof(struct trap_frame, ss), 168);
}

static void user_starts_in_ring_3_with_interrupts_on(void **state)
{
    struct trap_frame frame = {.vector = 1, .error = 2};

    (void)state;
    isa_frame_init(&frame, 0x1000, 0x2000);
    assert_true(frame.cs == 0x2B);
    assert_true(frame.ss == 0x23);
    assert_true(frame.rflags == 0x202);
    assert_true(frame.vector == 0 && frame.error == 0);
}

static void answer_leaves_what_syscall_leaves(void **state)
{
    struct trap_frame frame = {.rip = 0x40100123, .rflags = 0x246};
    const uint64_t none[4] = {0};

    (void)state;
    isa_frame_set_result(&frame, STATUS_OK, none, 0);
    assert_true(frame.rcx == 0x40100123);
    assert_true(frame.r11 == 0x246);
}

static void four_levels_of_47_user_bits(void **state)
{
    (void)state;
    assert_int_equal(isa_pt_format.levels, 4);
    assert_int_equal(isa_pt_format.block_level, 2);
    assert_true(isa_pt_format.user_top == 0x00007FFFFFFFFFFF);
}

enum { P = 1, W = 2, U = 4, PWT = 8, PCD = 16, A = 32, D = 64, PS = 128 };
#define NX (UINT64_C(1) << 63)

static void table_entry_grants_everything(void **state)
{
    (void)state;
    assert_true(isa_pt_format.make_table(PA) == (PA | P | W | U | A));
    assert_false(isa_pt_format.is_leaf(PA | P | W | U | A, 3));
    assert_false(isa_pt_format.is_leaf(PA | P | W | U | A, 1));
    assert_true(isa_pt_format.address(PA | P | W | U | A) == PA);
}

static void user_code(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_USER, 0) == (PA | P | U | A));
}

static void user_data_is_dirty_from_the_start(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE, 0) == (PA | P | W | U | A | D | NX));
}

static void user_constants(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE, 0) == (PA | P | U | A | NX));
}

static void kernel_code_and_data_have_no_user_bit(void **state)
{
    (void)state;
    assert_true(leaf(0, 0) == (PA | P | A));
    assert_true(leaf(ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE, 0) == (PA | P | W | A | D | NX));
}

static void nocache_is_uncacheable(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_NOCACHE | ARCH_MAP_NO_EXECUTE, 0) == (PA | P | A | PCD | PWT | NX));
}

static void blocks_have_the_size_bit(void **state)
{
    (void)state;
    assert_true(leaf(0, 1) == (PA | P | A | PS));
    assert_true(leaf(0, 2) == (PA | P | A | PS));
    assert_true(isa_pt_format.is_leaf(leaf(0, 1), 1));
    assert_true(isa_pt_format.is_leaf(leaf(0, 2), 2));
}

static void level_0_is_a_leaf_whatever_bit_7_says(void **state)
{
    (void)state;
    assert_true(isa_pt_format.is_leaf(PA | P, 0));
    assert_true(isa_pt_format.is_leaf(PA | P | PS, 0));
}

static void zero_is_not_present(void **state)
{
    (void)state;
    assert_false(isa_pt_format.is_present(0));
    assert_false(isa_pt_format.is_present(PA | W | U));
    assert_true(isa_pt_format.is_present(P));
}

static void address_bits_are_12_to_51(void **state)
{
    (void)state;
    assert_true(isa_pt_format.address(UINT64_MAX) == 0x000FFFFFFFFFF000);
    assert_true(isa_pt_format.make_table(UINT64_MAX) == (0x000FFFFFFFFFF000 | P | W | U | A));
    assert_int_equal(isa_pt_format.make_leaf(UINT64_MAX, 0, 0) >> 52, 0);
}

/* -- What the CPU refuses without saying why -- */

struct sample {
    const char *bytes;
    uint32_t len;
};

static void expect(const struct sample *samples, uint32_t count, enum isa_insn_class expected)
{
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(isa_insn_classify((const uint8_t *)samples[i].bytes, samples[i].len), expected);
}

static void port_instructions(void **state)
{
    static const struct sample samples[] = {
        {"\xE4\x60", 2}, {"\xE5\x60", 2}, {"\xE6\x60", 2}, {"\xE7\x60", 2}, /* port in the instruction */
        {"\xEC", 1}, {"\xED", 1}, {"\xEE", 1}, {"\xEF", 1}, /* in dx */
        {"\x6C", 1}, {"\x6D", 1}, {"\x6E", 1}, {"\x6F", 1}, /* strings */
        {"\x66\xED", 2}, {"\xF3\x6C", 2}, {"\xF3\x66\x48\x6F", 4}, {"\x48\x66\x48\xEC", 4},
    };

    (void)state;
    expect(samples, sizeof samples / sizeof *samples, ISA_INSN_PORT);
}

static void counters(void **state)
{
    static const struct sample samples[] = {
        {"\x0F\x31", 2}, {"\x0F\x33", 2}, {"\x0F\x01\xF9", 3}, {"\x66\x0F\x31", 3}, {"\x48\x0F\x31", 3},
        {"\x0F\xC7\xF0", 3}, {"\x48\x0F\xC7\xF7", 4}, {"\x0F\xC7\xF8", 3}, /* RDRAND, RDSEED */
    };

    (void)state;
    expect(samples, sizeof samples / sizeof *samples, ISA_INSN_COUNTER);
}

static void everything_else(void **state)
{
    static const struct sample samples[] = {
        {"", 0}, {"\x0F", 1}, {"\x0F\x01", 2}, {"\x0F\xC7", 2}, {"\x66", 1}, {"\x48", 1}, /* cut off */
        {"\xFA", 1}, {"\xF4", 1}, {"\xCD\x80", 2}, {"\x0F\x0B", 2}, {"\x0F\x01\xF8", 3},
        {"\x0F\xC7\x08", 3}, {"\x0F\xC7\x30", 3}, {"\xF3\x0F\xC7\xF8", 4}, /* CMPXCHG8B, VMPTRLD, RDPID */
        {"\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\xEC", 16}, /* too long */
    };

    (void)state;
    expect(samples, sizeof samples / sizeof *samples, ISA_INSN_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame_ends_as_iretq_takes_it),
        cmocka_unit_test(user_starts_in_ring_3_with_interrupts_on),
        cmocka_unit_test(answer_leaves_what_syscall_leaves),
        cmocka_unit_test(four_levels_of_47_user_bits),
        cmocka_unit_test(table_entry_grants_everything),
        cmocka_unit_test(user_code),
        cmocka_unit_test(user_data_is_dirty_from_the_start),
        cmocka_unit_test(user_constants),
        cmocka_unit_test(kernel_code_and_data_have_no_user_bit),
        cmocka_unit_test(nocache_is_uncacheable),
        cmocka_unit_test(blocks_have_the_size_bit),
        cmocka_unit_test(level_0_is_a_leaf_whatever_bit_7_says),
        cmocka_unit_test(zero_is_not_present),
        cmocka_unit_test(address_bits_are_12_to_51),
        cmocka_unit_test(port_instructions),
        cmocka_unit_test(counters),
        cmocka_unit_test(everything_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
