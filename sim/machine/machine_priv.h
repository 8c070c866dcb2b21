/* SPDX-License-Identifier: MIT */
/* What the files of this folder share. */
#pragma once
#include <sim/machine.h>

/** Start CPU `id` on its boot stack; false if it runs already. */
bool cpu_start(uint32_t id);
/** Prepare ticks and inter-processor interrupts of every CPU, and the board's lines. */
void irq_init(void);
/** Start the periodic interrupt of the running CPU. */
void irq_start_tick(uint32_t hz);
/** Acknowledge the lowest pending vector of the running CPU that is not in the set `except`; -1: none. */
int irq_claim(uint64_t except);
/** Forget what is pending for the running CPU; on CPU 0 mask all lines. */
void irq_reset(void);
void irq_set_mask(uint32_t vector, bool masked);
void irq_send(uint32_t cpu_mask, uint32_t vector);

/** Map RAM and framebuffer memory on the host. False: the host has no room. */
bool ram_create(void);
/** Host address of [pa, pa + len) in RAM, or NULL. */
uint8_t *ram_at(uint64_t pa, uint64_t len);
/** Is there enough RAM? If not, says so on stderr; an exit code or 0. */
int boot_check(void);
/** Put device tree and boot module into RAM. Says on stderr what does not fit; an exit code or 0. */
int boot_load(void);
/** Attach the board's devices. */
void board_create(void);
/** Write the device tree of the machine to `blob` of `size` bytes. False: does not fit. */
bool dtb_generate(void *blob, size_t size, uint64_t initrd_start, uint64_t initrd_end);
/** Write the given device tree there, with this machine's boot module and command line in it. False: does not fit. */
bool dtb_adapt(void *blob, size_t size, uint64_t initrd_start, uint64_t initrd_end);

/* By the linker: the lowest address of the executable, 0 in the file, and the first behind its code. */
extern const char __executable_start, etext;
