/* SPDX-License-Identifier: MIT */
/* Bytes to moves, with the generated grammar: mostly what makes sense, sometimes nothing that does. */
#include <abi/layout.h>
#include <arch/irq.h>
#include <arch/memory.h>

#include "calls.h"
#include "gen/aegis_grammar.h"

/* One bit each of an address or number is often what goes wrong. */
static const uint64_t odd_values[] = {
    0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 47, 48, 63, 64, 65, 127, 128, 255, 256, 257, 4095, 4096, 0xFFFF, 0x10000,
    0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, 0x100000001, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000,
    0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFF000, LAYOUT_USER_BASE, LAYOUT_USER_BASE + LAYOUT_USER_SIZE - 1,
    LAYOUT_USER_BASE + LAYOUT_USER_SIZE, LAYOUT_USER_BASE - 1, ARCH_KERNEL_VBASE, ARCH_USER_VTOP, ARCH_RAM_BASE,
};

static uint64_t odd_value(uint8_t byte)
{
    return odd_values[byte % (sizeof(odd_values) / sizeof(odd_values[0]))];
}

/* An address in or near something that the task or its neighbour has. */
static vaddr_t address(uint32_t task, uint8_t byte)
{
    static const uint64_t offsets[] = {0, 1, 0x7F, 0x80, 0xF00, 0xFF8, 0xFFF, PAGE_SIZE + 0x800};
    const vaddr_t image = LAYOUT_IMAGE_BASE + (vaddr_t)task * LAYOUT_IMAGE_STRIDE;
    const vaddr_t stack = LAYOUT_STACK_BASE + (vaddr_t)task * LAYOUT_STACK_STRIDE;
    const vaddr_t bases[] = {
        image, image + PAGE_SIZE, image + 2 * PAGE_SIZE, image + 3 * PAGE_SIZE, stack, stack + PAGE_SIZE,
        stack + LAYOUT_STACK_SIZE, image + LAYOUT_IMAGE_STRIDE, stack + LAYOUT_STACK_STRIDE, LAYOUT_GRANT_BASE,
        LAYOUT_GRANT_BASE + LAYOUT_GRANT_STRIDE, LAYOUT_GRANT_BASE + 2 * LAYOUT_GRANT_STRIDE, LAYOUT_DEVICE_BASE,
        LAYOUT_DEVICE_BASE + LAYOUT_DEVICE_STRIDE, LAYOUT_USER_BASE + LAYOUT_USER_SIZE - PAGE_SIZE, 0,
    };

    return bases[byte >> 4] + offsets[byte & 7];
}

static uint64_t sensible_value(const struct aegis_grammar_arg *arg, uint8_t byte, uint32_t task, uint32_t tasks)
{
    switch (arg->kind) {
    case AEGIS_GRAMMAR_TASK:
        return byte % (tasks + 1);
    case AEGIS_GRAMMAR_IRQ:
        return ARCH_VECTOR_DEVICE_FIRST + byte % 18u;
    case AEGIS_GRAMMAR_BITS:
        return 1ull << byte % 64;
    case AEGIS_GRAMMAR_TICKS:
        return byte % 40u;
    case AEGIS_GRAMMAR_UADDR:
        return address(task, byte);
    case AEGIS_GRAMMAR_SIZE:
        return byte % (arg->limit + 2);
    default:
        return arg->limit != 0 ? byte % arg->limit : byte;
    }
}

/* A call of the table, each argument by one byte. */
static struct arch_call call_by_grammar(uint8_t nr, struct bytes *in, uint32_t task, uint32_t tasks)
{
    const struct aegis_grammar_call *grammar = &aegis_grammar[nr % AEGIS_NR_COUNT];
    struct arch_call call = {.nr = grammar->nr, .target = odd_value(nr)};

    for (uint32_t i = 0; i < grammar->argc; i++) {
        const struct aegis_grammar_arg *arg = &grammar->arg[i];
        uint8_t byte = bytes_next(in);
        uint64_t value = byte >= 0xE0 ? odd_value(byte) : sensible_value(arg, byte, task, tasks);

        if (arg->reg < 4)
            call.w[arg->reg] = value;
        else
            call.target = value;
    }
    return call;
}

static struct arch_call call_at_random(struct bytes *in)
{
    struct arch_call call = {.nr = odd_value(bytes_next(in)), .target = odd_value(bytes_next(in))};

    for (uint32_t i = 0; i < 4; i++)
        call.w[i] = odd_value(bytes_next(in));
    return call;
}

static struct arch_trap any_trap(struct bytes *in, uint32_t task)
{
    static const enum arch_trap_kind kinds[] = {
        ARCH_TRAP_PAGE, ARCH_TRAP_ILLEGAL, ARCH_TRAP_FP, ARCH_TRAP_COUNTER, ARCH_TRAP_BREAKPOINT, ARCH_TRAP_ARITHMETIC,
        ARCH_TRAP_ALIGN, ARCH_TRAP_PORT, ARCH_TRAP_OTHER,
    };
    uint8_t kind = bytes_next(in), access = bytes_next(in), where = bytes_next(in);

    return (struct arch_trap){
        .kind = kinds[kind % (sizeof(kinds) / sizeof(kinds[0]))],
        .access = (enum arch_access)(access % 3),
        .permission = (access & 0x80) != 0,
        .pc = odd_value(bytes_next(in)),
        .addr = (where & 8) != 0 ? odd_value(where) : address(task, where),
        .code = odd_value(bytes_next(in)),
    };
}

static struct move decode(uint8_t op, struct bytes *in, uint32_t task, uint32_t tasks)
{
    switch (op >> 3) {
    case 20:
    case 21:
        return (struct move){.kind = MOVE_CALL, .call = call_at_random(in)};
    case 22:
    case 23:
        return (struct move){.kind = MOVE_TICKS, .number = 1u + bytes_next(in) % 128u};
    case 24:
    case 25:
        return (struct move){.kind = MOVE_LINE, .number = ARCH_VECTOR_DEVICE_FIRST + bytes_next(in) % 16u, .on = (op & 1) != 0};
    case 26:
        return (struct move){.kind = MOVE_VECTOR, .number = bytes_next(in) % ARCH_VECTOR_DEVICE_FIRST};
    case 27:
        return (struct move){.kind = MOVE_TRAP, .trap = any_trap(in, task)};
    case 28:
    case 29:
        return (struct move){.kind = MOVE_ACCESS, .access = (enum arch_access)(op % 3), .va = address(task, bytes_next(in))};
    case 30:
        return (struct move){.kind = MOVE_COMPUTE, .number = bytes_next(in)};
    case 31:
        return (struct move){.kind = MOVE_BUSY, .number = bytes_next(in) % 64u};
    default:
        return (struct move){.kind = MOVE_CALL, .call = call_by_grammar(op, in, task, tasks)};
    }
}

struct move move_next(struct bytes *in, uint32_t task, uint32_t tasks)
{
    const uint8_t *end = in->end - in->at > CALLS_MOVE_SIZE ? in->at + CALLS_MOVE_SIZE : in->end;
    struct bytes record = {in->at, end};

    in->at = end;
    return decode(bytes_next(&record), &record, task, tasks);
}
