/* SPDX-License-Identifier: MIT */
#pragma once
#include <abi/types.h>

/** Measure the time-stamp counter and the local APIC's timer against a clock of known frequency. Boot CPU, once. */
void clock_calibrate(void);
/** Steps a second of the local APICs' timers. */
uint32_t clock_apic_frequency(void);
