/* SPDX-License-Identifier: MIT */
/* The two parts of the device tree fuzzer: the walk (fdt_fuzz.c) and the comparison with libfdt (fdt_compare.c). */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include <base/fdt.h>

struct tree {
    struct fdt fdt;
    const uint8_t *blob;
    size_t size;
    bool linux_phandle; /* an old kind of phandle, which only libfdt knows */
};

/** Does libfdt find this blob sound? */
bool libfdt_accepts(const uint8_t *data, size_t size);
/** Must the reader open this blob, which libfdt accepts? */
bool libfdt_must_open(const uint8_t *blob);
/** Both read the same. */
void libfdt_compare(const struct tree *tree);
