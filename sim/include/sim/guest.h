/* SPDX-License-Identifier: MIT */
/*
 * The kernel as the host's side sees it: the only symbols of the pre-linked kernel object that stay visible
 * (hal-sim/CMakeLists.txt names them). sim_port of <sim/port.h> is one of them.
 */
#pragma once
#include <abi/types.h>

/** Start of the machine: runs on CPU 0 with the device tree at `fdt`. Does not return. */
void guest_boot(paddr_t fdt);
/** Start of another CPU. Does not return. */
void guest_cpu_main(uint32_t cpu);
/** The kernel has crashed (host_crash() says where): let it panic. Returns if it has not said how. */
void guest_crash(const char *what);
/**
 * Look `va` up in the page tables at `root`, as the MMU would. False: nothing is mapped. May be called while user code
 * runs; looks only.
 */
bool guest_walk(paddr_t root, vaddr_t va, paddr_t *pa, uint32_t *map_flags);
/** Panic if an invariant of the kernel is broken. On a CPU that holds no lock. [switch] Absent like kernel_hash(). */
void check_now(void) __attribute__((weak));
/** Hash of the kernel's objects, by index and never by address (core/diag). Absent from a kernel that has none. */
uint64_t kernel_hash(void) __attribute__((weak));
