/* SPDX-License-Identifier: MIT */
/* The suite's user programs for x86_64: position-independent, assembled by hand; see programs.h for what each does. */
#include "programs.h"

static const uint8_t echo[] = {
    0x0f, 0x05, /* syscall */
    0xeb, 0xfc, /* jmp .-2 */
};
static const uint8_t call[] = {
    0xb8, 0x05, 0x00, 0x00, 0x00, /* mov $0x5,%eax */
    0x41, 0xb8, 0x02, 0x00, 0x00, 0x00, /* mov $0x2,%r8d */
    0xbf, 0x11, 0x00, 0x00, 0x00, /* mov $0x11,%edi */
    0xbe, 0x22, 0x00, 0x00, 0x00, /* mov $0x22,%esi */
    0xba, 0x33, 0x00, 0x00, 0x00, /* mov $0x33,%edx */
    0x41, 0xba, 0x44, 0x00, 0x00, 0x00, /* mov $0x44,%r10d */
    0x0f, 0x05, /* syscall */
    0xeb, 0xdc, /* jmp .-34 */
};
static const uint8_t load[] = {
    0x0f, 0x05, /* syscall */
    0x0f, 0xb6, 0x16, /* movzbl (%rsi),%edx */
    0x0f, 0x05, /* syscall */
    0xeb, 0xf7, /* jmp .-7 */
};
static const uint8_t store[] = {
    0x0f, 0x05, /* syscall */
    0x88, 0x16, /* mov %dl,(%rsi) */
    0x0f, 0x05, /* syscall */
    0xeb, 0xf8, /* jmp .-6 */
};
static const uint8_t jump[] = {
    0x0f, 0x05, /* syscall */
    0xff, 0xe6, /* jmp *%rsi */
};
static const uint8_t spin[] = {
    0xeb, 0xfe, /* jmp . */
};
static const uint8_t load_loop[] = {
    0x0f, 0x05, /* syscall */
    0x0f, 0xb6, 0x16, /* movzbl (%rsi),%edx */
    0xeb, 0xfb, /* jmp .-3 */
};
static const uint8_t illegal[] = {
    0x90, /* nop */
    0x0f, 0x0b, /* ud2 */
};
static const uint8_t privileged[] = {
    0x90, /* nop */
    0xfa, /* cli */
};
static const uint8_t wait[] = {
    0x90, /* nop */
    0xf4, /* hlt */
};
static const uint8_t foreign[] = {
    0x90, /* nop */
    0xcd, 0x80, /* int $0x80 */
};
static const uint8_t breakpoint[] = {
    0x90, /* nop */
    0xcc, /* int3 */
};
static const uint8_t fp[] = {
    0x90, /* nop */
    0xf2, 0x0f, 0x58, 0xc0, /* addsd %xmm0,%xmm0 */
};
static const uint8_t counter[] = {
    0x90, /* nop */
    0x0f, 0x31, /* rdtsc */
};
static const uint8_t divide[] = {
    0x31, 0xc9, /* xor %ecx,%ecx */
    0xf7, 0xf1, /* div %ecx */
};
static const uint8_t port_read[] = {
    0xba, 0xfd, 0x03, 0x00, 0x00, /* mov $0x3fd,%edx */
    0xec, /* in (%dx),%al */
    0x0f, 0xb6, 0xf8, /* movzbl %al,%edi */
    0x0f, 0x05, /* syscall */
    0xeb, 0xf3, /* jmp .-11 */
};
static const uint8_t registers[] = {
    0xb8, 0x00, 0x10, 0x00, 0x00, /* mov $0x1000,%eax */
    0xbb, 0x01, 0x10, 0x00, 0x00, /* mov $0x1001,%ebx */
    0xb9, 0x02, 0x10, 0x00, 0x00, /* mov $0x1002,%ecx */
    0xba, 0x03, 0x10, 0x00, 0x00, /* mov $0x1003,%edx */
    0xbe, 0x04, 0x10, 0x00, 0x00, /* mov $0x1004,%esi */
    0xbf, 0x05, 0x10, 0x00, 0x00, /* mov $0x1005,%edi */
    0xbd, 0x06, 0x10, 0x00, 0x00, /* mov $0x1006,%ebp */
    0x41, 0xb8, 0x07, 0x10, 0x00, 0x00, /* mov $0x1007,%r8d */
    0x41, 0xb9, 0x08, 0x10, 0x00, 0x00, /* mov $0x1008,%r9d */
    0x41, 0xba, 0x09, 0x10, 0x00, 0x00, /* mov $0x1009,%r10d */
    0x41, 0xbb, 0x0a, 0x10, 0x00, 0x00, /* mov $0x100a,%r11d */
    0x41, 0xbc, 0x0b, 0x10, 0x00, 0x00, /* mov $0x100b,%r12d */
    0x41, 0xbd, 0x0c, 0x10, 0x00, 0x00, /* mov $0x100c,%r13d */
    0x41, 0xbe, 0x0d, 0x10, 0x00, 0x00, /* mov $0x100d,%r14d */
    0x41, 0xbf, 0x0e, 0x10, 0x00, 0x00, /* mov $0x100e,%r15d */
    0xbc, 0x0f, 0x10, 0x00, 0x00, /* mov $0x100f,%esp */
    0xeb, 0xfe, /* jmp . */
};

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
    [HAL_PROGRAM_DIVIDE] = {.code = divide, .size = sizeof(divide), .trap = 2},
    [HAL_PROGRAM_PORT_READ] = {.code = port_read, .size = sizeof(port_read), .trap = 5},
    [HAL_PROGRAM_REGISTERS] = {.code = registers, .size = sizeof(registers), .trap = 88, .registers = 16},
};
