/* SPDX-License-Identifier: MIT */
/* The workload of the speed comparison: rounds of SHA-256's compression function and a sieve. The same source runs as a
 * task and as a Linux program, so that the simulator and qemu-user translate the same code. */
#pragma once
#include <stdint.h>

#define SIEVE 4096u

static uint32_t rotate(uint32_t x, uint32_t n)
{
    return x >> n | x << (32 - n);
}

static void compress(uint32_t h[8], const uint32_t block[16])
{
    uint32_t w[64], s[8];

    for (uint32_t i = 0; i < 16; i++)
        w[i] = block[i];
    for (uint32_t i = 16; i < 64; i++)
        w[i] = w[i - 16] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
               (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
    for (uint32_t i = 0; i < 8; i++)
        s[i] = h[i];
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t a = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
                     0x428a2f98u * (i + 1) + w[i];
        uint32_t b = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        for (uint32_t k = 7; k > 0; k--)
            s[k] = s[k - 1];
        s[4] += a;
        s[0] = a + b;
    }
    for (uint32_t i = 0; i < 8; i++)
        h[i] += s[i];
}

static uint32_t primes(uint8_t *crossed)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < SIEVE; i++)
        crossed[i] = 0;
    for (uint32_t i = 2; i < SIEVE; i++) {
        if (crossed[i])
            continue;
        count++;
        for (uint32_t k = i + i; k < SIEVE; k += i)
            crossed[k] = 1;
    }
    return count;
}

static uint32_t work(uint32_t rounds)
{
    static uint8_t crossed[SIEVE];
    static uint32_t h[8], block[16];

    for (uint32_t i = 0; i < rounds; i++) {
        block[i % 16] += primes(crossed);
        for (uint32_t k = 0; k < 8; k++)
            compress(h, block);
    }
    return h[0] ^ h[7];
}
