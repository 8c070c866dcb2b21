/* SPDX-License-Identifier: MIT */
/* Around the fuzzer of the command line: a folder of files that arguments can name, and coverage across processes. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Make the folder, with good and bad images, programs and trees; it goes when the process ends. */
void folder_make(void);
/** Its path. */
const char *folder_path(void);
/** The contents of its file `given`. */
void folder_give(const void *data, size_t size);
/** Is everything in it as it was made, or given? */
bool folder_is_untouched(void);

/**
 * Prepare memory for libFuzzer's counters, which a child hands over as the last thing it does, and its parent takes over.
 * Without libFuzzer there are none, and the child ends as any process.
 */
void counters_share(void);
void counters_hand_over(int status);
void counters_take_over(void);

/* Of libFuzzer's instrumentation: the linker's names for the section of the counters. */
extern uint8_t __start___sancov_cntrs[] __attribute__((weak));
extern uint8_t __stop___sancov_cntrs[] __attribute__((weak));
