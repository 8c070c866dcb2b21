/* SPDX-License-Identifier: MIT */
/*
 * x86_64: the user registers as the trap entry saves them: the general registers pushed by the entry, then vector and
 * error code (the CPU's or a pushed 0), then what the CPU pushes and IRETQ takes back. The layout is ABI between C and
 * the entry code.
 */
#pragma once
#include <abi/types.h>

#define ISA_FRAME_SIZE   176
#define ISA_FRAME_VECTOR 120
#define ISA_FRAME_RIP    136

struct trap_frame {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

/** User segments of the kernel's descriptor table, in the order that SYSRET wants (SS, then CS), RPL 3. */
#define ISA_USER_SS 0x23u
#define ISA_USER_CS 0x2bu

_Static_assert(offsetof(struct trap_frame, rax) == 0, "rax is first");
_Static_assert(offsetof(struct trap_frame, r8) == 56, "r8");
_Static_assert(offsetof(struct trap_frame, r15) == 112, "r15");
_Static_assert(offsetof(struct trap_frame, vector) == ISA_FRAME_VECTOR, "vector");
_Static_assert(offsetof(struct trap_frame, rip) == ISA_FRAME_RIP, "rip");
_Static_assert(offsetof(struct trap_frame, ss) == ISA_FRAME_RIP + 32, "ss");
_Static_assert(sizeof(struct trap_frame) == ISA_FRAME_SIZE && ISA_FRAME_SIZE % 16 == 0, "size");
