/* SPDX-License-Identifier: MIT */
/* X15 is a defect of a user program: the shipped uart_driver is asked to print memory that no client granted. */
#include <fake_kernel.h>

#include <string.h>

#define GRANT ((uint64_t)LAYOUT_GRANT_BASE)
#define ERROR_REPLY 0x4552u
#define BEAT {AEGIS_NR_HEARTBEAT, FAKE_ANY, FAKE_ANY, FAKE_ANY, STATUS_OK, {0}}

/* The driver greets (a beat after each of four bursts), then serves one request, which it must refuse, and is told to stop. */
static void assert_prints_nothing_of(uint64_t addr, uint64_t len)
{
    const struct fake_step steps[] = {
        {AEGIS_NR_DEVICE_MAP, FAKE_ANY, 0, FAKE_ANY, STATUS_OK, {0, 3, 0x3F8, 1}},
        BEAT, BEAT, BEAT, BEAT,
        BEAT, {AEGIS_NR_RECV, 0, FAKE_ANY, FAKE_ANY, STATUS_OK, {addr, len, 0}},
        BEAT, {AEGIS_NR_SEND, 0, ERROR_REPLY, FAKE_ANY, STATUS_OK, {0}},
        BEAT, {AEGIS_NR_RECV, 0, FAKE_ANY, FAKE_ANY, ERR_KILLED, {0}},
    };

    memset(fake_grant_page(), '!', PAGE_SIZE);
    (void)fake_run(uart_driver_main, steps);
    fake_assert_done();
    assert_memory_equal(fake_output(), "DRV:ready ", strlen("DRV:ready "));
    assert_null(strchr(fake_output(), '!'));
}

TEST(x15)
{
    assert_prints_nothing_of(LAYOUT_IMAGE_BASE, 16);
    assert_prints_nothing_of(GRANT - 1, 8);
    assert_prints_nothing_of(GRANT, PAGE_SIZE + 1);
    assert_prints_nothing_of(GRANT + PAGE_SIZE - 1, 2);
    assert_prints_nothing_of(UINT64_MAX, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {.name = "X15 the UART driver refuses addresses outside its grant page", .test_func = x15},
    };

    return cmocka_run_group_tests_name("regress_driver", tests, NULL, NULL);
}
