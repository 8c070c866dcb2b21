/* SPDX-License-Identifier: MIT */
/*
 * Pictures of the machine's framebuffer as PNG files, without any display. What is in the file is a function of the
 * framebuffer alone.
 */
#pragma once
#include <stdint.h>

struct screen_plan {
    const char *path; /* NULL: no picture */
    uint64_t at_ns;   /* virtual time; EVENT_NEVER: at the end of the run */
};

/**
 * Take the picture of `plan` when its time comes; before machine_run(). Says on stderr why the file cannot be made there
 * and returns an exit code, or 0.
 */
int screen_open(const struct screen_plan *plan);
/** The run has ended: take the picture if it has not been taken yet. An exit code, or 0. */
int screen_close(void);
