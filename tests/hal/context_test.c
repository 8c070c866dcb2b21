/* SPDX-License-Identifier: MIT */
/* Kernel contexts: switching keeps registers and stacks, stacks are apart, backtraces. */
#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/debug.h>
#include <arch/memory.h>
#include <base/string.h>

#include "suite.h"

#define PARTNERS 4u
#define FIRST_STACK 10u /* the suite itself runs on stack 0 */
#define ROUNDS 1000u

/* Make the compiler keep values in registers or on the stack, and know nothing of them. */
#define OPAQUE(value) __asm__ volatile("" : "+r"(value))
#define OPAQUE7(a, b, c, d, e, f, g) \
    __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g))

struct partner {
    struct arch_kstack stack;
    struct arch_context context;
    uint32_t index;
    uint32_t runs;
    uintptr_t frame; /* address of a local variable of its */
    bool wrong;      /* it lost a value */
};

static struct partner partners[PARTNERS];
static struct arch_context suite;

static void switch_to_suite(struct partner *p)
{
    arch_context_switch(&p->context, &suite);
}

static void run(struct partner *p)
{
    arch_context_switch(&suite, &p->context);
}

/* More values live across the switch than any ISA has registers that a call preserves. */
static uint64_t weave(uint64_t seed, void (*leave)(struct partner *p), struct partner *p)
{
    uint64_t a = seed * 3 + 1, b = seed * 5 + 2, c = seed * 7 + 3, d = seed * 11 + 4, e = seed * 13 + 5;
    uint64_t f = seed * 17 + 6, g = seed * 19 + 7, h = seed * 23 + 8, i = seed * 29 + 9, j = seed * 31 + 10, k = seed * 37 + 11;
    uint64_t l = seed * 41 + 12, m = seed * 43 + 13, n = seed * 47 + 14;
    OPAQUE7(a, b, c, d, e, f, g);
    OPAQUE7(h, i, j, k, l, m, n);
    leave(p);
    OPAQUE7(a, b, c, d, e, f, g);
    OPAQUE7(h, i, j, k, l, m, n);
    return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l ^ m ^ n;
}

static uint64_t weave_expected(uint64_t seed)
{
    return (seed * 3 + 1) ^ (seed * 5 + 2) ^ (seed * 7 + 3) ^ (seed * 11 + 4) ^ (seed * 13 + 5) ^ (seed * 17 + 6) ^
           (seed * 19 + 7) ^ (seed * 23 + 8) ^ (seed * 29 + 9) ^ (seed * 31 + 10) ^ (seed * 37 + 11) ^
           (seed * 41 + 12) ^ (seed * 43 + 13) ^ (seed * 47 + 14);
}

static void partner_main(void *arg)
{
    struct partner *p = arg;
    volatile uint8_t pattern[256];
    p->frame = (uintptr_t)pattern;
    for (uint32_t i = 0; i < sizeof(pattern); i++)
        pattern[i] = (uint8_t)(i ^ p->index);
    for (;;) {
        uint64_t seed = p->index * 1000u + p->runs++;
        if (weave(seed, switch_to_suite, p) != weave_expected(seed))
            p->wrong = true;
        for (uint32_t i = 0; i < sizeof(pattern); i++) {
            if (pattern[i] != (uint8_t)(i ^ p->index))
                p->wrong = true;
        }
    }
}

static bool begin(void (*entry)(void *arg))
{
    for (uint32_t i = 0; i < PARTNERS; i++) {
        struct partner *p = &partners[i];
        *p = (struct partner){.index = i};
        if (arch_kstack_create(&p->stack, FIRST_STACK + i) != STATUS_OK)
            return false;
        arch_context_init(&p->context, &p->stack, entry, p);
    }
    return true;
}

static void end(void)
{
    for (uint32_t i = 0; i < PARTNERS; i++)
        arch_kstack_destroy(&partners[i].stack);
}

static void first_switch_starts_entry(void)
{
    CHECK(begin(partner_main));
    CHECK(partners[2].runs == 0);
    run(&partners[2]);
    CHECK(partners[2].runs == 1 && partners[1].runs == 0);
    end();
}

static void switches_keep_everything(void)
{
    CHECK(begin(partner_main));
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t n = (i * 7 + i / 5) % PARTNERS;
        CHECK(weave(i, run, &partners[n]) == weave_expected(i));
    }
    uint32_t runs = 0;
    for (uint32_t i = 0; i < PARTNERS; i++) {
        CHECK(!partners[i].wrong);
        runs += partners[i].runs;
    }
    CHECK(runs == ROUNDS);
    end();
}

static void chain_main(void *arg)
{
    struct partner *p = arg;
    for (;;) {
        p->runs++;
        struct partner *next = &partners[(p->index + 1) % PARTNERS];
        arch_context_switch(&p->context, next->index == 0 ? &suite : &next->context);
    }
}

static void partners_switch_among_themselves(void)
{
    CHECK(begin(chain_main));
    for (uint32_t i = 0; i < ROUNDS; i++)
        run(&partners[0]);
    for (uint32_t i = 0; i < PARTNERS; i++)
        CHECK(partners[i].runs == ROUNDS);
    end();
}

static void a_stack_can_be_used_again(void)
{
    CHECK(begin(partner_main));
    for (uint32_t i = 0; i < 100; i++) {
        struct partner *p = &partners[0];
        run(p);
        p->runs = 0;
        arch_context_init(&p->context, &p->stack, partner_main, p); /* abandoned in the middle */
        run(p);
        CHECK(p->runs == 1 && !p->wrong);
    }
    end();
}

static void stacks_are_apart(void)
{
    CHECK(begin(partner_main));
    for (uint32_t i = 0; i < PARTNERS; i++)
        run(&partners[i]);
    for (uint32_t i = 0; i < PARTNERS; i++) {
        for (uint32_t j = 0; j < i; j++) {
            uintptr_t a = partners[i].frame;
            uintptr_t b = partners[j].frame;
            /* Whole stacks and a guard page lie between two equal frames. */
            CHECK((a > b ? a - b : b - a) >= ARCH_STACK_SIZE + PAGE_SIZE);
        }
    }
    end();
}

/* Goes down by a kilobyte a step, switches away at the bottom, and looks at every frame on the way up. */
static void descend(struct partner *p, uint32_t depth)
{
    volatile uint8_t use[1024];
    for (uint32_t i = 0; i < sizeof(use); i += 64)
        use[i] = (uint8_t)(i / 64 + depth + p->index);
    if (depth > 0) {
        descend(p, depth - 1);
    } else {
        p->runs++;
        switch_to_suite(p);
    }
    for (uint32_t i = 0; i < sizeof(use); i += 64) {
        if (use[i] != (uint8_t)(i / 64 + depth + p->index))
            p->wrong = true;
    }
}

static void deep_main(void *arg)
{
    for (;;)
        descend(arg, ARCH_STACK_SIZE / 2048);
}

static void half_a_stack_can_be_used(void)
{
    CHECK(begin(deep_main));
    for (uint32_t i = 0; i < 3 * PARTNERS; i++)
        run(&partners[i % PARTNERS]);
    for (uint32_t i = 0; i < PARTNERS; i++)
        CHECK(partners[i].runs == 3 && !partners[i].wrong);
    end();
}

static void switch_stays_on_cpu(void)
{
    CHECK(begin(partner_main));
    uint32_t cpu = arch_cpu_id();
    run(&partners[0]);
    CHECK(arch_cpu_id() == cpu);
    end();
}

static void stacks_can_be_made_again(void)
{
    for (uint32_t i = 0; i < 200; i++) {
        CHECK(begin(partner_main));
        run(&partners[i % PARTNERS]);
        end();
    }
}

static __attribute__((noinline)) uint32_t backtrace_at_depth(uint32_t depth, uintptr_t *pcs, uint32_t max)
{
    uint32_t count = depth == 0 ? arch_backtrace(pcs, max) : backtrace_at_depth(depth - 1, pcs, max);
    OPAQUE(count); /* no tail call */
    return count;
}

static void backtraces_show_callers(void)
{
    uintptr_t shallow[32], deep[32];
    uint32_t few = backtrace_at_depth(1, shallow, ARRAY_LEN(shallow));
    uint32_t more = backtrace_at_depth(6, deep, ARRAY_LEN(deep));
    CHECK(few > 0 && few <= ARRAY_LEN(shallow) && more >= few);
    CHECK(backtrace_at_depth(6, deep, 1) == 1);
    CHECK(arch_backtrace(deep, 0) == 0);
    for (uint32_t i = 0; i < few; i++)
        CHECK(shallow[i] != 0);
}

static uint32_t backtrace_count;

static void backtrace_main(void *arg)
{
    uintptr_t pcs[32];
    for (;;) {
        backtrace_count = arch_backtrace(pcs, ARRAY_LEN(pcs));
        switch_to_suite(arg);
    }
}

static void backtraces_end_with_the_stack(void)
{
    CHECK(begin(backtrace_main));
    run(&partners[1]);
    CHECK(backtrace_count > 0 && backtrace_count < 8);
    end();
}

static void kernel_registers_have_names(void)
{
    const char *names[64];
    uint64_t value;
    uint32_t n = 0;
    while (n < ARRAY_LEN(names) && arch_kernel_register(n, &names[n], &value)) {
        for (uint32_t i = 0; i < n; i++)
            CHECK(!str_eq(names[i], names[n]));
        n++;
    }
    CHECK(n < ARRAY_LEN(names));
}

static const struct hal_test tests[] = {
    {"the first switch starts the entry function", first_switch_starts_entry},
    {"switching keeps registers and stacks", switches_keep_everything},
    {"contexts switch among themselves", partners_switch_among_themselves},
    {"a stack can be used again", a_stack_can_be_used_again},
    {"stacks lie apart with room for a guard", stacks_are_apart},
    {"half of a stack can be used", half_a_stack_can_be_used},
    {"a switch stays on its CPU", switch_stays_on_cpu},
    {"stacks can be created and destroyed", stacks_can_be_made_again},
    {"a backtrace shows the callers", backtraces_show_callers},
    {"a backtrace ends where the stack does", backtraces_end_with_the_stack},
    {"kernel registers have names", kernel_registers_have_names},
};
const struct hal_group hal_context_group = {tests, ARRAY_LEN(tests)};
