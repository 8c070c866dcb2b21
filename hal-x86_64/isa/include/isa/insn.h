/* SPDX-License-Identifier: MIT */
/*
 * x86_64 instructions that the CPU refuses to user mode with an exception that does not say why (#GP, #UD).
 */
#pragma once
#include <abi/types.h>

#define ISA_INSN_BYTES_MAX 15u /* longest instruction */

enum isa_insn_class {
    ISA_INSN_OTHER,
    ISA_INSN_PORT,    /* IN, OUT, INS, OUTS */
    ISA_INSN_COUNTER, /* RDTSC, RDTSCP, RDPMC, RDRAND, RDSEED: what differs from run to run */
};

/**
 * Class of the instruction at `p`, of which `avail` bytes can be read. Looks at prefixes and opcode only: whether the
 * whole is an instruction is the CPU's business. Pure; any context.
 */
enum isa_insn_class isa_insn_classify(const uint8_t *p, uint32_t avail);
