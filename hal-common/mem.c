/* SPDX-License-Identifier: MIT */
/*
 * The four functions that compilers call on their own. Words where both sides are aligned alike, bytes elsewhere; kernel
 * code only, so no vector registers.
 */
#include <base/mem.h>

#include <abi/types.h>

typedef uint64_t __attribute__((may_alias)) word_t;

#define WORD sizeof(word_t)

static bool alike(const void *a, const void *b)
{
    return ((uintptr_t)a ^ (uintptr_t)b) % WORD == 0;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t len)
{
    uint8_t *to = dst;
    const uint8_t *from = src;

    if (alike(to, from)) {
        for (; len > 0 && (uintptr_t)to % WORD != 0; len--)
            *to++ = *from++;
        for (; len >= WORD; len -= WORD, to += WORD, from += WORD)
            *(word_t *)to = *(const word_t *)from;
    }
    while (len-- > 0)
        *to++ = *from++;
    return dst;
}

void *memmove(void *dst, const void *src, size_t len)
{
    uint8_t *to = dst;
    const uint8_t *from = src;

    if ((uintptr_t)to - (uintptr_t)from >= len)
        return memcpy(dst, src, len); /* front to back never overtakes itself */
    while (len-- > 0)
        to[len] = from[len];
    return dst;
}

void *memset(void *dst, int value, size_t len)
{
    uint8_t *to = dst;
    word_t word = 0x0101010101010101u * (uint8_t)value;

    for (; len > 0 && (uintptr_t)to % WORD != 0; len--)
        *to++ = (uint8_t)value;
    for (; len >= WORD; len -= WORD, to += WORD)
        *(word_t *)to = word;
    while (len-- > 0)
        *to++ = (uint8_t)value;
    return dst;
}

int memcmp(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a, *y = b;

    for (; len > 0; len--, x++, y++) {
        if (*x != *y)
            return *x < *y ? -1 : 1;
    }
    return 0;
}
