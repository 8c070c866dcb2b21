/* SPDX-License-Identifier: MIT */
/*
 * --fail-each: at every occurrence of a fault point the run splits. In one branch that one occurrence fails and the run goes on
 * to its end; the other goes on as if nothing had been. One pass of a scenario so fails every point of it in turn, and a table
 * says what became of each.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <sim/options.h>

/** Read POINT[+POINT...][,allow=deadlock][,jobs=N][,limit=TIME]. NULL, or what is wrong with it. */
const char *fail_each_parse(const char *text, struct fail_each_plan *out);

/** Split from now on. After fault_start(). */
void fail_each_start(const struct fail_each_plan *plan);

/** Is this process a branch in which something failed? */
bool fail_each_is_child(void);
/** In a branch: the run has ended with `code`. */
_Noreturn void fail_each_end_child(int code);

/**
 * The run itself has ended with `code`: wait for the branches, print the table on stdout and, if asked, as JSON. The exit code: 90
 * if something was found or nothing was reached, else `code`; without a table if the host has broken off the run.
 */
int fail_each_finish(const struct options *options, char **argv, int code);
