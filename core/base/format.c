/* SPDX-License-Identifier: MIT */
#include <base/format.h>

#include <stdbool.h>
#include <stdint.h>

#include <base/mem.h>
#include <base/string.h>

#define NUMBER_DIGITS_MAX 20u /* of UINT64_MAX in decimal */
#define POINTER_DIGITS    16u

/* Where the text goes; what does not fit is dropped. */
struct sink {
    char *buf;
    size_t room; /* without the NUL */
    size_t used;
};

/* One conversion: %[flags][width][.precision][length]type. */
struct spec {
    bool left, zero, has_precision;
    size_t width, precision;
    uint32_t longs; /* 0: int, 1: l or z, 2: ll */
};

static void put(struct sink *sink, char c)
{
    if (sink->used < sink->room)
        sink->buf[sink->used++] = c;
}

static void put_text(struct sink *sink, const char *s, size_t n)
{
    size_t fits = n < sink->room - sink->used ? n : sink->room - sink->used;

    if (fits == 0)
        return; /* there may be no buffer at all */
    (void)memcpy(sink->buf + sink->used, s, fits);
    sink->used += fits;
}

static void put_times(struct sink *sink, char c, size_t from, size_t to)
{
    for (size_t i = from; i < to && sink->used < sink->room; i++)
        put(sink, c);
}

/* `n` characters of `s`, filled up with spaces to the width. */
static void put_field(struct sink *sink, const struct spec *spec, const char *s, size_t n)
{
    if (!spec->left)
        put_times(sink, ' ', n, spec->width);
    put_text(sink, s, n);
    if (spec->left)
        put_times(sink, ' ', n, spec->width);
}

static void put_string(struct sink *sink, const struct spec *spec, const char *s)
{
    size_t n = 0;

    if (s == NULL)
        s = "(null)";
    while ((!spec->has_precision || n < spec->precision) && s[n] != '\0')
        n++;
    put_field(sink, spec, s, n);
}

/*
 * A number with its sign or 0x in front, in as many digits as are given. Zeros fill between the prefix and the number,
 * spaces before or behind both.
 */
static void put_number(struct sink *sink, const struct spec *spec, const char *prefix, uint64_t value,
                       const char *digits)
{
    const size_t base = str_len(digits);
    char text[NUMBER_DIGITS_MAX];
    size_t at = sizeof(text);
    size_t total;

    do {
        text[--at] = digits[value % base];
        value /= base;
    } while (value != 0);
    total = sizeof(text) - at + str_len(prefix);
    if (!spec->left && !spec->zero)
        put_times(sink, ' ', total, spec->width);
    put_text(sink, prefix, str_len(prefix));
    if (!spec->left && spec->zero)
        put_times(sink, '0', total, spec->width);
    put_text(sink, text + at, sizeof(text) - at);
    if (spec->left)
        put_times(sink, ' ', total, spec->width);
}

static size_t read_number(const char **fmt)
{
    size_t n = 0;

    while (**fmt >= '0' && **fmt <= '9' && n < 10000)
        n = n * 10 + (size_t)(*(*fmt)++ - '0');
    return n;
}

/* A va_list may be an array, which a function parameter turns into a pointer; inside a struct it stays one object. */
struct args {
    va_list list;
};

/* A width or precision: digits, or '*' for an int argument. */
static int read_count(const char **fmt, struct args *args)
{
    if (**fmt != '*')
        return (int)read_number(fmt);
    (*fmt)++;
    return va_arg(args->list, int);
}

static struct spec read_spec(const char **fmt, struct args *args)
{
    struct spec spec = {0};
    int n;

    for (; **fmt == '-' || **fmt == '0'; (*fmt)++) {
        spec.left |= **fmt == '-';
        spec.zero |= **fmt == '0';
    }
    n = read_count(fmt, args);
    spec.left |= n < 0;
    spec.width = n < 0 ? 0u - (size_t)n : (size_t)n;
    if (**fmt == '.') {
        (*fmt)++;
        n = read_count(fmt, args);
        spec.has_precision = n >= 0;
        spec.precision = n >= 0 ? (size_t)n : 0;
    }
    for (; **fmt == 'l' || **fmt == 'z'; (*fmt)++)
        spec.longs++;
    return spec;
}

static uint64_t next_unsigned(const struct spec *spec, struct args *args)
{
    if (spec->longs == 0)
        return va_arg(args->list, unsigned int);
    return spec->longs == 1 ? va_arg(args->list, unsigned long) : va_arg(args->list, unsigned long long);
}

static int64_t next_signed(const struct spec *spec, struct args *args)
{
    if (spec->longs == 0)
        return va_arg(args->list, int);
    return spec->longs == 1 ? va_arg(args->list, long) : va_arg(args->list, long long);
}

static void put_signed(struct sink *sink, const struct spec *spec, int64_t v)
{
    uint64_t magnitude = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    put_number(sink, spec, v < 0 ? "-" : "", magnitude, "0123456789");
}

static void put_pointer(struct sink *sink, const struct spec *spec, const void *p)
{
    struct spec hex = {.zero = true, .width = POINTER_DIGITS + 2};
    char text[POINTER_DIGITS + 2];
    struct sink inner = {.buf = text, .room = sizeof(text)};

    put_number(&inner, &hex, "0x", (uintptr_t)p, "0123456789abcdef");
    put_field(sink, spec, text, inner.used);
}

/* One conversion of type `type`; false if there is no such type. */
static bool put_conversion(struct sink *sink, char type, const struct spec *spec, struct args *args)
{
    char c;

    switch (type) {
    case 'c':
        c = (char)va_arg(args->list, int);
        put_field(sink, spec, &c, 1);
        return true;
    case 's':
        put_string(sink, spec, va_arg(args->list, const char *));
        return true;
    case 'd':
    case 'i':
        put_signed(sink, spec, next_signed(spec, args));
        return true;
    case 'u':
        put_number(sink, spec, "", next_unsigned(spec, args), "0123456789");
        return true;
    case 'x':
        put_number(sink, spec, "", next_unsigned(spec, args), "0123456789abcdef");
        return true;
    case 'X':
        put_number(sink, spec, "", next_unsigned(spec, args), "0123456789ABCDEF");
        return true;
    case 'p':
        put_pointer(sink, spec, va_arg(args->list, const void *));
        return true;
    default:
        return false;
    }
}

size_t format_v(char *buf, size_t size, const char *fmt, va_list list)
{
    struct sink sink = {.buf = buf, .room = size > 0 ? size - 1 : 0};
    struct args args;

    va_copy(args.list, list);
    while (*fmt != '\0') {
        const char *start = fmt;
        struct spec spec;

        while (*fmt != '\0' && *fmt != '%')
            fmt++;
        if (fmt != start) {
            put_text(&sink, start, (size_t)(fmt - start));
            continue;
        }
        fmt++;
        if (*fmt == '%') {
            put(&sink, *fmt++);
            continue;
        }
        spec = read_spec(&fmt, &args);
        if (*fmt != '\0' && put_conversion(&sink, *fmt, &spec, &args)) {
            fmt++;
            continue;
        }
        put_text(&sink, start, (size_t)(fmt - start));
    }
    va_end(args.list);
    if (size > 0)
        buf[sink.used] = '\0';
    return sink.used;
}

size_t format(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    size_t n;

    va_start(args, fmt);
    n = format_v(buf, size, fmt, args);
    va_end(args);
    return n;
}
