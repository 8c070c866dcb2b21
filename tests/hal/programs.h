/* SPDX-License-Identifier: MIT */
/*
 * The suite's user programs, once for each ISA: a few instructions each, position-independent. "w1" is payload word 1
 * of a system call, as aegis.tbl lays the words out in registers.
 */
#pragma once
#include <abi/types.h>

enum hal_program_id {
    HAL_PROGRAM_ECHO,       /* system calls for ever, registers untouched */
    HAL_PROGRAM_CALL,       /* call 5, target 2, words 0x11 0x22 0x33 0x44; for ever */
    HAL_PROGRAM_LOAD,       /* system call; load the byte at address w1 into w2; system call */
    HAL_PROGRAM_STORE,      /* system call; store the low byte of w2 at address w1; system call */
    HAL_PROGRAM_JUMP,       /* system call; jump to address w1. trap: offset to which no jump may go (0: any) */
    HAL_PROGRAM_SPIN,       /* an endless loop */
    HAL_PROGRAM_LOAD_LOOP,  /* system call; then load from address w1 in an endless loop */
    HAL_PROGRAM_ILLEGAL,    /* an instruction that does not exist */
    HAL_PROGRAM_PRIVILEGED, /* one that user mode may not execute */
    HAL_PROGRAM_WAIT,       /* wait for an interrupt, a privileged instruction as well */
    HAL_PROGRAM_FOREIGN,    /* a call to somebody else: software interrupt, hypervisor, machine mode */
    HAL_PROGRAM_BREAKPOINT,
    HAL_PROGRAM_FP,         /* floating point */
    HAL_PROGRAM_COUNTER,    /* read a cycle or time counter */
    HAL_PROGRAM_DIVIDE,     /* divide by zero, where that traps */
    HAL_PROGRAM_PORT_READ,  /* read port 0x3FD, where there are ports, into w0; system call */
    HAL_PROGRAM_REGISTERS,  /* every general register and sp get values from 0x1000 up; then an endless loop */
    HAL_PROGRAM_COUNT,
};

struct hal_program {
    const void *code;
    uint32_t size;      /* bytes; 0: this ISA has no such thing */
    uint32_t trap;      /* offset of the instruction that traps or loops for ever */
    uint32_t registers; /* REGISTERS: how many get a value, sp included */
};

extern const struct hal_program hal_programs[HAL_PROGRAM_COUNT];
