/* SPDX-License-Identifier: MIT */
/*
 * --events=FILE: every trace event as one line of hexadecimal numbers, the lines that a kernel on bare metal writes to its
 * debug channel, so that two runs can be compared by machine, and the moment behind it:
 *
 *     T kind cpu thread count a b c d e f @SEED:EVENT
 */
#pragma once

/** Write to `path` from now on. Before the machine starts. Says what is wrong; an exit code, or 0. */
int eventlog_start(const char *path);
