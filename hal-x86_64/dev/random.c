/* SPDX-License-Identifier: MIT */
/* RDRAND where there is one, and the time at which somebody asked; mixed, so that no bit says where it comes from. */
#include <arch/discovery.h>

#include <base/compiler.h>
#include <x86/cpu.h>

#define TRIES 10u /* an empty RDRAND refills within that many */

static KSTATE struct {
    uint64_t pool; /* [a] */
} state;

static uint64_t hardware(void)
{
    uint64_t value = 0;
    uint8_t ok = 0;

    for (uint32_t i = 0; i < TRIES && ok == 0 && x86_has(X86_RDRAND); i++)
        __asm__ volatile("rdrand %0; setc %1" : "=r"(value), "=qm"(ok) : : "cc");
    return ok != 0 ? value : 0;
}

/* The finaliser of SplitMix64: every bit of the input moves every bit of the result. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

uint64_t arch_random(void)
{
    uint64_t fresh = mix(x86_rdtsc()) ^ hardware();
    uint64_t pool = __atomic_add_fetch(&state.pool, fresh | 1u, __ATOMIC_RELAXED); /* odd: no two calls see the same */

    return mix(pool);
}
