/* SPDX-License-Identifier: MIT */
/* The entry of every fuzz target. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/** Run one input; what is wrong ends the process. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
