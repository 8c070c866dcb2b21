/* SPDX-License-Identifier: MIT */
/* What the hostile programs share: they say what they are about to do, and what it means if they are still there. */
#pragma once
#include <aegis/aegis.h>

static inline void hostile_announce(const char *what)
{
    struct text t = {0};
    text_str(&t, "hostile: ");
    text_str(&t, what);
    text_str(&t, "\n");
    (void)text_print(&t);
}

/** The attack did not stop the program. The word is what tests forbid. */
static inline int hostile_survived(void)
{
    (void)print("hostile: SURVIVED\n");
    return 1;
}
