/* SPDX-License-Identifier: MIT */
#include <base/bitmap.h>
#include <base/bits.h>

static uint64_t mask(uint32_t bit)
{
    return UINT64_C(1) << bit % 64u;
}

/* `x` is not 0. */
static uint32_t lowest64(uint64_t x)
{
    uint32_t low = (uint32_t)(x % 0x100000000u);

    return low != 0 ? bits_lowest(low) : 32 + bits_lowest((uint32_t)(x / 0x100000000u));
}

void bitmap_set(uint64_t *map, uint32_t bit)
{
    map[bit / 64u] |= mask(bit);
}

void bitmap_clear(uint64_t *map, uint32_t bit)
{
    map[bit / 64u] &= ~mask(bit);
}

bool bitmap_test(const uint64_t *map, uint32_t bit)
{
    return (map[bit / 64u] & mask(bit)) != 0;
}

bool bitmap_find_clear(const uint64_t *map, uint32_t bits, uint32_t from, uint32_t *out)
{
    uint64_t below;

    if (from >= bits)
        return false;
    below = mask(from) - 1; /* bits of the first word that do not count */
    for (uint32_t w = from / 64u; w < BITMAP_WORDS(bits); w++) {
        uint64_t free = ~(map[w] | below);

        below = 0;
        if (free != 0) {
            *out = w * 64u + lowest64(free);
            return *out < bits;
        }
    }
    return false;
}

uint32_t bitmap_count(const uint64_t *map, uint32_t bits)
{
    uint32_t n = 0;

    for (uint32_t w = 0; w < BITMAP_WORDS(bits); w++) {
        uint64_t word = map[w];

        if (w == bits / 64u) /* the last word is not full */
            word &= mask(bits) - 1;
        n += bits_count((uint32_t)(word % 0x100000000u)) + bits_count((uint32_t)(word / 0x100000000u));
    }
    return n;
}
