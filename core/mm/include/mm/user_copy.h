/* SPDX-License-Identifier: MIT */
/*
 * The only way core reads or writes user memory. Addresses are checked against the range that static tasks may own before
 * the HAL's copy checks every page for the user's own right to it.
 */
#pragma once
#include <abi/types.h>
#include <arch/mmu.h>
#include <base/compiler.h>

/** True if [start, start+len) lies in the user range of <abi/layout.h> without wrapping; an empty range does not. */
bool user_range_ok(struct uaddr start, uint64_t len);

/**
 * Copy `len` bytes in from user memory of `space`, whose tables the caller keeps from changing. BAD_ADDRESS: some byte is
 * outside the range or not user-readable.
 */
MUST_CHECK status_t user_copy_in(const struct arch_space *space, void *dst, struct uaddr src, size_t len);
