/* SPDX-License-Identifier: MIT */
/* What user mode sees of changed mappings. */
#include <arch/memory.h>

#include "suite.h"
#include "user.h"

#define RW (ARCH_MAP_USER | ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE)
#define RO (ARCH_MAP_USER | ARCH_MAP_NO_EXECUTE)

static struct hal_user user;
static bool faulted;

static bool begin(enum hal_program_id program)
{
    faulted = false;
    return user_begin(&user, program);
}

/*
 * Let LOAD or STORE touch USER_DATA once more; after a fault this is the same access again. Nothing here writes code or
 * changes the space, which would flush more than is tested.
 */
static enum arch_trap_kind touch(void)
{
    if (!faulted && !user_answer(&user, 0, USER_DATA, 0x99, 0))
        return ARCH_TRAP_COUNT;
    enum arch_trap_kind kind = user_run(&user).kind;
    faulted = kind == ARCH_TRAP_PAGE;
    return kind;
}

static void unmap_is_seen(void)
{
    CHECK(begin(HAL_PROGRAM_LOAD));
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK_OK(arch_unmap_page(&user.space, USER_DATA));
    CHECK(touch() == ARCH_TRAP_PAGE);
    CHECK(user_end(&user));
}

static void protect_is_seen(void)
{
    CHECK(begin(HAL_PROGRAM_STORE));
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK_OK(arch_protect_page(&user.space, USER_DATA, RO));
    CHECK(touch() == ARCH_TRAP_PAGE);
    CHECK_OK(arch_protect_page(&user.space, USER_DATA, RW));
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK_OK(arch_protect_page(&user.space, USER_DATA, ARCH_MAP_WRITABLE | ARCH_MAP_NO_EXECUTE));
    CHECK(touch() == ARCH_TRAP_PAGE);
    CHECK(user_end(&user));
}

static void remap_is_seen(void)
{
    CHECK(begin(HAL_PROGRAM_LOAD));
    *(uint8_t *)arch_phys_ptr(user.data) = 0x11;
    *(uint8_t *)arch_phys_ptr(user.read_only) = 0x22;
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK(user_call(&user).w[2] == 0x11);
    CHECK_OK(arch_unmap_page(&user.space, USER_DATA));
    CHECK_OK(arch_map_page(&user.space, USER_DATA, user.read_only, RO));
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK(user_call(&user).w[2] == 0x22);
    CHECK(user_end(&user));
}

static void new_mapping_needs_no_flush(void)
{
    CHECK(begin(HAL_PROGRAM_LOAD));
    CHECK_OK(arch_unmap_page(&user.space, USER_DATA));
    CHECK(touch() == ARCH_TRAP_PAGE); /* the absence may not be remembered either */
    CHECK_OK(arch_map_page(&user.space, USER_DATA, user.data, RW));
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK(user_end(&user));
}

static void execute_right_can_be_taken(void)
{
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
    CHECK_OK(arch_protect_page(&user.space, USER_CODE, RO));
    struct arch_trap trap = user_run(&user);
    CHECK(trap.kind == ARCH_TRAP_PAGE && trap.access == ARCH_ACCESS_EXECUTE && trap.permission);
    CHECK_OK(arch_protect_page(&user.space, USER_CODE, ARCH_MAP_USER));
    CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
    CHECK(user_end(&user));
}

static void a_frame_can_move_to_another_space(void)
{
    static struct hal_user next;
    CHECK(begin(HAL_PROGRAM_LOAD));
    *(uint8_t *)arch_phys_ptr(user.data) = 0x33;
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    CHECK(user_end(&user)); /* the same frames, and often the same root, serve the next space */
    CHECK(user_begin(&next, HAL_PROGRAM_LOAD));
    *(uint8_t *)arch_phys_ptr(next.data) = 0x44;
    CHECK(user_answer(&next, 0, USER_DATA, 0, 0));
    CHECK(user_run(&next).kind == ARCH_TRAP_SYSCALL);
    CHECK(user_call(&next).w[2] == 0x44);
    CHECK(user_end(&next));
}

static void a_new_space_may_have_an_old_root(void)
{
    CHECK(begin(HAL_PROGRAM_LOAD));
    paddr_t root = user.space.root;
    CHECK(touch() == ARCH_TRAP_SYSCALL);
    arch_switch_address_space(NULL);
    arch_destroy_address_space(&user.space);
    CHECK_OK(arch_create_address_space(&user.space, 255, &hal.frames.source));
    CHECK_OK(arch_map_page(&user.space, USER_CODE, user.code, ARCH_MAP_USER));
    arch_switch_address_space(&user.space);
    CHECK(user.space.root == root); /* the frame freed last is the first to be used again */
    CHECK(touch() == ARCH_TRAP_PAGE);
    CHECK(user_end(&user));
}

static const struct hal_test tests[] = {
    {"an unmapped page is gone", unmap_is_seen},
    {"a protected page is protected", protect_is_seen},
    {"a page mapped elsewhere is elsewhere", remap_is_seen},
    {"a new mapping needs no flush", new_mapping_needs_no_flush},
    {"the right to execute can be taken back", execute_right_can_be_taken},
    {"a new space with an old root is new", a_new_space_may_have_an_old_root},
    {"frames can move to another space", a_frame_can_move_to_another_space},
};
const struct hal_group hal_tlb_group = {tests, ARRAY_LEN(tests)};
