/* SPDX-License-Identifier: MIT */
/* The suite's user programs for RISC-V: position-independent, assembled by hand; see programs.h for what each does. */
#include "programs.h"

static const uint32_t echo[] = {
    0x00000073, /* ecall */
    0xffdff06f, /* j .-4 */
};
static const uint32_t call[] = {
    0x00500893, /* li a7,5 */
    0x00200813, /* li a6,2 */
    0x01100513, /* li a0,17 */
    0x02200593, /* li a1,34 */
    0x03300613, /* li a2,51 */
    0x04400693, /* li a3,68 */
    0x00000073, /* ecall */
    0xfe5ff06f, /* j .-28 */
};
static const uint32_t load[] = {
    0x00000073, /* ecall */
    0x0005c603, /* lbu a2,0(a1) */
    0x00000073, /* ecall */
    0xff5ff06f, /* j .-12 */
};
static const uint32_t store[] = {
    0x00000073, /* ecall */
    0x00c58023, /* sb a2,0(a1) */
    0x00000073, /* ecall */
    0xff5ff06f, /* j .-12 */
};
static const uint32_t jump[] = {
    0x00000073, /* ecall */
    0x00058067, /* jr a1 */
};
static const uint32_t spin[] = {
    0x0000006f, /* j . */
};
static const uint32_t load_loop[] = {
    0x00000073, /* ecall */
    0x0005c603, /* lbu a2,0(a1) */
    0xffdff06f, /* j .-4 */
};
static const uint32_t illegal[] = {
    0x00000013, /* nop */
    0x0000000b, /* custom-0, not defined */
};
static const uint32_t privileged[] = {
    0x00000013, /* nop */
    0x100022f3, /* csrr t0,sstatus */
};
static const uint32_t wait[] = {
    0x00000013, /* nop */
    0x10500073, /* wfi */
};
static const uint32_t foreign[] = {
    0x00000013, /* nop */
    0x30200073, /* mret */
};
static const uint32_t breakpoint[] = {
    0x00000013, /* nop */
    0x00100073, /* ebreak */
};
static const uint32_t fp[] = {
    0x00000013, /* nop */
    0x02a57553, /* fadd.d fa0,fa0,fa0 */
};
static const uint32_t counter[] = {
    0x00000013, /* nop */
    0xc0002573, /* rdcycle a0 */
};
static const uint32_t registers[] = {
    0x000010b7, /* lui ra,0x1 */
    0x00208113, /* add sp,ra,2 # .+3958 */
    0x00308193, /* add gp,ra,3 */
    0x00408213, /* add tp,ra,4 */
    0x00508293, /* add t0,ra,5 */
    0x00608313, /* add t1,ra,6 */
    0x00708393, /* add t2,ra,7 */
    0x00808413, /* add s0,ra,8 */
    0x00908493, /* add s1,ra,9 */
    0x00a08513, /* add a0,ra,10 */
    0x00b08593, /* add a1,ra,11 */
    0x00c08613, /* add a2,ra,12 */
    0x00d08693, /* add a3,ra,13 */
    0x00e08713, /* add a4,ra,14 */
    0x00f08793, /* add a5,ra,15 */
    0x01008813, /* add a6,ra,16 */
    0x01108893, /* add a7,ra,17 */
    0x01208913, /* add s2,ra,18 */
    0x01308993, /* add s3,ra,19 */
    0x01408a13, /* add s4,ra,20 */
    0x01508a93, /* add s5,ra,21 */
    0x01608b13, /* add s6,ra,22 */
    0x01708b93, /* add s7,ra,23 */
    0x01808c13, /* add s8,ra,24 */
    0x01908c93, /* add s9,ra,25 */
    0x01a08d13, /* add s10,ra,26 */
    0x01b08d93, /* add s11,ra,27 */
    0x01c08e13, /* add t3,ra,28 */
    0x01d08e93, /* add t4,ra,29 */
    0x01e08f13, /* add t5,ra,30 */
    0x01f08f93, /* add t6,ra,31 */
    0x00108093, /* add ra,ra,1 */
    0x0000006f, /* j . */
};

const struct hal_program hal_programs[HAL_PROGRAM_COUNT] = {
    [HAL_PROGRAM_ECHO] = {.code = echo, .size = sizeof(echo)},
    [HAL_PROGRAM_CALL] = {.code = call, .size = sizeof(call)},
    [HAL_PROGRAM_LOAD] = {.code = load, .size = sizeof(load)},
    [HAL_PROGRAM_STORE] = {.code = store, .size = sizeof(store)},
    [HAL_PROGRAM_JUMP] = {.code = jump, .size = sizeof(jump)},
    [HAL_PROGRAM_SPIN] = {.code = spin, .size = sizeof(spin)},
    [HAL_PROGRAM_LOAD_LOOP] = {.code = load_loop, .size = sizeof(load_loop)},
    [HAL_PROGRAM_ILLEGAL] = {.code = illegal, .size = sizeof(illegal), .trap = 4},
    [HAL_PROGRAM_PRIVILEGED] = {.code = privileged, .size = sizeof(privileged), .trap = 4},
    [HAL_PROGRAM_WAIT] = {.code = wait, .size = sizeof(wait), .trap = 4},
    [HAL_PROGRAM_FOREIGN] = {.code = foreign, .size = sizeof(foreign), .trap = 4},
    [HAL_PROGRAM_BREAKPOINT] = {.code = breakpoint, .size = sizeof(breakpoint), .trap = 4},
    [HAL_PROGRAM_FP] = {.code = fp, .size = sizeof(fp), .trap = 4},
    [HAL_PROGRAM_COUNTER] = {.code = counter, .size = sizeof(counter), .trap = 4},
    [HAL_PROGRAM_REGISTERS] = {.code = registers, .size = sizeof(registers), .trap = 128, .registers = 31},
};
