/* SPDX-License-Identifier: MIT */
/*
 * How far the run has come: its first step of user code, its entries to the kernel (--entries), and whether anybody gets anywhere
 * (--stall).
 */
#pragma once
#include <stdint.h>
#include <stdio.h>

/** Watch from now on, if the machine's configuration asks for it. After machine_create(). */
void progress_start(void);
/** The running CPU is about to run user code; the run may end here. [switch] */
void progress_enter_user(void);
/** The running CPU has nothing to do; the run may end here. [switch] */
void progress_halt(void);
/** The running CPU has lost `units` for no fault of its own. */
void progress_forgive(uint64_t units);
/** What was wrong when --stall ended the run, as one line. */
void progress_explain(FILE *out);
