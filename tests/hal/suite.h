/* SPDX-License-Identifier: MIT */
/* The groups of the suite, in the order in which they run. */
#pragma once
#include "harness.h"

extern const struct hal_group hal_boot_group;
extern const struct hal_group hal_irq_group;
extern const struct hal_group hal_timer_group;
extern const struct hal_group hal_device_group;
extern const struct hal_group hal_mmu_group;
extern const struct hal_group hal_copy_group;
extern const struct hal_group hal_context_group;
extern const struct hal_group hal_user_group;
extern const struct hal_group hal_trap_group;
extern const struct hal_group hal_tlb_group;
extern const struct hal_group hal_smp_group;
extern const struct hal_group hal_stale_group;

/** Do the one thing that a death test asks for (`die=` on the command line), if it asks; may not return. */
void hal_die(const char *cmdline);
