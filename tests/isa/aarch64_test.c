/* SPDX-License-Identifier: MIT */
/* AArch64: trap frame layout, page-table descriptors bit by bit, instruction classes as the assembler encodes them. */
#include <support/unit.h>

#include <arch/isa.h>
#include <isa/insn.h>

#define PA UINT64_C(0x48123000)

static uint64_t leaf(uint32_t flags, uint32_t level)
{
    return isa_pt_format.make_leaf(PA, flags, level);
}

static void frame_is_288_bytes_laid_out_for_the_vectors(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct trap_frame), 288);
    assert_int_equal(offsetof(struct trap_frame, x[7]), 56);
    assert_int_equal(offsetof(struct trap_frame, sp_el0), 248);
    assert_int_equal(offsetof(struct trap_frame, elr), 256);
    assert_int_equal(offsetof(struct trap_frame, spsr), 264);
    assert_int_equal(offsetof(struct trap_frame, pad), 272);
}

static void user_starts_in_el0t_with_interrupts_on(void **state)
{
    struct trap_frame frame = {.spsr = 0x3C5, .pad = {1, 2}};

    (void)state;
    isa_frame_init(&frame, 0x1000, 0x2000);
    assert_true(frame.spsr == 0);
    assert_true(frame.pad[0] == 0 && frame.pad[1] == 0);
}

static void four_levels_of_48_bits(void **state)
{
    (void)state;
    assert_int_equal(isa_pt_format.levels, 4);
    assert_int_equal(isa_pt_format.block_level, 2);
    assert_true(isa_pt_format.user_top == 0x0000FFFFFFFFFFFF);
}

static void table_descriptor(void **state)
{
    (void)state;
    assert_true(isa_pt_format.make_table(PA) == (PA | 3));
    assert_true(isa_pt_format.is_present(PA | 3));
    assert_false(isa_pt_format.is_leaf(PA | 3, 3));
    assert_false(isa_pt_format.is_leaf(PA | 3, 1));
    assert_true(isa_pt_format.is_leaf(PA | 3, 0)); /* there it is a page */
    assert_true(isa_pt_format.address(PA | 3) == PA);
}

/* Common to all: valid page, AttrIndx 2, inner shareable, AF, nG. */
#define PAGE_BITS (PA | 3 | 2 << 2 | 3 << 8 | 1 << 10 | 1 << 11)
#define EL0       (1u << 6)
#define READ_ONLY (1u << 7)
#define PXN       (UINT64_C(1) << 53)
#define UXN       (UINT64_C(1) << 54)

static void user_code_is_read_only_and_pxn(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_USER, 0) == (PAGE_BITS | EL0 | READ_ONLY | PXN));
}

static void user_data_is_writable_and_never_executed(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE, 0) == (PAGE_BITS | EL0 | PXN | UXN));
}

static void user_constants_are_neither(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE, 0) == (PAGE_BITS | EL0 | READ_ONLY | PXN | UXN));
}

static void kernel_code_is_uxn(void **state)
{
    (void)state;
    assert_true(leaf(0, 0) == (PAGE_BITS | READ_ONLY | UXN));
}

static void kernel_data_is_uxn_and_pxn(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE, 0) == (PAGE_BITS | UXN | PXN));
}

static void device_memory_is_attribute_3(void **state)
{
    (void)state;
    assert_true((leaf(ARCH_MAP_NOCACHE, 0) & 0x1C) == 3 << 2);
}

static void block_has_no_page_bit(void **state)
{
    (void)state;
    assert_int_equal(leaf(0, 1) & 3, 1);
    assert_int_equal(leaf(0, 2) & 3, 1);
    assert_true(isa_pt_format.is_leaf(leaf(0, 1), 1));
    assert_true(isa_pt_format.is_leaf(leaf(0, 2), 2));
}

static void zero_is_not_present(void **state)
{
    (void)state;
    assert_false(isa_pt_format.is_present(0));
    assert_false(isa_pt_format.is_present(PA | 2)); /* bit 0 decides */
    assert_true(isa_pt_format.is_present(PA | 1));
}

static void address_bits_are_12_to_47(void **state)
{
    (void)state;
    assert_true(isa_pt_format.address(UINT64_MAX) == 0x0000FFFFFFFFF000);
    assert_true(isa_pt_format.make_table(UINT64_MAX) == 0x0000FFFFFFFFF003);
    assert_int_equal(isa_pt_format.make_leaf(UINT64_MAX, 0, 0) >> 48 & 0x1F, 0);
}

/* ---- instructions ---- */

struct sample {
    const char *text; /* for the reader and for a failure */
    uint32_t word;
};

static void expect(const struct sample *samples, enum isa_insn_class expected)
{
    for (; samples->text != NULL; samples++) {
        const uint32_t w = samples->word;
        const uint8_t bytes[4] = {(uint8_t)w, (uint8_t)(w >> 8), (uint8_t)(w >> 16), (uint8_t)(w >> 24)};
        enum isa_insn_class cls = (enum isa_insn_class)99;

        assert_int_equal(isa_insn_decode(bytes, 4, &cls), 4);
        if (cls != expected)
            fail_msg("%s: class %d, not %d", samples->text, (int)cls, (int)expected);
    }
}

static void scalar_fp_and_simd(void **state)
{
    static const struct sample samples[] = {
        {"fmov d0, #1.0", 0x1E6E1000},  {"fadd s0, s1, s2", 0x1E222820},     {"fcvtzs x0, d0", 0x9E780000},
        {"fmov x0, d1", 0x9E660020},    {"scvtf d0, w1", 0x1E620020},        {"add v0.4s, v1.4s, v2.4s", 0x4EA28420},
        {"movi v0.2d, #0", 0x6F00E400}, {"aese v0.16b, v1.16b", 0x4E284820}, {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_FP);
}

static void fp_loads_and_stores(void **state)
{
    static const struct sample samples[] = {
        {"ldr d0, [x1]", 0xFD400020},
        {"str q0, [sp, #16]", 0x3D8007E0},
        {"ldp d8, d9, [sp], #16", 0x6CC127E8},
        {"stp q0, q1, [x0]", 0xAD000400},
        {"ldr s0, .", 0x1C000000},
        {"ld1 {v0.4s}, [x0]", 0x4C407800},
        {"st4 {v0.16b, v1.16b, v2.16b, v3.16b}, [x0], #64", 0x4C9F0000},
        {"stur q3, [x0, #-16]", 0x3C9F0003},
        {"ldnp d0, d1, [x0]", 0x6C400400},
        {"ldr s0, [x0], #0", 0xBC400400},
        {"ldapur d0, [x0]", 0xDD400800},
        {"ldr q0, [x0, x1]", 0x3CE16800},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_FP);
}

static void fp_status_registers(void **state)
{
    static const struct sample samples[] = {
        {"mrs x0, fpcr", 0xD53B4400},
        {"msr fpsr, x1", 0xD51B4421},
        {"mrs x0, svcr", 0xD53B4240},
        {"mrs x0, s3_3_c4_c4_2 (FPMR)", 0xD53B4440},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_FP);
}

static void scalable_vectors_and_matrices(void **state)
{
    static const struct sample samples[] = {
        {"add z0.s, z1.s, z2.s", 0x04A20020},
        {"ldr z0, [x0]", 0x85804000},
        {"ptrue p0.b", 0x2518E3E0},
        {"smstart", 0xD503477F},
        {"smstop sm", 0xD503427F},
        {"smstart za", 0xD503457F},
        {"zero {za}", 0xC00800FF},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_FP);
}

static void generic_timer_counters(void **state)
{
    static const struct sample samples[] = {
        {"mrs x0, cntvct_el0", 0xD53BE040},   {"mrs x1, cntpct_el0", 0xD53BE021},    {"mrs x1, cntfrq_el0", 0xD53BE001},
        {"msr cntv_ctl_el0, x0", 0xD51BE320}, {"mrs x0, s3_3_c14_c0_6", 0xD53BE0C0}, {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_COUNTER);
}

static void performance_and_activity_monitors(void **state)
{
    static const struct sample samples[] = {
        {"mrs x0, pmccntr_el0", 0xD53B9D00},
        {"mrs x0, pmcr_el0", 0xD53B9C00},
        {"mrs x0, pmevcntr0_el0", 0xD53BE800},
        {"mrs x0, pmevcntr30_el0", 0xD53BEBC0},
        {"msr pmuserenr_el0, x0", 0xD51B9E00},
        {"mrs x0, pmxevcntr_el0", 0xD53B9D40},
        {"mrs x0, pmovsset_el0", 0xD53B9E60},
        {"mrs x0, s3_3_c13_c4_0", 0xD53BD400},
        {"mrs x0, pmccfiltr_el0", 0xD53BEFE0},
        {"mrs x0, s3_3_c13_c2_0 (AMCR_EL0)", 0xD53BD200},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_COUNTER);
}

static void random_number_registers(void **state)
{
    static const struct sample samples[] = {
        {"mrs x0, rndr", 0xD53B2400},
        {"mrs x0, rndrrs", 0xD53B2420},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_COUNTER);
}

static void other_system_instructions(void **state)
{
    static const struct sample samples[] = {
        {"mrs x0, tpidr_el0", 0xD53BD040},
        {"msr tpidr_el0, x0", 0xD51BD040},
        {"mrs x0, tpidrro_el0", 0xD53BD060},
        {"mrs x0, nzcv", 0xD53B4200},
        {"mrs x0, dczid_el0", 0xD53B00E0},
        {"mrs x0, ctr_el0", 0xD53B0020},
        {"mrs x0, midr_el1", 0xD5380000},
        {"mrs x0, cntkctl_el1", 0xD538E100},
        {"mrs x0, daif", 0xD53B4220},
        {"svc #0", 0xD4000001},
        {"brk #1", 0xD4200020},
        {"hlt #1", 0xD4400020},
        {"wfi", 0xD503207F},
        {"isb", 0xD5033FDF},
        {"dc zva, x0", 0xD50B7420},
        {"msr daifset, #2", 0xD50342DF},
        {"msr spsel, #1", 0xD50041BF},
        {"sys #3, c7, c5, #1, x0", 0xD50B7520},
        {"mrs x0, s3_3_c9_c11_0", 0xD53B9B00}, /* below and above the performance monitors */
        {"mrs x0, s3_3_c9_c15_0", 0xD53B9F00},
        {"mrs x0, s3_3_c13_c1_0", 0xD53BD100}, /* below the activity monitors */
        {"mrs x0, s3_3_c2_c4_2", 0xD53B2440},  /* behind RNDRRS */
        {"mrs x0, s3_3_c4_c4_3", 0xD53B4460},  /* behind FPMR */
        {"mrs x0, s2_3_c14_c0_2", 0xD533E040}, /* op0 2: debug */
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_OTHER);
}

static void integer_instructions(void **state)
{
    static const struct sample samples[] = {
        {"add x0, x1, x2", 0x8B020020},
        {"ldr x0, [x1]", 0xF9400020},
        {"str w0, [x1, #4]", 0xB9000420},
        {"ldp x29, x30, [sp], #16", 0xA8C17BFD},
        {"ldxr x0, [x1]", 0xC85F7C20},
        {"stlxr w2, x0, [x1]", 0xC802FC20},
        {"ldadd x0, x1, [x2]", 0xF8200041},
        {"ldr x0, .", 0x58000000},
        {"prfm pldl1keep, [x0]", 0xF9800000},
        {"b .", 0x14000000},
        {"bl .", 0x94000000},
        {"cbz x0, .", 0xB4000000},
        {"ret", 0xD65F03C0},
        {"mul x0, x1, x2", 0x9B027C20},
        {"adrp x0, .", 0x90000000},
        {"udf #0", 0x00000000},
        {"crc32b w0, w1, w2", 0x1AC24020},
        {"reserved, bit 31 clear", 0x00000001},
        {"cpyfp [x0]!, [x1]!, x2!", 0x19010440},
        {"cpyp [x0]!, [x1]!, x2!", 0x1D010440},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_OTHER);
}

static void instruction_that_does_not_fit(void **state)
{
    static const uint8_t ret[4] = {0xC0, 0x03, 0x5F, 0xD6};
    enum isa_insn_class cls;

    (void)state;
    for (uint32_t avail = 0; avail < 4; avail++)
        assert_int_equal(isa_insn_decode(ret, avail, &cls), 0);
    assert_int_equal(isa_insn_decode(ret, 4, &cls), 4);
    assert_int_equal(isa_insn_decode(ret, UINT32_MAX, &cls), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame_is_288_bytes_laid_out_for_the_vectors),
        cmocka_unit_test(user_starts_in_el0t_with_interrupts_on),
        cmocka_unit_test(four_levels_of_48_bits),
        cmocka_unit_test(table_descriptor),
        cmocka_unit_test(user_code_is_read_only_and_pxn),
        cmocka_unit_test(user_data_is_writable_and_never_executed),
        cmocka_unit_test(user_constants_are_neither),
        cmocka_unit_test(kernel_code_is_uxn),
        cmocka_unit_test(kernel_data_is_uxn_and_pxn),
        cmocka_unit_test(device_memory_is_attribute_3),
        cmocka_unit_test(block_has_no_page_bit),
        cmocka_unit_test(zero_is_not_present),
        cmocka_unit_test(address_bits_are_12_to_47),
        cmocka_unit_test(scalar_fp_and_simd),
        cmocka_unit_test(fp_loads_and_stores),
        cmocka_unit_test(fp_status_registers),
        cmocka_unit_test(scalable_vectors_and_matrices),
        cmocka_unit_test(generic_timer_counters),
        cmocka_unit_test(performance_and_activity_monitors),
        cmocka_unit_test(random_number_registers),
        cmocka_unit_test(other_system_instructions),
        cmocka_unit_test(integer_instructions),
        cmocka_unit_test(instruction_that_does_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
