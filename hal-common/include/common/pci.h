/* SPDX-License-Identifier: MIT */
/*
 * PCI as far as boot needs it: find a function, give it memory addresses. Everything goes through the port's
 * arch_pci_config_*() and never trusts what it reads: an absent device is all ones, a broken one at worst not used.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>
#include <common/phys.h>

struct pci_function {
    uint32_t bus, dev, func;
};

/**
 * Memory addresses below 4 GiB that may still be given to functions. The port fills it from the host bridge's description,
 * and it lies in a device window (hal_map_add_device()), so that what is given out can be touched. Empty where the firmware
 * has assigned everything.
 */
struct pci_window {
    paddr_t next, end; /* [next, end) is free */
};

/**
 * The first function with these IDs on bus 0 and on the buses behind bridges that have numbers. Boot context; reads
 * configuration space only. False: none.
 */
bool pci_find(uint32_t vendor, uint32_t device, struct pci_function *out);

/**
 * The memory of base address register `index` (0-5); one that is unassigned gets an address of `window` first. Boot
 * context, the function not in use: its decoding is off for a moment. NOT_FOUND: no memory register. NO_MEMORY: unassigned,
 * and the window has no room. OUT_OF_RANGE: assigned outside every device window.
 */
MUST_CHECK status_t pci_claim_bar(struct pci_function f, uint32_t index, struct pci_window *window, struct hal_range *out);

/** Let the function answer to its memory addresses. */
void pci_enable_memory(struct pci_function f);
