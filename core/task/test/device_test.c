/* SPDX-License-Identifier: MIT */
/* Devices in the hands of tasks: one owner, mapped only for it, and never past its death. */
#include <support/calls.h>
#include <support/kernel.h>
#include <support/notes.h>
#include <support/unit.h>

#include <abi/layout.h>
#include <task/task.h>

/* hal-null: device 0 is an NS16550 at 0x09000000, 1 a PL011 at 0x09001000, 2 an NS16550 at ports 0x3F8. */
#define WINDOW(dev) (LAYOUT_DEVICE_BASE + (dev) * LAYOUT_DEVICE_STRIDE)

static uint32_t life;

static int setup(void **state)
{
    (void)state;
    life = 0;
    notes_clear();
    kernel_new(NULL);
    kernel_cmdline("check=invariants");
    return 0;
}

static void run(void)
{
    struct null_end end = kernel_boot();

    assert_string_equal(end.message, "");
    assert_int_equal(end.why, ARCH_OFF_DONE);
}

static void map(struct arch_user *u, uint64_t dev)
{
    struct null_result r = u_device_map(u, dev);

    if (r.status == STATUS_OK)
        note("%lu %lu %lx %lu; ", (unsigned long)r.w[0], (unsigned long)r.w[1], (unsigned long)r.w[2], (unsigned long)r.w[3]);
    else
        note("%s %lx; ", status_name(r.status), (unsigned long)r.w[0]);
}

/* What the task's tables say about a window. */
static void note_window(uint32_t dev)
{
    paddr_t pa = 0;
    uint32_t flags = 0;

    if (arch_walk(null_space(), WINDOW(dev), &pa, &flags) == STATUS_OK)
        note("%lx %s%s%s; ", (unsigned long)pa, flags & ARCH_MAP_WRITABLE ? "w" : "", flags & ARCH_MAP_NOCACHE ? "n" : "",
             flags & ARCH_MAP_NO_EXECUTE ? "x" : "");
    else
        note("nothing; ");
}

static void map_0_and_1(struct arch_user *u)
{
    note_window(0);
    map(u, 0);
    note_window(0);
    map(u, 1);
    note_window(1);
    u_exit(u, 0);
}

TEST(a_register_block_is_mapped_uncached_at_its_window)
{
    kernel_task(0, "caps=device_map+exit", map_0_and_1);
    run();
    assert_string_equal(notes(), "nothing; 0 2 400e0000 1; 9000000 wnx; 0 1 400e2000 4; 9001000 wnx; ");
}

static void map_ports(struct arch_user *u)
{
    map(u, 2);
    note("%x+%u; ", u->port_first, u->port_count);
    note_window(2);
    u_exit(u, 0);
}

TEST(a_port_device_opens_ports_and_maps_nothing)
{
    kernel_task(0, "caps=device_map+exit", map_ports);
    run();
    assert_string_equal(notes(), "0 3 3f8 1; 3f8+8; nothing; ");
}

static void map_twice(struct arch_user *u)
{
    map(u, 0);
    map(u, 0);
    u_exit(u, 0);
}

TEST(mapping_an_own_device_again_answers_the_same)
{
    kernel_task(0, "caps=device_map+exit", map_twice);
    run();
    assert_string_equal(notes(), "0 2 400e0000 1; 0 2 400e0000 1; ");
}

static void map_nonsense(struct arch_user *u)
{
    static const uint64_t dev[] = {3, 4, 255, 0x100000000ull, ~0ull};

    for (uint32_t i = 0; i < 5; i++)
        map(u, dev[i]);
    u_exit(u, 0);
}

TEST(devices_that_do_not_exist_are_refused)
{
    kernel_task(0, "caps=device_map+exit", map_nonsense);
    run();
    assert_string_equal(notes(), "DEVICE_INVALID ffff2001; DEVICE_INVALID ffff2001; DEVICE_INVALID ffff2001; "
                                 "DEVICE_INVALID ffff2001; DEVICE_INVALID ffff2001; ");
}

static void map_and_yield(struct arch_user *u)
{
    map(u, 0);
    (void)u_yield(u);
    u_exit(u, 0);
}

static void want_device(struct arch_user *u)
{
    map(u, 0);
    note_window(0);
    (void)u_yield(u);
    map(u, 0);
    u_exit(u, 0);
}

TEST(a_device_has_one_owner_until_that_exits)
{
    kernel_task(0, "caps=device_map+yield+exit", map_and_yield);
    kernel_task(1, "caps=device_map+yield+exit", want_device);
    run();
    assert_string_equal(notes(), "0 2 400e0000 1; DEVICE_IN_USE ffff2002; nothing; 0 2 400e0000 1; ");
}

static void map_all_and_crash(struct arch_user *u)
{
    note_window(0);
    note("ports %u; ", u->port_count);
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_device_map(u, 0);
    (void)u_device_map(u, 2);
    u_crash(u);
}

TEST(a_fault_takes_every_device_away)
{
    kernel_task(0, "caps=device_map+exit", map_all_and_crash);
    run();
    assert_string_equal(notes(), "nothing; ports 0; nothing; ports 0; ");
}

static void map_then_crash(struct arch_user *u)
{
    if (life++ > 0)
        u_exit(u, 0);
    (void)u_device_map(u, 0);
    (void)u_device_map(u, 2);
    u_crash(u);
}

static void map_while_other_is_down(struct arch_user *u)
{
    map(u, 0);
    map(u, 2);
    u_exit(u, 0);
}

TEST(others_can_have_the_device_of_a_faulted_task)
{
    kernel_task(0, "caps=device_map+exit priority=7", map_then_crash);
    kernel_task(1, "caps=device_map+exit", map_while_other_is_down);
    run();
    assert_string_equal(notes(), "0 2 400e0000 1; 0 3 3f8 1; ");
    assert_int_equal(life, 2);
}

TEST(a_mapping_that_ends_is_flushed)
{
    kernel_task(0, "caps=device_map+exit", map_twice);
    kernel_prepare();
    (void)kernel_continue();
    uint64_t with = null_flushes().page;
    kernel_new(NULL);
    kernel_task(0, "caps=device_map+exit", map_nonsense);
    (void)kernel_boot();
    assert_int_equal(with, null_flushes().page + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_register_block_is_mapped_uncached_at_its_window, setup),
        cmocka_unit_test_setup(a_port_device_opens_ports_and_maps_nothing, setup),
        cmocka_unit_test_setup(mapping_an_own_device_again_answers_the_same, setup),
        cmocka_unit_test_setup(devices_that_do_not_exist_are_refused, setup),
        cmocka_unit_test_setup(a_device_has_one_owner_until_that_exits, setup),
        cmocka_unit_test_setup(a_fault_takes_every_device_away, setup),
        cmocka_unit_test_setup(others_can_have_the_device_of_a_faulted_task, setup),
        cmocka_unit_test_setup(a_mapping_that_ends_is_flushed, setup),
    };

    return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}
