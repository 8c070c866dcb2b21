/* SPDX-License-Identifier: MIT */
/*
 * Multiply-rotate mixing of 64-bit words; strings go through four independent lanes, so that the multiplications
 * overlap. Bytes are read little-endian one by one, which compilers turn into single loads.
 */
#include <base/hash.h>

#define PRIME_1 UINT64_C(0x9E3779B185EBCA87)
#define PRIME_2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define PRIME_3 UINT64_C(0x165667B19E3779F9)

#define LANES 4u
#define BLOCK (LANES * 8u)

static uint64_t rotate(uint64_t v, uint32_t n)
{
    return v << n | v >> (64 - n);
}

static uint64_t round64(uint64_t lane, uint64_t v)
{
    return rotate(lane + v * PRIME_2, 31) * PRIME_1;
}

static uint64_t avalanche(uint64_t v)
{
    v = (v ^ v >> 33) * PRIME_2;
    v = (v ^ v >> 29) * PRIME_3;
    return v ^ v >> 32;
}

static uint64_t load64(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
           (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

void hash_init(struct hash *hash, uint64_t seed)
{
    hash->h[0] = avalanche(seed + PRIME_1);
    hash->h[1] = avalanche(seed ^ PRIME_3);
}

void hash_u64(struct hash *hash, uint64_t v)
{
    hash->h[0] = round64(hash->h[0], v);
    hash->h[1] = rotate(hash->h[1] ^ v, 27) * PRIME_3 + hash->h[0];
}

void hash_bytes(struct hash *hash, const void *p, size_t n)
{
    const uint8_t *bytes = p;
    uint64_t lane[LANES] = {hash->h[0], hash->h[1], hash->h[0] ^ PRIME_1, hash->h[1] ^ PRIME_2};
    uint64_t last = 0;
    size_t at = 0;

    for (; n - at >= BLOCK; at += BLOCK) {
        lane[0] = round64(lane[0], load64(bytes + at));
        lane[1] = round64(lane[1], load64(bytes + at + 8));
        lane[2] = round64(lane[2], load64(bytes + at + 16));
        lane[3] = round64(lane[3], load64(bytes + at + 24));
    }
    for (uint32_t i = 0; i < LANES; i++)
        hash_u64(hash, lane[i]);
    for (; n - at >= 8; at += 8)
        hash_u64(hash, load64(bytes + at));
    for (uint32_t shift = 0; at < n; at++, shift += 8)
        last |= (uint64_t)bytes[at] << shift;
    hash_u64(hash, last);
    hash_u64(hash, n);
}

uint64_t hash_final(const struct hash *hash)
{
    return avalanche(hash->h[0] ^ rotate(hash->h[1], 17));
}
