/* SPDX-License-Identifier: MIT */
/*
 * What only the simulator promises. An entry that core forgot to flush stays, so that the mistake shows; the tables are
 * changed behind the HAL's back, which is what forgetting looks like. And code is coherent with stores of user mode.
 */
#include <arch/cpu.h>
#include <arch/isa.h>
#include <arch/memory.h>
#include <base/cmdline.h>
#include <base/string.h>

#include "suite.h"
#include "user.h"

static struct hal_user user;

static uint64_t *table_view(void *ctx, paddr_t table)
{
    (void)ctx;
    return arch_phys_ptr(table);
}

static struct pt tables(void)
{
    return (struct pt){.format = &isa_pt_format, .mem = {.entry = table_view}, .root = user.space.root};
}

/* Let the loaded program, which begins with a call, touch USER_DATA once more. */
static enum arch_trap_kind touch(void)
{
    return user_answer(&user, 0, USER_DATA, 0x42, 0) ? user_run(&user).kind : ARCH_TRAP_COUNT;
}

/* Was the machine told how its TLBs are to behave? */
static bool tlb_is(const char *mode)
{
    char word[8];
    return cmdline_get(hal.info->cmdline, "tlb", word, sizeof(word)) && str_eq(word, mode);
}

static void unmapped_page_stays_until_flushed(void)
{
    if (tlb_is("random"))
        SKIP("entries vanish");
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD));
    struct pt pt = tables();
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK_OK(pt_unmap(&pt, USER_DATA));
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    arch_flush_tlb(USER_DATA);
    CHECK(touch() == ARCH_TRAP_PAGE);
    CHECK(user_end(&user));
}

static void write_right_stays_until_flushed(void)
{
    if (tlb_is("random"))
        SKIP("entries vanish");
    CHECK(user_begin(&user, HAL_PROGRAM_STORE));
    struct pt pt = tables();
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK_OK(pt_protect(&pt, USER_DATA, ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE));
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    arch_flush_tlb_all();
    CHECK(touch() == ARCH_TRAP_PAGE);
    CHECK(user_end(&user));
}

/* The first call of the program in `user`, started afresh. */
static uint64_t first_call(void)
{
    arch_switch_address_space(&user.space);
    arch_user_init(&user.regs, USER_CODE, USER_STACK_TOP);
    return user_run(&user).kind == ARCH_TRAP_SYSCALL ? user_call(&user).nr : ~0ull;
}

/* Let the STORE program of `writer` write a program to `va` of its space. */
static bool write_program(struct hal_user *writer, const struct hal_program *program, vaddr_t va)
{
    const uint8_t *code = program->code;
    arch_switch_address_space(&writer->space);
    arch_user_init(&writer->regs, USER_CODE, USER_STACK_TOP);
    for (uint32_t i = 0; i < program->size; i++) {
        if (!user_answer(writer, 0, va + i, code[i], 0) || user_run(writer).kind != ARCH_TRAP_SYSCALL)
            return false;
    }
    return true;
}

/* Code that ran is overwritten by another program, which has its frame as data. */
static void code_sees_stores_of_others(void)
{
    static struct hal_user writer;
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    CHECK(user_begin(&writer, HAL_PROGRAM_STORE));
    uint32_t flags = ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE;
    CHECK_OK(arch_map_page(&writer.space, USER_NOTHING, user.code, flags));
    for (uint32_t round = 0; round < 3; round++) {
        CHECK(first_call() == 0);
        CHECK(write_program(&writer, &hal_programs[HAL_PROGRAM_CALL], USER_NOTHING));
        CHECK(first_call() == 5);
        CHECK(write_program(&writer, &hal_programs[HAL_PROGRAM_ECHO], USER_NOTHING));
    }
    CHECK(user_end(&writer));
    CHECK(user_end(&user));
}

static void code_sees_stores_on_other_cpus(void)
{
    static struct hal_user writer;
    if (arch_cpu_count() == 1)
        SKIP("one CPU");
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    CHECK(user_begin(&writer, HAL_PROGRAM_STORE));
    uint32_t flags = ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE;
    CHECK_OK(arch_map_page(&writer.space, USER_NOTHING, user.code, flags));
    for (uint32_t round = 0; round < 4; round++) {
        bool call = round % 2 == 1;
        arch_user_init(&user.regs, USER_CODE, USER_STACK_TOP);
        CHECK(user_run_elsewhere(&user).kind == ARCH_TRAP_SYSCALL);
        CHECK(user_call(&user).nr == (call ? 5 : 0));
        CHECK(write_program(&writer, &hal_programs[call ? HAL_PROGRAM_ECHO : HAL_PROGRAM_CALL], USER_NOTHING));
    }
    CHECK(user_end(&writer));
    CHECK(user_end(&user));
}

/*
 * What became of the entry while another program ran in its own space: the cache of a CPU is emptied by that, unless the machine
 * was told to keep everything (--fault=tlb=stale).
 */
static void other_space_empties_or_not(void)
{
    static struct hal_user other;
    CHECK(user_begin(&other, HAL_PROGRAM_LOAD));
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD));
    struct pt pt = tables();
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK_OK(pt_unmap(&pt, USER_DATA));
    arch_switch_address_space(&other.space);
    CHECK(user_answer(&other, 0, USER_DATA, 0x42, 0) && user_run(&other).kind == ARCH_TRAP_SYSCALL);
    arch_switch_address_space(&user.space);
    CHECK(touch() == (tlb_is("stale") ? ARCH_TRAP_SYSCALL : ARCH_TRAP_PAGE));
    CHECK(user_end(&user));
    CHECK(user_end(&other));
}

static const struct hal_test tests[] = {
    {"an unmapped page stays reachable until flushed", unmapped_page_stays_until_flushed},
    {"code sees stores of other programs", code_sees_stores_of_others},
    {"code sees stores on other CPUs", code_sees_stores_on_other_cpus},
    {"a taken right to write stays until flushed", write_right_stays_until_flushed},
    {"an entry survives another space only where TLBs are stale", other_space_empties_or_not},
};
const struct hal_group hal_stale_group = {tests, ARRAY_LEN(tests)};
