/* SPDX-License-Identifier: MIT */
#include <support/notes.h>

#include <stdarg.h>
#include <stdio.h>

#include <support/tsan.h>

static char text[16384];
static size_t used;

void notes_clear(void)
{
    used = 0;
    text[0] = '\0';
}

void note(const char *fmt, ...)
{
    va_list args;
    int n;

    tsan_look_away();
    va_start(args, fmt);
    n = vsnprintf(text + used, sizeof(text) - used, fmt, args);
    va_end(args);
    tsan_look_back();
    used = n < 0 || used + (size_t)n >= sizeof(text) ? sizeof(text) - 1 : used + (size_t)n;
}

const char *notes(void)
{
    return text;
}
