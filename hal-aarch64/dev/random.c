/* SPDX-License-Identifier: MIT */
/* Random numbers: the boot loader's seeds stretched, with the counter mixed in, and the CPU's own where it has any. */
#include <arch/discovery.h>

#include <a64/kernel.h>
#include <a64/sysreg.h>
#include <arch/timer.h>

#define ISAR0_RNDR 60
#define SEED_WORDS 8u
#define TRIES 8u
#define WEYL UINT64_C(0x9E3779B97F4A7C15) /* odd: every value comes before one comes again */

static KSTATE struct {
    uint64_t seed[SEED_WORDS]; /* [I] */
    uint64_t counter;          /* [a] */
} state;

/* The finaliser of SplitMix64: every bit of the input changes half of the output. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static void add_seed(const struct fdt *fdt, const char *name)
{
    struct fdt_prop prop;

    if (!fdt_prop(fdt, fdt_find_path(fdt, "/chosen"), name, &prop))
        return;
    for (uint32_t i = 0; i < prop.len; i++) {
        uint64_t *word = &state.seed[i / 8 % SEED_WORDS];
        *word = mix(*word + prop.data[i] + WEYL);
    }
}

void random_init(const struct fdt *fdt)
{
    add_seed(fdt, "kaslr-seed");
    add_seed(fdt, "rng-seed");
}

/* The register fails now and then, which the flags say: Z is set. */
static bool cpu_random(uint64_t *out)
{
    uint64_t value;
    bool ok;

    if (id_field(SYSREG_READ(id_aa64isar0_el1), ISAR0_RNDR) == 0)
        return false;
    for (uint32_t i = 0; i < TRIES; i++) {
        __asm__ volatile("mrs %0, S3_3_C2_C4_0\n cset %w1, ne" : "=r"(value), "=r"(ok) : : "cc");
        if (ok) {
            *out = value;
            return true;
        }
    }
    return false;
}

uint64_t arch_random(void)
{
    uint64_t n = __atomic_add_fetch(&state.counter, WEYL, __ATOMIC_RELAXED);
    uint64_t value = mix(n ^ arch_timer_get_ticks()), own;

    for (uint32_t i = 0; i < SEED_WORDS; i++)
        value = mix(value + state.seed[i]);
    return cpu_random(&own) ? value ^ own : value;
}
