/* SPDX-License-Identifier: MIT */
/* What the programs under exploration share. They see for themselves whether they are treated right; WRONG is what runs forbid. */
#pragma once
#include <aegis/aegis.h>

enum { SERVICE = 0, SERVER_TASK = 0 };

static inline int wrong(const char *what)
{
    struct text t = {0};
    text_str(&t, "WRONG: ");
    text_str(&t, what);
    text_str(&t, "\n");
    (void)text_print(&t);
    return 1;
}

static inline uint64_t answer_to(uint64_t question, uint64_t who)
{
    return question * 8 + who;
}
