/* SPDX-License-Identifier: MIT */
/*
 * What the process may still ask of its host once the machine is set up: no new privileges, and a list of the system calls
 * that a running machine needs; any other ends the process with exit code 70 and one line that names it. The list is as
 * short as the run's options allow. It is a second line of defence behind the translator, no place for hostile code.
 */
#pragma once
#include <stdbool.h>

enum sandbox_mode {
    SANDBOX_ON,
    SANDBOX_OFF,    /* no_new_privs only */
    SANDBOX_STRICT, /* nor may it open a file or split; what wants to is told so and goes without */
};

struct sandbox_plan {
    enum sandbox_mode mode;
    bool gdb;    /* a socket has been opened for gdb */
    bool window; /* a child shows the framebuffer */
    bool writes; /* a recording or a picture is written when the run ends */
};

/** Enter. Everything that needs more has been done. Returns an exit code after saying why, or 0. */
int sandbox_enter(const struct sandbox_plan *plan);
/** Say on a terminal that root is more than this program needs. */
void sandbox_warn_root(void);
