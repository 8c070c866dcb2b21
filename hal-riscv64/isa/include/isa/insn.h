/* SPDX-License-Identifier: MIT */
/*
 * RISC-V instructions: length, and what a task of the static ABI may not execute although the emulating engine would.
 */
#pragma once
#include <abi/types.h>

enum isa_insn_class {
    ISA_INSN_OTHER,
    ISA_INSN_FP,      /* F, D, Q or V, with compressed loads and stores and the FP status registers */
    ISA_INSN_COUNTER, /* reads cycle, time, instret or a performance counter */
};

/**
 * Length in bytes of the instruction at `p` and its class; 0 if it does not end within `avail` bytes. Encodings that
 * are not instructions are ISA_INSN_OTHER: executing them traps anyway. Pure; any context.
 */
uint32_t isa_insn_decode(const uint8_t *p, uint32_t avail, enum isa_insn_class *cls);
