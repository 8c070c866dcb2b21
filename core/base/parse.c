/* SPDX-License-Identifier: MIT */
#include <base/parse.h>

/*@ logic integer digit_of(integer c) = '0' <= c <= '9' ? c - '0' : 'a' <= c <= 'f' ? c - 'a' + 10 :
  @   'A' <= c <= 'F' ? c - 'A' + 10 : 99;
  @*/

/* Value of a digit in `base`, or `base` itself if the character is none. */
/*@ requires base == 10 || base == 16;
  @ assigns \nothing;
  @ ensures \result == (digit_of(c) < base ? digit_of(c) : base);
  @*/
static uint32_t digit(char c, uint32_t base)
{
    uint32_t v = base;

    if (c >= '0' && c <= '9')
        v = (uint32_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
        v = (uint32_t)(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
        v = (uint32_t)(c - 'A') + 10;
    return v < base ? v : base;
}

bool parse_u64(const char **p, uint64_t *out)
{
    const char *s = *p;
    uint32_t base = 10;
    uint64_t value = 0;

    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
        base = 16;
        s += 2;
    }
    if (digit(*s, base) == base)
        return false;
    for (uint32_t d = digit(*s, base); d < base; d = digit(*++s, base)) {
        if (value > (UINT64_MAX - d) / base)
            return false;
        value = value * base + d;
    }
    *p = s;
    *out = value;
    return true;
}
