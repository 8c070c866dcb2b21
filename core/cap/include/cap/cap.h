/* SPDX-License-Identifier: MIT */
/*
 * The system-call mask of a static task: 19 bits, fixed at boot, kept over restarts. Pure functions. Which call needs which
 * bits comes from the call table; what the table does not know is denied.
 */
#pragma once
#include <abi/caps.h>
#include <abi/types.h>

#define CAP_NAMES_MAX 320u /* room for the names of all bits */

/** True if `held` has every bit of `need`. */
bool cap_check(uint32_t held, uint32_t need);
/**
 * The bits that call `nr` needs; calls on endpoints need those of endpoint `target`. False, and *need = a mask that no task
 * can hold, for an unknown call or endpoint.
 */
bool cap_for_syscall(uint64_t nr, uint64_t target, uint32_t *need);
/** The names of the bits of `mask` joined by '+' ("none" for 0, "UNKNOWN" for bits that do not exist); cut to `size`. */
void cap_names(uint32_t mask, char *out, size_t size);
