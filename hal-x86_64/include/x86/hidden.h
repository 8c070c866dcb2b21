/* SPDX-License-Identifier: MIT */
/*
 * Included before every kernel file: what is declared lies in the kernel, within reach of an RIP-relative address.
 * Without it compilers load the addresses of functions from a table, since a shared library might provide them.
 */
#pragma once
#pragma GCC visibility push(hidden)
