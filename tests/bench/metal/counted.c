/* SPDX-License-Identifier: MIT */
/* Does each operation many times; the names and their order stand in tests/bench/metal/figures.py too. */
#include "phases.h"

static __attribute__((noinline)) void mark(void)
{
    __asm__ volatile("" ::: "memory");
}

static bool empty_calls(void)
{
    bool ok = true;

    mark();
    for (uint32_t i = 0; i < ROUNDS; i++)
        ok &= aegis_heartbeat(0) == STATUS_OK;
    mark();
    return ok;
}

static bool yields(void)
{
    bool ok = true;

    mark();
    for (uint32_t i = 0; i < ROUNDS; i++)
        ok &= aegis_yield() == STATUS_OK;
    mark();
    return ok;
}

static bool notifications(void)
{
    bool ok = true;

    mark();
    for (uint32_t i = 0; i < ROUNDS; i++)
        ok &= aegis_notify(SERVER_TASK, 1) == STATUS_OK;
    mark();
    return ok;
}

static bool grants(void)
{
    bool ok = true;

    mark();
    for (uint32_t i = 0; i < GRANT_ROUNDS; i++) {
        ok &= aegis_grant_create(0, SERVER_TASK) == STATUS_OK;
        ok &= aegis_grant_revoke(0) == STATUS_OK;
    }
    mark();
    return ok;
}

static bool calls(void)
{
    struct aegis_msg reply;
    bool ok = true;

    mark();
    for (uint32_t i = 0; i < ROUNDS; i++)
        ok &= aegis_call(SERVER_ENDPOINT, i, 1, 2, 3, &reply) == STATUS_OK && reply.w[0] == i;
    mark();
    return ok;
}

/* The partner yields as often. */
static bool shared_yields(void)
{
    return aegis_notify(PARTNER_TASK, 1) == STATUS_OK && aegis_yield() == STATUS_OK && yields();
}

int main(void)
{
    return empty_calls() && yields() && notifications() && grants() && calls() && shared_yields() ? 0 : 1;
}
