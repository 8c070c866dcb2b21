/* SPDX-License-Identifier: MIT */
/* RISC-V: initial status, Sv39 entries bit by bit, instruction lengths and classes as the assembler encodes them. */
#include <support/unit.h>

#include <arch/isa.h>
#include <isa/insn.h>

#define PA  UINT64_C(0x88123000)
#define PPN (PA / 4)

static uint64_t leaf(uint32_t flags, uint32_t level)
{
    return isa_pt_format.make_leaf(PA, flags, level);
}

static void frame_layout_is_fixed(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct trap_frame), 272);
    assert_int_equal(offsetof(struct trap_frame, x[9]), 72); /* a0 */
    assert_int_equal(offsetof(struct trap_frame, sepc), 248);
    assert_int_equal(offsetof(struct trap_frame, sstatus), 256);
}

static void user_starts_in_u_mode_with_interrupts_on_and_fp_off(void **state)
{
    struct trap_frame frame = {.sstatus = UINT64_MAX, .pad = 1};

    (void)state;
    isa_frame_init(&frame, 0x1000, 0x2000);
    assert_true(frame.sstatus == 0x200000020); /* UXL 64, SPIE; SPP, FS and VS 0 */
    assert_true(frame.pad == 0);
}

static void three_levels_of_39_bits(void **state)
{
    (void)state;
    assert_int_equal(isa_pt_format.levels, 3);
    assert_int_equal(isa_pt_format.block_level, 2);
    assert_true(isa_pt_format.user_top == 0x3FFFFFFFFF);
}

enum { V = 1, R = 2, W = 4, X = 8, U = 16, A = 64, D = 128, NOCACHE = 256 };

static void table_entry_has_no_rights(void **state)
{
    (void)state;
    assert_true(isa_pt_format.make_table(PA) == (PPN | V));
    assert_false(isa_pt_format.is_leaf(PPN | V, 2));
    assert_false(isa_pt_format.is_leaf(PPN | V, 1));
    assert_true(isa_pt_format.is_leaf(PPN | V, 0));
    assert_true(isa_pt_format.address(PPN | V) == PA);
}

static void user_code(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_USER, 0) == (PPN | V | R | X | U | A));
}

static void user_data_is_dirty_from_the_start(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE, 0) == (PPN | V | R | W | U | A | D));
}

static void user_constants(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE, 0) == (PPN | V | R | U | A));
}

static void kernel_code_and_data_have_no_user_bit(void **state)
{
    (void)state;
    assert_true(leaf(0, 0) == (PPN | V | R | X | A));
    assert_true(leaf(ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE, 0) == (PPN | V | R | W | A | D));
}

static void nocache_is_a_software_bit(void **state)
{
    (void)state;
    assert_true(leaf(ARCH_MAP_NOCACHE | ARCH_MAP_NO_EXECUTE, 0) == (PPN | V | R | A | NOCACHE));
}

static void leaf_is_the_same_at_every_level(void **state)
{
    (void)state;
    assert_true(leaf(0, 0) == leaf(0, 1) && leaf(0, 1) == leaf(0, 2));
}

static void any_right_makes_a_leaf(void **state)
{
    (void)state;
    assert_true(isa_pt_format.is_leaf(PPN | V | R, 1));
    assert_true(isa_pt_format.is_leaf(PPN | V | X, 1)); /* execute-only, as others may write it */
    assert_true(isa_pt_format.is_leaf(PPN | V | W, 1));
    assert_false(isa_pt_format.is_leaf(PPN | V | U | A | D, 1));
}

static void zero_is_not_present(void **state)
{
    (void)state;
    assert_false(isa_pt_format.is_present(0));
    assert_false(isa_pt_format.is_present(PPN | R | W));
    assert_true(isa_pt_format.is_present(V));
}

static void page_number_is_bits_10_to_53(void **state)
{
    (void)state;
    assert_true(isa_pt_format.address(UINT64_MAX) == 0x00FFFFFFFFFFF000);
    assert_true(isa_pt_format.make_table(UINT64_MAX) == (0x003FFFFFFFFFFC00 | V));
}

/* ---- instructions ---- */

struct sample {
    const char *text;
    uint32_t word;
};

/* Samples of 16 bits are written as such; the low two bits of the word say which they are. */
static void expect(const struct sample *samples, enum isa_insn_class expected)
{
    for (; samples->text != NULL; samples++) {
        const uint32_t w = samples->word;
        const uint8_t bytes[4] = {(uint8_t)w, (uint8_t)(w >> 8), (uint8_t)(w >> 16), (uint8_t)(w >> 24)};
        enum isa_insn_class cls = (enum isa_insn_class)99;

        assert_int_equal(isa_insn_decode(bytes, 4, &cls), (w & 3) == 3 ? 4 : 2);
        if (cls != expected)
            fail_msg("%s: class %d, not %d", samples->text, (int)cls, (int)expected);
    }
}

static void fp_loads_and_stores(void **state)
{
    static const struct sample samples[] = {
        {"fld fa0, 0(a0)", 0x00053507},
        {"flw fa0, 4(a0)", 0x00452507},
        {"flh fa0, 0(a0)", 0x00051507},
        {"flq fa0, 0(a0)", 0x00054507},
        {"fsd fs0, 8(sp)", 0x00813427},
        {"fsw ft0, 0(a1)", 0x0005A027},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_FP);
}

static void compressed_fp_loads_and_stores(void **state)
{
    static const struct sample samples[] = {
        {"c.fld fa0, 0(a0)", 0x2108},
        {"c.fsd fa0, 8(a0)", 0xA508},
        {"c.fldsp fa0, 0(sp)", 0x2502},
        {"c.fsdsp fa0, 8(sp)", 0xA42A},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_FP);
}

static void fp_arithmetic(void **state)
{
    static const struct sample samples[] = {
        {"fadd.d fa0, fa1, fa2", 0x02C5F553},
        {"fmadd.s fa0, fa1, fa2, fa3", 0x68C5F543},
        {"fmsub.d fa0, fa1, fa2, fa3", 0x6AC5F547},
        {"fnmsub.d fa0, fa1, fa2, fa3", 0x6AC5F54B},
        {"fnmadd.d fa0, fa1, fa2, fa3", 0x6AC5F54F},
        {"fmv.x.d a0, fa0", 0xE2050553},
        {"fcvt.d.w fa0, a0", 0xD2050553},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_FP);
}

static void fp_status_registers(void **state)
{
    static const struct sample samples[] = {
        {"frcsr a0", 0x00302573},
        {"frflags a0", 0x00102573},
        {"fsrm a0, a1", 0x00259573},
        {"csrrwi zero, fcsr, 0", 0x00305073},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_FP);
}

static void vectors(void **state)
{
    static const struct sample samples[] = {
        {"vsetvli t0, a0, e8, m1", 0x000572D7},
        {"vadd.vv v0, v1, v2", 0x02110057},
        {"vle8.v v0, (a0)", 0x02050007},
        {"vse8.v v0, (a0)", 0x02050027},
        {"csrr a0, vl", 0xC2002573},
        {"csrr a0, vlenb", 0xC2202573},
        {"csrr a0, vtype", 0xC2102573},
        {"csrr a0, vstart", 0x00802573},
        {"csrr a0, vxrm", 0x00A02573},
        {"csrr a0, vcsr", 0x00F02573},
        {"vaesz.vs v1, v2", 0xA623A0F7},
        {"csrr a0, vxsat", 0x00902573},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_FP);
}

static void counters(void **state)
{
    static const struct sample samples[] = {
        {"rdcycle a0", 0xC0002573},
        {"rdtime a1", 0xC01025F3},
        {"rdinstret a2", 0xC0202673},
        {"csrr a0, hpmcounter3", 0xC0302573},
        {"csrr a0, hpmcounter31", 0xC1F02573},
        {"csrrwi a0, cycle, 1", 0xC000D573},
        {"csrrc a0, time, a1", 0xC015B573},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_COUNTER);
}

static void entropy_source(void **state)
{
    static const struct sample samples[] = {
        {"csrr a0, 0x015", 0x01502573},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_COUNTER);
}

static void other_control_registers(void **state)
{
    static const struct sample samples[] = {
        {"csrr a0, sstatus", 0x10002573},
        {"csrr a0, 0xc23", 0xC2302573},
        {"csrr a0, 0xc80", 0xC8002573},
        {"csrr a0, 0x004", 0x00402573},
        {"csrr a0, 0x00b", 0x00B02573},
        {"csrw satp, a0", 0x18051073},
        {"csrr a0, 0x000", 0x00002573},
        {"csrr a0, 0x007", 0x00702573},
        {"csrr a0, 0xBFF", 0xBFF02573},
        {"csrr a0, 0x014", 0x01402573},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_OTHER);
}

/* Their upper bits look like the number of a counter, or like one of a hypervisor's loads. */
static void system_instructions_without_a_register(void **state)
{
    static const struct sample samples[] = {
        {"ecall", 0x00000073},
        {"sret", 0x10200073},
        {"wfi", 0x10500073},
        {"sfence.vma", 0x12000073},
        {"ebreak", 0x00100073},
        {"hlv.w a0, (a1)", 0x6805C573},
        {"funct3 0, bits of cycle", 0xC0000573},
        {"funct3 4, bits of cycle", 0xC0004573},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_OTHER);
}

static void integer_instructions(void **state)
{
    static const struct sample samples[] = {
        {"add a0, a1, a2", 0x00C58533},
        {"lr.d a0, (a1)", 0x1005B52F},
        {"amoadd.w a0, a1, (a2)", 0x00B6252F},
        {"jal .", 0x000000EF},
        {"beq a0, a1, .", 0x00B50063},
        {"fence", 0x0FF0000F},
        {"ld a0, 0(a1)", 0x0005B503},
        {"sd a0, 0(a1)", 0x00A5B023},
        {"lui a0, 1", 0x00001537},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_OTHER);
}

static void compressed_integer_instructions(void **state)
{
    static const struct sample samples[] = {
        {"c.ld a0, 0(a1)", 0x6188},
        {"c.sd a0, 0(a1)", 0xE188},
        {"c.ldsp a0, 0(sp)", 0x6502},
        {"c.sdsp a0, 8(sp)", 0xE42A},
        {"c.lw a0, 0(a1)", 0x4188},
        {"c.sw a0, 0(a1)", 0xC188},
        {"c.lwsp a0, 0(sp)", 0x4502},
        {"c.swsp a0, 0(sp)", 0xC02A},
        {"c.addi4spn a0, sp, 16", 0x0808},
        {"c.addi a0, 1", 0x0505},
        {"c.addiw a0, 1", 0x2505},
        {"c.li a0, 1", 0x4505},
        {"c.lui a0, 1", 0x6505},
        {"c.j .", 0xA001},
        {"c.beqz a0, .", 0xC101},
        {"c.jr ra", 0x8082},
        {"c.ebreak", 0x9002},
        {"c.add a0, a1", 0x952E},
        {"c.nop", 0x0001},
        {"c.slli a0, 3", 0x050E},
        {"all zeros", 0x0000},
        {NULL, 0},
    };

    (void)state;
    expect(samples, ISA_INSN_OTHER);
}

/* Length of an instruction whose first 16 bits are `first`. */
static uint32_t length_of(uint32_t first)
{
    const uint8_t bytes[32] = {(uint8_t)first, (uint8_t)(first >> 8)};
    enum isa_insn_class cls = ISA_INSN_FP;
    uint32_t len = isa_insn_decode(bytes, sizeof(bytes), &cls);

    if (len > 4)
        assert_int_equal(cls, ISA_INSN_OTHER);
    assert_int_equal(isa_insn_decode(bytes, len, &cls), len);
    assert_int_equal(isa_insn_decode(bytes, len - 1, &cls), 0);
    return len;
}

static void lengths_by_the_low_bits(void **state)
{
    (void)state;
    assert_int_equal(length_of(0xFFFC), 2);
    assert_int_equal(length_of(0xFFFD), 2);
    assert_int_equal(length_of(0xFFFE), 2);
    assert_int_equal(length_of(0xFFEF), 4);
    assert_int_equal(length_of(0xFF9F), 6);
    assert_int_equal(length_of(0xFF3F), 8);
}

static void lengths_of_80_bits_and_more(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 8; n++)
        assert_int_equal(length_of(0x8F7F | n << 12), 10 + 2 * n);
}

static void instruction_that_does_not_fit(void **state)
{
    static const uint8_t add[4] = {0x33, 0x85, 0xC5, 0x00};
    enum isa_insn_class cls;

    (void)state;
    for (uint32_t avail = 0; avail < 4; avail++)
        assert_int_equal(isa_insn_decode(add, avail, &cls), 0);
    assert_int_equal(isa_insn_decode(add, 4, &cls), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame_layout_is_fixed),
        cmocka_unit_test(user_starts_in_u_mode_with_interrupts_on_and_fp_off),
        cmocka_unit_test(three_levels_of_39_bits),
        cmocka_unit_test(table_entry_has_no_rights),
        cmocka_unit_test(user_code),
        cmocka_unit_test(user_data_is_dirty_from_the_start),
        cmocka_unit_test(user_constants),
        cmocka_unit_test(kernel_code_and_data_have_no_user_bit),
        cmocka_unit_test(nocache_is_a_software_bit),
        cmocka_unit_test(leaf_is_the_same_at_every_level),
        cmocka_unit_test(any_right_makes_a_leaf),
        cmocka_unit_test(zero_is_not_present),
        cmocka_unit_test(page_number_is_bits_10_to_53),
        cmocka_unit_test(fp_loads_and_stores),
        cmocka_unit_test(compressed_fp_loads_and_stores),
        cmocka_unit_test(fp_arithmetic),
        cmocka_unit_test(fp_status_registers),
        cmocka_unit_test(vectors),
        cmocka_unit_test(counters),
        cmocka_unit_test(entropy_source),
        cmocka_unit_test(other_control_registers),
        cmocka_unit_test(system_instructions_without_a_register),
        cmocka_unit_test(integer_instructions),
        cmocka_unit_test(compressed_integer_instructions),
        cmocka_unit_test(lengths_by_the_low_bits),
        cmocka_unit_test(lengths_of_80_bits_and_more),
        cmocka_unit_test(instruction_that_does_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
