/* SPDX-License-Identifier: MIT */
#pragma once
#include <base/fdt.h>

/** Find the host bridge and what memory it may give to functions. Boot context. */
void pci_find_bridge(const struct fdt *fdt);
