/* SPDX-License-Identifier: MIT */
/* Values of options: numbers with units, files. Every refusal is one line and an exit code. */
#include <sim/options.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct unit {
    const char *name;
    uint64_t factor;
};

/* What people gave is shown as it is, except that it may neither end the line nor act on their terminal. */
static void print_harmless(const char *text)
{
    for (; *text != '\0'; text++) {
        if (iscntrl((unsigned char)*text))
            fprintf(stderr, "\\x%02x", (unsigned char)*text);
        else
            fputc(*text, stderr);
    }
}

void options_refuse(int code, const char *format, ...)
{
    char *text;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    fprintf(stderr, "aegis-sim: ");
    print_harmless(text);
    fputc('\n', stderr);
    exit(code);
}

void options_bad_value(const char *option, const char *value, const char *expected)
{
    options_refuse(EXIT_USAGE, "--%s=%s: expected %s", option, value, expected);
}

/* A whole or decimal number followed by one of `units`; false if it is none or does not fit. */
static bool parse(const char *text, const struct unit *units, uint64_t *out)
{
    __extension__ typedef unsigned __int128 wide;
    wide whole = 0, part = 0, divisor = 1;

    if (!isdigit((unsigned char)*text))
        return false;
    for (; isdigit((unsigned char)*text); text++) {
        whole = whole * 10 + (wide)(*text - '0');
        if (whole > UINT64_MAX)
            return false;
    }
    if (*text == '.') {
        for (text++; isdigit((unsigned char)*text) && divisor < 1000000000; text++) {
            part = part * 10 + (wide)(*text - '0');
            divisor *= 10;
        }
    }
    for (; units->name != NULL; units++) {
        if (strcasecmp(text, units->name) == 0) {
            wide value = whole * units->factor + part * units->factor / divisor;
            *out = (uint64_t)value;
            return value <= UINT64_MAX;
        }
    }
    return false;
}

uint64_t options_number(const char *option, const char *value, uint64_t low, uint64_t high)
{
    char expected[80];
    char *end;

    errno = 0;
    uint64_t n = strtoull(value, &end, 0);
    if (errno != 0 || end == value || *end != '\0' || *value == '-' || n < low || n > high) {
        snprintf(expected, sizeof expected, "a number from %llu to %llu", (unsigned long long)low, (unsigned long long)high);
        options_bad_value(option, value, expected);
    }
    return n;
}

uint64_t options_size(const char *option, const char *value)
{
    static const struct unit units[] = {{"", 1}, {"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30},
        {"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {NULL, 0}};
    uint64_t size;

    if (!parse(value, units, &size))
        options_bad_value(option, value, "a size such as 64M");
    return size;
}

bool options_try_time(const char *value, uint64_t *ns)
{
    static const struct unit units[] = {{"", 1000000000}, {"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}, {NULL, 0}};

    return parse(value, units, ns);
}

uint64_t options_time(const char *option, const char *value)
{
    uint64_t time;

    if (!options_try_time(value, &time))
        options_bad_value(option, value, "a virtual time such as 3s, 250ms or 10us");
    return time;
}

/* Digits only; false if there are none, or too many. */
static bool parse_digits(const char **text, uint64_t *out)
{
    const char *begin = *text;

    *out = 0;
    for (; isdigit((unsigned char)**text); (*text)++) {
        uint64_t digit = (uint64_t)(**text - '0');
        if (*out > (UINT64_MAX - digit) / 10)
            return false;
        *out = *out * 10 + digit;
    }
    return *text != begin;
}

struct options_moment options_moment(const char *option, const char *value)
{
    struct options_moment moment = {.text = value};
    const char *p = value + 1;
    bool good = *value == '@' && parse_digits(&p, &moment.event);

    if (good && *p == ':') {
        p++;
        moment.has_seed = true;
        moment.seed = moment.event;
        good = parse_digits(&p, &moment.event);
    }
    if (!good || *p != '\0' || moment.event == 0 || moment.event == UINT64_MAX)
        options_bad_value(option, value, "a moment such as @1:4711: the seed, and the number of an event from 1");
    return moment;
}

uint64_t options_frequency(const char *option, const char *value)
{
    static const struct unit units[] = {{"", 1}, {"hz", 1}, {"k", 1000}, {"khz", 1000}, {"m", 1000000}, {"mhz", 1000000},
        {"g", 1000000000}, {"ghz", 1000000000}, {NULL, 0}};
    uint64_t rate;

    if (!parse(value, units, &rate))
        options_bad_value(option, value, "a frequency such as 100MHz");
    return rate;
}

bool options_switch(const char *option, const char *value)
{
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
        options_bad_value(option, value, "on or off");
    return strcmp(value, "on") == 0;
}

uint8_t *options_read_file(const char *option, const char *path, uint64_t *size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe would wait for its writer */
    FILE *file = fd >= 0 ? fdopen(fd, "rb") : NULL;
    uint8_t *bytes = NULL;
    bool regular = false;

    if (file != NULL && fstat(fileno(file), &st) == 0) {
        regular = S_ISREG(st.st_mode);
        if (!regular)
            errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    }
    if (regular)
        bytes = malloc((size_t)st.st_size + 1);
    if (bytes == NULL || fread(bytes, 1, (size_t)st.st_size, file) != (size_t)st.st_size)
        options_refuse(EXIT_NO_INPUT, "--%s=%s: cannot be read: %s", option, path, strerror(errno));
    fclose(file);
    *size = (uint64_t)st.st_size;
    return bytes;
}
