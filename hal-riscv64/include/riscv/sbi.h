/* SPDX-License-Identifier: MIT */
/*
 * The supervisor binary interface: calls into the firmware. What it offers is asked once, at boot; firmware older than
 * version 0.2 is used for its console, timer and power-off only.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

enum sbi_feature {
    SBI_TIMER,   /* sbi_set_timer() */
    SBI_IPI,     /* sbi_send_ipi() */
    SBI_HSM,     /* sbi_hart_*() */
    SBI_RESET,   /* sbi_reset() */
    SBI_CONSOLE, /* sbi_putchar() */
    SBI_FEATURE_COUNT,
};

enum sbi_reset_type { SBI_SHUTDOWN = 0, SBI_COLD_REBOOT = 1 };

/** Ask the firmware what it offers. First thing at boot. */
void sbi_init(void);
/** After sbi_init(); any context. */
bool sbi_has(enum sbi_feature feature);

/** One byte to the firmware's console; dropped where there is none. Any context. */
void sbi_putchar(char c);
/** Next timer interrupt of this hart, in ticks of the timebase. */
void sbi_set_timer(uint64_t when);

/** The software interrupt of the CPUs in the mask. The caller has ordered its stores before. */
void sbi_send_ipi(uint32_t cpu_mask);

/** Does the firmware know this hart? */
bool sbi_hart_exists(uint64_t hart);
/** Start a hart at a physical address. False: the firmware refuses. */
MUST_CHECK bool sbi_hart_start(uint64_t hart, paddr_t start);
/** This hart ends; returns where the firmware cannot. */
void sbi_reset(enum sbi_reset_type type);
