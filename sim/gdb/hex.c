/* SPDX-License-Identifier: MIT */
#include "gdb_priv.h"

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

uint64_t hex_number(const char **text)
{
    uint64_t value = 0;

    for (; digit(**text) >= 0; (*text)++)
        value = value << 4 | (uint64_t)digit(**text);
    return value;
}

size_t hex_encode(char *out, const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;

    for (size_t i = 0; i < length; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * length] = '\0';
    return 2 * length;
}

size_t hex_decode(void *out, size_t room, const char *text)
{
    uint8_t *p = out;
    size_t n = 0;

    for (; n < room && digit(text[0]) >= 0 && digit(text[1]) >= 0; text += 2)
        p[n++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
    return n;
}

size_t hex_unescape(char *content, size_t length)
{
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        bool escaped = content[i] == '}' && i + 1 < length;
        i += escaped;
        content[n++] = escaped ? (char)(content[i] ^ 0x20) : content[i];
    }
    return n;
}

size_t hex_escape(char *out, size_t room, const void *bytes, size_t length, size_t *taken)
{
    const char *p = bytes;
    size_t n = 0;

    for (*taken = 0; *taken < length && n + 2 <= room; (*taken)++) {
        char c = p[*taken];
        if (c == '#' || c == '$' || c == '}' || c == '*') {
            out[n++] = '}';
            c ^= 0x20;
        }
        out[n++] = c;
    }
    return n;
}
