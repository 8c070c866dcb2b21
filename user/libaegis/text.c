/* SPDX-License-Identifier: MIT */
/* Text without the console: also tested on the host. */
#include <aegis/text.h>

static void text_char(struct text *t, char c)
{
    if (t->len < TEXT_SIZE)
        t->buf[t->len++] = c;
}

void text_str(struct text *t, const char *s)
{
    while (*s != '\0')
        text_char(t, *s++);
}

static void text_number(struct text *t, uint64_t value, uint64_t base)
{
    char digits[20]; /* decimal digits of 2^64 - 1 */
    uint32_t n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (n > 0)
        text_char(t, digits[--n]);
}

void text_hex(struct text *t, uint64_t value)
{
    text_number(t, value, 16);
}

void text_dec(struct text *t, uint64_t value)
{
    text_number(t, value, 10);
}
