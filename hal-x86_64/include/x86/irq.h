/* SPDX-License-Identifier: MIT */
/* Interrupts: the local APIC of each CPU, the I/O APICs, and what happens between acknowledging and handling. */
#pragma once
#include <abi/types.h>

/* -- Local APIC (cpu/apic.c) -- */

/** Where its registers are, once they are in memory. Boot CPU, before the others here. */
paddr_t apic_find(void);
/** Does it answer? Boot context, its registers mapped. Panics with a named message if not. */
void apic_check(void);
/** Enable the executing CPU's own, timer stopped. */
void apic_enable(void);
void apic_eoi(void);
/** Send one interrupt; `command` is the low half of the command register: a vector, and these. Waits until it left. */
void apic_send(uint32_t apic_id, uint32_t command);
#define APIC_SEND_NMI 0x00400u
#define APIC_SEND_INIT 0x00500u
#define APIC_SEND_STARTUP 0x00600u
#define APIC_SEND_ASSERT 0x04000u
/** Interrupt with VECTOR_TIMER every `count` steps; 0: count down once from the top, masked, for calibration. */
void apic_timer_start(uint32_t count);
/** Steps left until it is 0. */
uint32_t apic_timer_read(void);

/* -- I/O APICs (cpu/ioapic.c) -- */

/** Turn the 8259s and every line off. Once, on the boot CPU. */
void ioapic_init(void);

/* -- Taking interrupts (cpu/irq.c) -- */

/** From the trap code: vector `vector` of the CPU came; acknowledge it and remember its logical number. */
void irq_note(uint32_t vector);
/** Open the window, then run the handlers of everything noted, each once. False: there was nothing. Interrupts off. */
bool irq_take(void);
