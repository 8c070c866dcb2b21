/* SPDX-License-Identifier: MIT */
/* HAL contract: time. */
#pragma once
#include <abi/types.h>

/** Start the executing CPU's periodic interrupt ARCH_VECTOR_TIMER at `frequency_hz` (1..1000). Once on each CPU. */
void arch_timer_init(uint32_t frequency_hz);
/** Monotonic time in units of 1/arch_timer_get_frequency() s, never less than any CPU has read before. Any context. */
uint64_t arch_timer_get_ticks(void);
uint32_t arch_timer_get_frequency(void);
/** Wall-clock time of the machine's RTC in seconds since 1970, UTC. */
uint64_t arch_rtc_read(void);
