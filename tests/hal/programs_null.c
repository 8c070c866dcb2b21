/* SPDX-License-Identifier: MIT */
/* The suite's user programs for hal-null, in the byte code of null_isa.h. */
#include "null_isa.h"
#include "programs.h"

static const uint8_t echo[] = {NULL_SYSCALL, NULL_BACK, 1};
static const uint8_t call[] = {NULL_SET_CALL, NULL_SYSCALL, NULL_BACK, 2};
static const uint8_t load[] = {NULL_SYSCALL, NULL_LOAD, NULL_SYSCALL, NULL_BACK, 3};
static const uint8_t store[] = {NULL_SYSCALL, NULL_STORE, NULL_SYSCALL, NULL_BACK, 3};
static const uint8_t jump[] = {NULL_SYSCALL, NULL_JUMP};
static const uint8_t spin[] = {NULL_BACK, 0};
static const uint8_t load_loop[] = {NULL_SYSCALL, NULL_LOAD, NULL_BACK, 1};
static const uint8_t illegal[] = {NULL_NOP, 0xFF};
static const uint8_t privileged[] = {NULL_NOP, NULL_PRIVILEGED};
static const uint8_t wait[] = {NULL_NOP, NULL_PRIVILEGED};
static const uint8_t foreign[] = {NULL_NOP, NULL_PRIVILEGED};
static const uint8_t breakpoint[] = {NULL_NOP, NULL_BREAKPOINT};
static const uint8_t fp[] = {NULL_NOP, NULL_FP};
static const uint8_t counter[] = {NULL_NOP, NULL_COUNTER};
static const uint8_t divide[] = {NULL_NOP, NULL_DIVIDE};
static const uint8_t port_read[] = {NULL_NOP, NULL_PORT_READ, NULL_SYSCALL, NULL_BACK, 3};
static const uint8_t registers[] = {NULL_SET_REGISTERS, NULL_BACK, 0};

const struct hal_program hal_programs[HAL_PROGRAM_COUNT] = {
    [HAL_PROGRAM_ECHO] = {.code = echo, .size = sizeof(echo)},
    [HAL_PROGRAM_CALL] = {.code = call, .size = sizeof(call)},
    [HAL_PROGRAM_LOAD] = {.code = load, .size = sizeof(load)},
    [HAL_PROGRAM_STORE] = {.code = store, .size = sizeof(store)},
    [HAL_PROGRAM_JUMP] = {.code = jump, .size = sizeof(jump)},
    [HAL_PROGRAM_SPIN] = {.code = spin, .size = sizeof(spin)},
    [HAL_PROGRAM_LOAD_LOOP] = {.code = load_loop, .size = sizeof(load_loop)},
    [HAL_PROGRAM_ILLEGAL] = {.code = illegal, .size = sizeof(illegal), .trap = 1},
    [HAL_PROGRAM_PRIVILEGED] = {.code = privileged, .size = sizeof(privileged), .trap = 1},
    [HAL_PROGRAM_WAIT] = {.code = wait, .size = sizeof(wait), .trap = 1},
    [HAL_PROGRAM_FOREIGN] = {.code = foreign, .size = sizeof(foreign), .trap = 1},
    [HAL_PROGRAM_BREAKPOINT] = {.code = breakpoint, .size = sizeof(breakpoint), .trap = 1},
    [HAL_PROGRAM_FP] = {.code = fp, .size = sizeof(fp), .trap = 1},
    [HAL_PROGRAM_COUNTER] = {.code = counter, .size = sizeof(counter), .trap = 1},
    [HAL_PROGRAM_DIVIDE] = {.code = divide, .size = sizeof(divide), .trap = 1},
    [HAL_PROGRAM_PORT_READ] = {.code = port_read, .size = sizeof(port_read), .trap = 1},
    [HAL_PROGRAM_REGISTERS] = {.code = registers, .size = sizeof(registers), .trap = 1, .registers = 7},
};
