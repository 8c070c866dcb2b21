/* SPDX-License-Identifier: MIT */
/*
 * What the kernel cannot know when a task faults, on stderr: the function, file and line, who called it, and the commands
 * that lead there again.
 */
#pragma once

struct options;

/** Explain the faults of tasks from now on. After tasks_start(). `argv` as main() got it; both stay. */
void explain_start(const struct options *options, char **argv);
