/* SPDX-License-Identifier: MIT */
/* Binary data inside JSON: zlib, then base64 (RFC 4648). */
#include "recording.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char *base64_encode(const uint8_t *p, size_t n)
{
    char *text = malloc((n + 2) / 3 * 4 + 1);
    char *out = text;

    if (text == NULL)
        abort();
    for (size_t i = 0; i < n; i += 3) {
        uint32_t group = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);
        *out++ = digits[group >> 18];
        *out++ = digits[group >> 12 & 63];
        *out++ = i + 1 < n ? digits[group >> 6 & 63] : '=';
        *out++ = i + 2 < n ? digits[group & 63] : '=';
    }
    *out = '\0';
    return text;
}

/* Decode into `out`, which has room for strlen(text); the number of bytes, or -1. */
static long base64_decode(const char *text, uint8_t *out)
{
    size_t n = strlen(text);
    long done = 0;

    if (n % 4 != 0)
        return -1;
    for (size_t i = 0; i < n; i += 4) {
        uint32_t group = 0;
        int pad = i + 4 == n ? (text[i + 3] == '=') + (text[i + 2] == '=') : 0;
        for (int k = 0; k < 4; k++) {
            const char *d = k >= 4 - pad ? digits : memchr(digits, text[i + (size_t)k], 64);
            if (d == NULL)
                return -1;
            group = group << 6 | (uint32_t)(d - digits);
        }
        for (int k = 0; k < 3 - pad; k++)
            out[done++] = (uint8_t)(group >> (16 - 8 * k));
    }
    return done;
}

char *recording_pack(const void *bytes, size_t size)
{
    uLongf room = compressBound(size);
    uint8_t *small = malloc(room);

    if (small == NULL || compress2(small, &room, bytes, size, 9) != Z_OK)
        abort();
    char *text = base64_encode(small, room);
    free(small);
    return text;
}

void *recording_unpack(const char *text, size_t size)
{
    uint8_t *small = malloc(strlen(text) + 1);
    uint8_t *bytes = malloc(size + 1);
    uLongf got = size;

    if (small == NULL || bytes == NULL)
        abort();
    long n = base64_decode(text, small);
    if (n < 0 || uncompress(bytes, &got, small, (uLong)n) != Z_OK || got != size) {
        free(bytes);
        bytes = NULL;
    }
    free(small);
    return bytes;
}
