/* SPDX-License-Identifier: MIT */
/*
 * What only the simulator promises: an entry that core forgot to flush stays, so that the mistake shows. The tables are
 * changed behind the HAL's back, which is what forgetting looks like.
 */
#include <arch/isa.h>
#include <arch/memory.h>

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

static void unmapped_page_stays_until_flushed(void)
{
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
    CHECK(user_begin(&user, HAL_PROGRAM_STORE));
    struct pt pt = tables();
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK_OK(pt_protect(&pt, USER_DATA, ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE));
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    arch_flush_tlb_all();
    CHECK(touch() == ARCH_TRAP_PAGE);
    CHECK(user_end(&user));
}

static const struct hal_test tests[] = {
    {"an unmapped page stays reachable until flushed", unmapped_page_stays_until_flushed},
    {"a taken right to write stays until flushed", write_right_stays_until_flushed},
};
const struct hal_group hal_stale_group = {tests, ARRAY_LEN(tests)};
