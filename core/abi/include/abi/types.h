/* SPDX-License-Identifier: MIT */
/* Scalar types that the kernel, the HALs and user space agree on. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Result of an operation: 0 (STATUS_OK) or one of the negative codes of errors.tbl. Values go through out pointers. */
typedef int32_t status_t;

/** Physical address in bytes. Never dereferenced; RAM is reached through arch_phys_ptr(). */
typedef uint64_t paddr_t;
/** Virtual address of the simulated or real machine. User addresses are never dereferenced by core. */
typedef uint64_t vaddr_t;
/** Address that came from user mode: a struct, so that it cannot be used as a pointer or mixed with others by accident. */
struct uaddr {
    vaddr_t va;
};

#define PAGE_SIZE 4096u
#define PAGE_SHIFT 12u
