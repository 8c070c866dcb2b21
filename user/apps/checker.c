/* SPDX-License-Identifier: MIT */
/* Looks after its memory: fills most of its slot with a pattern and compares it again and again. */
#include <aegis/aegis.h>

#define WORDS  960u
#define ROUNDS 400u

static uint64_t memory[WORDS];

static uint64_t pattern(uint32_t i)
{
    return (i + 1) * 0x9E3779B97F4A7C15u;
}

static uint32_t changed_words(void)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < WORDS; i++)
        n += ((volatile uint64_t *)memory)[i] != pattern(i);
    return n;
}

int main(void)
{
    for (uint32_t i = 0; i < WORDS; i++)
        memory[i] = pattern(i);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        if (changed_words() != 0) {
            (void)print("checker: memory has changed\n");
            return 1;
        }
        aegis_spin(10000);
    }
    (void)print("checker: nothing has changed\n");
    return 0;
}
