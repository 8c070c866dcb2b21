/* SPDX-License-Identifier: MIT */
/* Everything that a static task needs: the calls, printing, the address layout. */
#pragma once
#include <abi/layout.h>
#include <abi/status.h>
#include <aegis/calls.h>
#include <aegis/text.h>

/** RECV of a message of two words: for small requests such as (address, length). */
static inline status_t aegis_recv2(uint64_t ep, uint64_t *w0, uint64_t *w1)
{
    struct aegis_msg msg;
    status_t status = aegis_recv(ep, &msg);
    *w0 = msg.w[0];
    *w1 = msg.w[1];
    return status;
}
