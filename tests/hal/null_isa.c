/* SPDX-License-Identifier: MIT */
#include "null_isa.h"

#include <null/user.h>

#define PORT 0x3FDu

static bool load(struct arch_user *user, struct arch_trap *trap)
{
    uint8_t byte;
    if (!null_access(user, user->w[1], ARCH_ACCESS_READ, &byte, trap))
        return true;
    user->w[2] = byte;
    user->pc++;
    return false;
}

static bool store(struct arch_user *user, struct arch_trap *trap)
{
    uint8_t byte = (uint8_t)user->w[2];
    if (!null_access(user, user->w[1], ARCH_ACCESS_WRITE, &byte, trap))
        return true;
    user->pc++;
    return false;
}

static bool set(struct arch_user *user, uint64_t nr, uint64_t target, uint64_t first, uint64_t step)
{
    user->nr = nr;
    user->target = target;
    for (uint32_t i = 0; i < 4; i++)
        user->w[i] = first + i * step;
    user->pc++;
    return false;
}

static bool stop(const struct arch_user *user, struct arch_trap *trap, enum arch_trap_kind kind)
{
    *trap = (struct arch_trap){.kind = kind, .pc = user->pc};
    return true;
}

static bool port_read(struct arch_user *user, struct arch_trap *trap)
{
    if (PORT - user->port_first >= user->port_count)
        return stop(user, trap, ARCH_TRAP_PORT);
    user->w[0] = 0x60; /* a UART that has nothing to do */
    user->pc++;
    return false;
}

bool null_isa_step(struct arch_user *user, struct arch_trap *trap)
{
    uint8_t code, operand;
    if (!null_access(user, user->pc, ARCH_ACCESS_EXECUTE, &code, trap))
        return true;
    switch (code) {
    case NULL_NOP:
        user->pc++;
        return false;
    case NULL_SYSCALL:
        user->pc++;
        return stop(user, trap, ARCH_TRAP_SYSCALL);
    case NULL_BACK:
        if (!null_access(user, user->pc + 1, ARCH_ACCESS_EXECUTE, &operand, trap))
            return true;
        user->pc -= operand;
        return false;
    case NULL_LOAD:
        return load(user, trap);
    case NULL_STORE:
        return store(user, trap);
    case NULL_JUMP:
        user->pc = user->w[1];
        return false;
    case NULL_SET_CALL:
        return set(user, 5, 2, 0x11, 0x11);
    case NULL_SET_REGISTERS:
        user->sp = 0x1006;
        return set(user, 0x1000, 0x1001, 0x1002, 1);
    case NULL_BREAKPOINT:
        return stop(user, trap, ARCH_TRAP_BREAKPOINT);
    case NULL_FP:
        return stop(user, trap, ARCH_TRAP_FP);
    case NULL_COUNTER:
        return stop(user, trap, ARCH_TRAP_COUNTER);
    case NULL_DIVIDE:
        return stop(user, trap, ARCH_TRAP_ARITHMETIC);
    case NULL_PORT_READ:
        return port_read(user, trap);
    default: /* NULL_PRIVILEGED as well: there is nothing more privileged */
        return stop(user, trap, ARCH_TRAP_ILLEGAL);
    }
}
