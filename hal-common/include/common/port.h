/* SPDX-License-Identifier: MIT */
/* What every bare-metal port gives the common half. Plain functions, resolved at link time. */
#pragma once
#include <abi/types.h>
#include <arch/cpu.h>
#include <base/compiler.h>

/* -- CPU -- */

/** Interrupts off and asleep for ever. */
NORETURN void port_cpu_park(void);
/** Make the other CPUs look at hal_state.stopping as soon as they can. */
void port_cpu_stop_others(void);
/** Take what is pending for the executing CPU now and come back with interrupts off. */
void port_irq_take(void);

/* -- Memory -- */

/** Run the user half of the executing CPU from these tables; root 0: an empty one. */
void port_space_load(paddr_t root, uint32_t asid);
/** Drop what the executing CPU cached of one page, or of everything that is not global. */
void port_tlb_flush_page(vaddr_t va);
void port_tlb_flush_all(void);
/** Drop what any CPU cached of `va` in the space with this tag, before the return: a broadcast, or hal_tlb_shootdown(). */
void port_tlb_invalidate(uint32_t asid, vaddr_t va);
/** Drop what any CPU cached of a space whose tables are about to be freed. */
void port_tlb_invalidate_space(uint32_t asid);
/** Make a change of the kernel half (a new page where none was) visible to the table walkers of all CPUs. */
void port_kernel_map_changed(void);

/**
 * Guard page `index` inside the image's data (below boot and exception stacks), in order of addresses: the map leaves it
 * out. False behind the last.
 */
bool port_boot_guard(uint32_t index, paddr_t *guard);

/* -- The end -- */

/** Hand text to an emulator's debug channel; dropped where there is none. Any context, locks may be held. */
void port_debug_write(const char *text);
/** Tell an emulator to end with this status, if it offers a way; returns where it does not. */
void port_exit(uint32_t status);
/** Switch off by the firmware or the chipset; returns where that fails. */
void port_power_off(void);
void port_reset(void);
