/* SPDX-License-Identifier: MIT */
/*
 * HAL contract: device registers. On x86 an address below 0x10000 is an I/O port; everything else, and everything on the
 * other ISAs, is memory-mapped at that physical address. Volatile, in program order. An address where no device answers
 * reads as all ones and ignores writes. Any context.
 */
#pragma once
#include <abi/types.h>

uint8_t arch_io_read8(uint64_t addr);
uint16_t arch_io_read16(uint64_t addr);
uint32_t arch_io_read32(uint64_t addr);
void arch_io_write8(uint64_t addr, uint8_t value);
void arch_io_write16(uint64_t addr, uint16_t value);
void arch_io_write32(uint64_t addr, uint32_t value);
