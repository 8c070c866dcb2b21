/* SPDX-License-Identifier: MIT */
/*
 * A stub of gdb's remote serial protocol for the machine's user code: every task is a thread. The machine stops as a whole
 * and takes no virtual time while it is stopped, so a run under gdb is the run without it.
 */
#pragma once

struct options;

/**
 * Wait at options->gdb ("tcp:[HOST]:PORT" or "unix:PATH") for gdb; the machine stops before its first user instruction, or at
 * options->gdb_at, until it comes. After tasks_start(), before the machine starts. Says what is wrong; an exit code, or 0.
 */
int gdb_open(const struct options *options);
/** The machine has ended: tell gdb its exit code. */
void gdb_close(int code);
