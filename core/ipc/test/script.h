/* SPDX-License-Identifier: MIT */
/*
 * Conversations as text: each thread has a line of steps, and what it sees is noted in the order in which it happens.
 *
 *   step      does                                            notes, for thread 1
 *   s0=7      SEND 7 (and 8, 9, 10) on endpoint 0             1s
 *   c0=7      CALL the same way                               1c<reply>
 *   r0        RECV on endpoint 0                              1r<word>
 *   n2=5      NOTIFY thread 2 with bits 5                     1n
 *   w         WAIT_NOTIFY                                     1w<bits>
 *   k2        kill thread 2 as the watchdog does              1k
 *   p2        note the effective priority of thread 2         p2=<priority>
 *   q2        note what thread 2 waits for                    q2=<words>
 *   y         yield
 *   die       die and start again                             1die
 *   end       die for good; the thread is gone                1end
 *
 * A step that fails notes !STATUS instead of a value. A thread whose line is over is gone without a trace of its own:
 * whoever it owed something waits on.
 */
#pragma once
#include <support/notes.h>
#include <support/unit.h>

/** cmocka setup: no threads yet, one CPU. */
int script_setup(void **state);
/** Thread `index` with this priority and these steps. It may receive on every endpoint. */
void script_add(uint32_t index, uint32_t prio, const char *steps);
/** As script_add(), with the endpoints it may receive on. */
void script_add_receives(uint32_t index, uint32_t prio, uint32_t receives, const char *steps);
/** Run until nothing can happen, then compare the notes; all invariants must hold. */
#define script_expect(text) script_run_and_compare((text), __FILE__, __LINE__)
void script_run_and_compare(const char *text, const char *file, int line);
