/* SPDX-License-Identifier: MIT */
/* The scheduler's entry in the list of invariants. */
#pragma once
#include <diag/check.h>

extern const struct check_module sched_check_module;
