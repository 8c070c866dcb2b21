/* SPDX-License-Identifier: MIT */
/* HAL contract: the other CPUs. */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

/**
 * Start CPU `cpu` (1..arch_cpu_count()-1): it runs entry(cpu) with interrupts disabled on a boot stack of its own.
 * What the caller wrote before is visible to it. INVALID_ARGS, BAD_STATE (running already).
 */
MUST_CHECK status_t arch_start_cpu(uint32_t cpu, void (*entry)(uint32_t cpu));

/** Make `vector` (0-15) pending on every CPU of the mask, once each; the executing CPU included if named. Any context. */
void arch_send_ipi(uint32_t cpu_mask, uint32_t vector);
