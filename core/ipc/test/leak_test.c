/* SPDX-License-Identifier: MIT */
/* When every task has ended nothing is left of its communication; whatever is, is named. */
#include <support/unit.h>

#include <ipc/ipc.h>
#include <mm/frame.h>
#include <sched/sched.h>

#include "../ipc_priv.h"

static struct ipc_state *s;

static int setup(void **state)
{
    struct boot_mmap_entry map[4];
    uint32_t count = 4;

    unit_setup(state);
    sched_init();
    s = ipc_state();
    if (arch_parse_memory_map(null_boot_info(), map, &count) != STATUS_OK || frame_init(map, count) != STATUS_OK)
        return -1;
    return ipc_init() == STATUS_OK ? 0 : -1;
}

static void assert_left(const char *sentence)
{
    const char *left = ipc_check_module.leak();

    assert_string_equal(left ? left : "nothing", sentence);
    assert_false(spin_held(&s->lock));
}

TEST(nothing_is_left_at_first)
{
    assert_left("nothing");
}

TEST(a_queue_entry_is_left)
{
    assert_true(ep_queue_push(&s->ep[CONFIG_ENDPOINTS - 1].senders, 1));
    assert_left("an endpoint has a queue entry, a receiver or a server");
}

TEST(a_receiver_is_left)
{
    s->ep[0].receiver = 1;
    assert_left("an endpoint has a queue entry, a receiver or a server");
}

TEST(a_server_is_left)
{
    s->ep[1].server = 1;
    assert_left("an endpoint has a queue entry, a receiver or a server");
}

TEST(a_grant_is_left)
{
    s->grant[CONFIG_GRANTS - 1].owner = 1;
    assert_left("a grant is in use");
}

TEST(a_binding_is_left)
{
    s->irq[CONFIG_IRQ_BINDINGS - 1].active = true;
    assert_left("an interrupt is bound");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_is_left_at_first, setup),
        cmocka_unit_test_setup(a_queue_entry_is_left, setup),
        cmocka_unit_test_setup(a_receiver_is_left, setup),
        cmocka_unit_test_setup(a_server_is_left, setup),
        cmocka_unit_test_setup(a_grant_is_left, setup),
        cmocka_unit_test_setup(a_binding_is_left, setup),
    };

    return cmocka_run_group_tests_name("ipc_leak", tests, NULL, NULL);
}
