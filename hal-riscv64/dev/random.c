/* SPDX-License-Identifier: MIT */
/*
 * The random source: a counter that passes over every value, mixed with the firmware's seed and the time of each call
 * (the finaliser of SplitMix64). Good enough to place things unpredictably; not a cipher.
 */
#include <arch/discovery.h>

#include <riscv/csr.h>
#include <riscv/priv.h>

#define STEP UINT64_C(0x9E3779B97F4A7C15)

static KSTATE struct {
    uint64_t counter; /* [a] */
    uint64_t seed;    /* [I] */
} state;

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static void absorb(const struct fdt *fdt, const char *name)
{
    struct fdt_prop prop;

    if (!fdt_prop(fdt, fdt_find_path(fdt, "/chosen"), name, &prop))
        return;
    for (uint32_t i = 0; i < prop.len; i++)
        state.seed = mix((state.seed + STEP) ^ prop.data[i]);
}

void random_seed(const struct fdt *fdt)
{
    absorb(fdt, "rng-seed");
    absorb(fdt, "kaslr-seed");
    state.seed = mix(state.seed ^ read_time());
}

uint64_t arch_random(void)
{
    uint64_t n = __atomic_add_fetch(&state.counter, STEP, __ATOMIC_RELAXED);

    return mix(mix(n ^ state.seed) + read_time());
}
