/* SPDX-License-Identifier: MIT */
/* Numbers, words of the command line, and hashing: every text of a few bytes. */
#include "harness.h"

#include "core/base/parse.c"
#define find cmdline_find
#include "core/base/cmdline.c"
#include "core/base/hash.c"
#include "core/base/string.c"

#ifndef LENGTH
#define LENGTH 6u
#endif

static void any_text(char *s, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        s[i] = (char)nondet_u8();
    s[length] = '\0';
}

/* Against a reader that works on one digit at a time in twice as many bits. */
void prove_parse(void)
{
    char s[24] = "18446744073709551600", *last = s + 18;
    const char *p = s;
    uint64_t value = 7;
    unsigned __int128 want = (unsigned __int128)184467440737095516u;

    last[0] = (char)nondet_u8();
    last[1] = (char)nondet_u8();
    last[2] = '\0';
    for (uint32_t i = 0; i < 2 && last[i] >= '0' && last[i] <= '9'; i++)
        want = want * 10 + (uint32_t)(last[i] - '0');
    if (want > UINT64_MAX)
        CLAIM(!parse_u64(&p, &value) && p == s && value == 7, "what does not fit is refused and changes nothing");
    else
        CLAIM(parse_u64(&p, &value) && value == (uint64_t)want && !(*p >= '0' && *p <= '9'), "the number, to its last digit");
}

void prove_parse_any(void)
{
    char s[LENGTH + 1];
    const char *p = s;
    uint64_t value = 7;

    any_text(s, LENGTH);
    if (parse_u64(&p, &value))
        CLAIM(p > s && p <= s + LENGTH, "moved on, and not behind the end");
    else
        CLAIM(p == s && value == 7, "or nothing changed");
}

void prove_cmdline(void)
{
    char line[LENGTH + 1], out[4];
    uint32_t size = any_below(4) + 1;
    bool there;

    any_text(line, LENGTH);
    out[size - 1] = 'x';
    there = cmdline_get(line, "k", out, size);
    CLAIM(str_len(out) < size, "terminated, and in its place");
    CLAIM(there || out[0] == '\0', "empty if it is not there");
    CLAIM(!there || cmdline_has(line, "k"), "what has a value is there");
    for (uint32_t i = 0; i < 4; i++)
        CLAIM(!there || out[i] != ' ' || str_len(out) < i, "a value is one word");
}

/* hash_bytes() reads its bytes and no others: the array ends where they end. */
void prove_hash(void)
{
    uint8_t bytes[42];
    uint32_t n = any_below(sizeof(bytes) + 1);
    struct hash hash;

    hash_init(&hash, nondet_u64());
    hash_bytes(&hash, bytes + sizeof(bytes) - n, n);
    (void)hash_final(&hash);
}
