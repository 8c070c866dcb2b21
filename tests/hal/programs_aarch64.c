/* SPDX-License-Identifier: MIT */
/* The suite's user programs for AArch64: position-independent, assembled by hand; see programs.h for what each does. */
#include "programs.h"

static const uint32_t echo[] = {
    0xd4000001, /* svc #0x0 */
    0x17ffffff, /* b .-4 */
};
static const uint32_t call[] = {
    0xd28000a7, /* mov x7, #0x5 */
    0xd2800046, /* mov x6, #0x2 */
    0xd2800220, /* mov x0, #0x11 */
    0xd2800441, /* mov x1, #0x22 */
    0xd2800662, /* mov x2, #0x33 */
    0xd2800883, /* mov x3, #0x44 */
    0xd4000001, /* svc #0x0 */
    0x17fffff9, /* b .-28 */
};
static const uint32_t load[] = {
    0xd4000001, /* svc #0x0 */
    0x39400022, /* ldrb w2, [x1] */
    0xd4000001, /* svc #0x0 */
    0x17fffffd, /* b .-12 */
};
static const uint32_t store[] = {
    0xd4000001, /* svc #0x0 */
    0x39000022, /* strb w2, [x1] */
    0xd4000001, /* svc #0x0 */
    0x17fffffd, /* b .-12 */
};
static const uint32_t jump[] = {
    0xd4000001, /* svc #0x0 */
    0xd61f0020, /* br x1 */
};
static const uint32_t spin[] = {
    0x14000000, /* b . */
};
static const uint32_t load_loop[] = {
    0xd4000001, /* svc #0x0 */
    0x39400022, /* ldrb w2, [x1] */
    0x17ffffff, /* b .-4 */
};
static const uint32_t illegal[] = {
    0xd503201f, /* nop */
    0x00000000, /* udf #0 */
};
static const uint32_t privileged[] = {
    0xd503201f, /* nop */
    0xd50342df, /* msr daifset, #0x2 */
};
static const uint32_t wait[] = {
    0xd503201f, /* nop */
    0xd503207f, /* wfi */
};
static const uint32_t foreign[] = {
    0xd503201f, /* nop */
    0xd4000002, /* hvc #0x0 */
};
static const uint32_t breakpoint[] = {
    0xd503201f, /* nop */
    0xd4200000, /* brk #0x0 */
};
static const uint32_t fp[] = {
    0xd503201f, /* nop */
    0x1e6e1000, /* fmov d0, #1.000000000000000000e+00 */
};
static const uint32_t counter[] = {
    0xd503201f, /* nop */
    0xd53be040, /* mrs x0, cntvct_el0 */
};
static const uint32_t registers[] = {
    0xd2820000, /* mov x0, #0x1000 */
    0xd2820021, /* mov x1, #0x1001 */
    0xd2820042, /* mov x2, #0x1002 */
    0xd2820063, /* mov x3, #0x1003 */
    0xd2820084, /* mov x4, #0x1004 */
    0xd28200a5, /* mov x5, #0x1005 */
    0xd28200c6, /* mov x6, #0x1006 */
    0xd28200e7, /* mov x7, #0x1007 */
    0xd2820108, /* mov x8, #0x1008 */
    0xd2820129, /* mov x9, #0x1009 */
    0xd282014a, /* mov x10, #0x100a */
    0xd282016b, /* mov x11, #0x100b */
    0xd282018c, /* mov x12, #0x100c */
    0xd28201ad, /* mov x13, #0x100d */
    0xd28201ce, /* mov x14, #0x100e */
    0xd28201ef, /* mov x15, #0x100f */
    0xd2820210, /* mov x16, #0x1010 */
    0xd2820231, /* mov x17, #0x1011 */
    0xd2820252, /* mov x18, #0x1012 */
    0xd2820273, /* mov x19, #0x1013 */
    0xd2820294, /* mov x20, #0x1014 */
    0xd28202b5, /* mov x21, #0x1015 */
    0xd28202d6, /* mov x22, #0x1016 */
    0xd28202f7, /* mov x23, #0x1017 */
    0xd2820318, /* mov x24, #0x1018 */
    0xd2820339, /* mov x25, #0x1019 */
    0xd282035a, /* mov x26, #0x101a */
    0xd282037b, /* mov x27, #0x101b */
    0xd282039c, /* mov x28, #0x101c */
    0xd28203bd, /* mov x29, #0x101d */
    0xd28203de, /* mov x30, #0x101e */
    0x910003df, /* mov sp, x30 */
    0x14000000, /* b . */
};

const struct hal_program hal_programs[HAL_PROGRAM_COUNT] = {
    [HAL_PROGRAM_ECHO] = {.code = echo, .size = sizeof(echo)},
    [HAL_PROGRAM_CALL] = {.code = call, .size = sizeof(call)},
    [HAL_PROGRAM_LOAD] = {.code = load, .size = sizeof(load)},
    [HAL_PROGRAM_STORE] = {.code = store, .size = sizeof(store)},
    [HAL_PROGRAM_JUMP] = {.code = jump, .size = sizeof(jump), .trap = 2},
    [HAL_PROGRAM_SPIN] = {.code = spin, .size = sizeof(spin)},
    [HAL_PROGRAM_LOAD_LOOP] = {.code = load_loop, .size = sizeof(load_loop)},
    [HAL_PROGRAM_ILLEGAL] = {.code = illegal, .size = sizeof(illegal), .trap = 4},
    [HAL_PROGRAM_PRIVILEGED] = {.code = privileged, .size = sizeof(privileged), .trap = 4},
    [HAL_PROGRAM_WAIT] = {.code = wait, .size = sizeof(wait), .trap = 4},
    [HAL_PROGRAM_FOREIGN] = {.code = foreign, .size = sizeof(foreign), .trap = 4},
    [HAL_PROGRAM_BREAKPOINT] = {.code = breakpoint, .size = sizeof(breakpoint), .trap = 4},
    [HAL_PROGRAM_FP] = {.code = fp, .size = sizeof(fp), .trap = 4},
    [HAL_PROGRAM_COUNTER] = {.code = counter, .size = sizeof(counter), .trap = 4},
    [HAL_PROGRAM_REGISTERS] = {.code = registers, .size = sizeof(registers), .trap = 128, .registers = 32},
};
