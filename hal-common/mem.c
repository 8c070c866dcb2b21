/* SPDX-License-Identifier: MIT */
/*
 * The four functions that compilers call on their own. Words where both sides are aligned alike, bytes elsewhere; kernel
 * code only, so no vector registers.
 */
#include <base/mem.h>

#include <abi/types.h>

typedef uint64_t __attribute__((may_alias)) word_t;

#define WORD sizeof(word_t)
#define LINE (8 * WORD) /* pages are cleared and programs loaded with interrupts off: no time for loops of single words */

static bool alike(const void *a, const void *b)
{
    return ((uintptr_t)a ^ (uintptr_t)b) % WORD == 0;
}

static inline void copy_line(word_t *to, const word_t *from)
{
    word_t a = from[0], b = from[1], c = from[2], d = from[3];
    word_t e = from[4], f = from[5], g = from[6], h = from[7];

    to[0] = a;
    to[1] = b;
    to[2] = c;
    to[3] = d;
    to[4] = e;
    to[5] = f;
    to[6] = g;
    to[7] = h;
}

/*
 * Words to an aligned place from one that is not: each is put together from the two aligned words it lies in, so nothing
 * is read that does not share a word with the source. Returns the bytes copied. Every ISA here is little-endian.
 */
__attribute__((no_sanitize_address)) /* whole words, also at the ends */
static size_t copy_shifted(uint8_t *to, const uint8_t *from, size_t len)
{
    uint32_t skew = (uint32_t)((uintptr_t)from % WORD) * 8;
    const word_t *at = (const word_t *)(const void *)(from - (uintptr_t)from % WORD);
    word_t low = *at;
    size_t done = 0;

    for (; len - done >= WORD; done += WORD) {
        word_t high = *++at;
        *(word_t *)(void *)(to + done) = low >> skew | high << (64 - skew);
        low = high;
    }
    return done;
}

static inline void set_lines(word_t *to, word_t word)
{
    to[0] = word;
    to[1] = word;
    to[2] = word;
    to[3] = word;
    to[4] = word;
    to[5] = word;
    to[6] = word;
    to[7] = word;
    to[8] = word;
    to[9] = word;
    to[10] = word;
    to[11] = word;
    to[12] = word;
    to[13] = word;
    to[14] = word;
    to[15] = word;
}

#define SHIFTED_MIN (3 * WORD)

/* From the front: right also where the two overlap, if `to` comes first. */
static void copy_forward(uint8_t *to, const uint8_t *from, size_t len)
{
    if (alike(to, from)) {
        for (; len > 0 && (uintptr_t)to % WORD != 0; len--)
            *to++ = *from++;
        for (; len >= LINE; len -= LINE, to += LINE, from += LINE)
            copy_line((word_t *)(void *)to, (const word_t *)(const void *)from);
        for (; len >= WORD; len -= WORD, to += WORD, from += WORD)
            *(word_t *)(void *)to = *(const word_t *)(const void *)from;
    } else if (len >= SHIFTED_MIN) { /* text rarely lies as its copy does */
        for (; (uintptr_t)to % WORD != 0; len--)
            *to++ = *from++;
        size_t done = copy_shifted(to, from, len);
        to += done;
        from += done;
        len -= done;
    }
    while (len-- > 0)
        *to++ = *from++;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t len)
{
    copy_forward(dst, src, len);
    return dst;
}

void *memmove(void *dst, const void *src, size_t len)
{
    uint8_t *to = dst;
    const uint8_t *from = src;

    if ((uintptr_t)to - (uintptr_t)from >= len) {
        copy_forward(to, from, len);
        return dst;
    }
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
    for (; len >= 2 * LINE; len -= 2 * LINE, to += 2 * LINE)
        set_lines((word_t *)to, word);
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
