/* SPDX-License-Identifier: MIT */
#include "diag_priv.h"

static KSTATE struct diag_state state;

struct diag_state *diag_state(void)
{
    return &state;
}

struct counters *counters_get(void)
{
    return &state.counters;
}
