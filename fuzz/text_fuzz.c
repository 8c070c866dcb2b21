/* SPDX-License-Identifier: MIT */
/*
 * Small text functions against the C library: numbers, the kernel command line, formatting. The first byte of the input
 * chooses which; the rest is the text, or for formatting a list of conversions.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include <base/cmdline.h>
#include <base/format.h>
#include <base/parse.h>

#include "check.h"

#define TEXT_MAX 256u

/* The input's text as a string. */
static void take_text(struct bytes *in, char text[TEXT_MAX])
{
    size_t n = 0;

    while (in->at < in->end && n < TEXT_MAX - 1 && *in->at != '\0')
        text[n++] = (char)*in->at++;
    in->at += in->at < in->end;
    text[n] = '\0';
}

/* ---- numbers ---- */

static void check_number(struct bytes *in)
{
    char text[TEXT_MAX], digits[TEXT_MAX];
    const char *p = text;
    uint64_t value = 12345;
    bool hex, ok;
    size_t start, n;

    take_text(in, text);
    hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    start = hex ? 2 : 0;
    n = strspn(text + start, hex ? "0123456789abcdefABCDEF" : "0123456789");
    memcpy(digits, text + start, n);
    digits[n] = '\0';
    errno = 0;
    ok = strtoull(digits, NULL, hex ? 16 : 10) != ULLONG_MAX || errno == 0;
    ok = ok && n > 0;
    REQUIRE(parse_u64(&p, &value) == ok, "exactly numbers that fit are read");
    REQUIRE(p == text + (ok ? start + n : 0), "all digits of a number are consumed, or nothing");
    REQUIRE(value == (ok ? strtoull(digits, NULL, hex ? 16 : 10) : 12345), "a number has its value");
}

/* ---- the command line ---- */

/* The value of the last word that is `key` or starts with `key=`. */
static const char *last_value(char *line, const char *key)
{
    const char *value = NULL;
    char *rest = line;

    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        char *equals = strchr(word, '=');
        size_t n = equals != NULL ? (size_t)(equals - word) : strlen(word);

        if (n == strlen(key) && n > 0 && memcmp(word, key, n) == 0)
            value = equals != NULL ? equals + 1 : "";
    }
    return value;
}

static void check_cmdline(struct bytes *in)
{
    char line[TEXT_MAX], key[TEXT_MAX], copy[TEXT_MAX], out[TEXT_MAX];
    size_t size = 1 + bytes_next(in);
    const char *value;
    bool fits;

    take_text(in, key);
    take_text(in, line);
    if (strpbrk(key, " =") != NULL) /* no key, by the contract's own words */
        return;
    strcpy(copy, line);
    value = last_value(copy, key);
    REQUIRE(cmdline_has(line, key) == (value != NULL), "a key is there exactly if a word has it");
    memset(out, 'x', sizeof(out));
    fits = value != NULL && strlen(value) < size;
    REQUIRE(cmdline_get(line, key, out, size) == fits, "a value that fits is copied");
    REQUIRE(strcmp(out, fits ? value : "") == 0, "the last word with the key counts");
}

/* ---- formatting ---- */

struct conversion {
    char text[64];
    uint64_t value;
    char string[16];
    bool stars; /* width and precision are arguments */
    int width, precision;
};

static void build_conversion(struct bytes *in, struct conversion *c)
{
    static const char *const flags[] = {"", "-", "0", "-0", "0-", "", "", ""};
    static const char *const lengths[] = {"", "l", "ll", "z"};
    static const char types[] = "diuxXcsdiuxX%";
    uint8_t shape = bytes_next(in), type = bytes_next(in), width = bytes_next(in);
    char letter = types[type % (sizeof(types) - 1)];
    int n;

    *c = (struct conversion){.value = bytes_u64(in), .width = (int8_t)width, .precision = (int8_t)bytes_next(in)};
    c->stars = letter == 's' && (shape & 0x40) != 0;
    n = snprintf(c->text, sizeof(c->text), "<%%%s", letter == '%' ? "" : flags[shape % 8]);
    if (c->stars)
        n += snprintf(c->text + n, sizeof(c->text) - (size_t)n, "*.*");
    else if (width != 0 && letter != '%')
        n += snprintf(c->text + n, sizeof(c->text) - (size_t)n, "%u", width % 80 + 1);
    if (letter == 's' && !c->stars && (shape & 0x80) != 0)
        n += snprintf(c->text + n, sizeof(c->text) - (size_t)n, ".%u", shape >> 3 & 15);
    snprintf(c->text + n, sizeof(c->text) - (size_t)n, "%s%c>", strchr("cs%", letter) != NULL ? "" : lengths[shape >> 5 & 3],
             letter);
    for (size_t i = 0; i < sizeof(c->string) - 1; i++)
        c->string[i] = (char)bytes_next(in);
}

/* Both formats of one conversion, into `size` bytes, with the argument passed as the type it names. */
static size_t format_both(const struct conversion *c, size_t size, char *ours, char *theirs)
{
    char letter = c->text[strlen(c->text) - 2];
    bool wide = strpbrk(c->text, "lz") != NULL;

    if (letter == '%')
        return snprintf(theirs, TEXT_MAX, c->text, 0) < 0 ? 0 : format(ours, size, c->text, 0);
    if (c->stars) {
        snprintf(theirs, TEXT_MAX, c->text, c->width, c->precision, c->string);
        return format(ours, size, c->text, c->width, c->precision, c->string);
    }
    if (letter == 's') {
        snprintf(theirs, TEXT_MAX, c->text, c->string);
        return format(ours, size, c->text, c->string);
    }
    if (letter == 'c' || !wide) {
        snprintf(theirs, TEXT_MAX, c->text, (unsigned)c->value);
        return format(ours, size, c->text, (unsigned)c->value);
    }
    snprintf(theirs, TEXT_MAX, c->text, c->value);
    return format(ours, size, c->text, c->value);
}

static void check_format(struct bytes *in)
{
    char ours[TEXT_MAX + 1], theirs[TEXT_MAX], pointer[32];
    size_t size = bytes_next(in), full, n;
    struct conversion c;

    build_conversion(in, &c);
    if (c.text[strlen(c.text) - 2] == 'c' && (char)c.value == '\0')
        c.value = 'c'; /* what follows a NUL cannot be compared */
    memset(ours, 'x', sizeof(ours));
    n = format_both(&c, size, ours, theirs);
    full = strlen(theirs);
    REQUIRE(n == (size == 0 ? 0 : full < size ? full : size - 1), "as much is written as there is, or fits");
    REQUIRE(size == 0 || (memcmp(ours, theirs, n) == 0 && ours[n] == '\0'), "the text is the C library's");
    REQUIRE(ours[size] == 'x', "nothing is written behind the buffer");
    n = format(pointer, sizeof(pointer), "%p", (void *)(uintptr_t)c.value);
    snprintf(theirs, sizeof(theirs), "0x%016" PRIx64, c.value);
    REQUIRE(n == 18 && strcmp(pointer, theirs) == 0, "a pointer has 16 digits");
}

/* Any text is a format; what is no conversion of an argument comes out as it stands. */
static void check_plain(struct bytes *in)
{
    char text[TEXT_MAX], out[TEXT_MAX];

    take_text(in, text);
    for (char *p = text; *p != '\0'; p++)
        if (strchr("csdiuxXp*", *p) != NULL || (p[0] == '%' && p[1] == '%'))
            *p = '_';
    REQUIRE(format(out, sizeof(out), text, 0) == strlen(text), "an unknown conversion keeps its length");
    REQUIRE(strcmp(out, text) == 0, "an unknown conversion is copied");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = {data, data + size};

    switch (bytes_next(&in) % 4) {
    case 0:
        check_number(&in);
        break;
    case 1:
        check_cmdline(&in);
        break;
    case 2:
        check_format(&in);
        break;
    default:
        check_plain(&in);
        break;
    }
    return 0;
}
