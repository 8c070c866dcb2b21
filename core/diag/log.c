/* SPDX-License-Identifier: MIT */
#include "diag_priv.h"

#include <base/format.h>

#include <stdarg.h>

static const char *const level_name[] = {"ERROR", "WARN", "INFO", "DEBUG"};

/* Keep the finished line (newline included) in the ring of recent lines and send it on. */
static void log_emit(const char *line, size_t len)
{
    struct diag_state *d = diag_state();
    char *slot;

    diag_lock(&d->log_lock);
    slot = d->log[d->log_next % LOG_LINES];
    for (size_t i = 0; i < len; i++)
        slot[i] = line[i];
    slot[len] = '\0';
    d->log_next++;
    diag_unlock(&d->log_lock);
    console_append(line, len);
}

/* Close `line`, which holds `used` bytes, with a newline and emit it. */
static void log_finish(char line[LOG_LINE_MAX], size_t used)
{
    line[used++] = '\n';
    log_emit(line, used);
}

void log_line(enum log_level level, const char *fmt, ...)
{
    const struct diag_state *d = diag_state();
    char line[LOG_LINE_MAX];
    char who[8] = "-";
    size_t used;
    va_list args;

    if (d->thread && d->thread() >= 0)
        (void)format(who, sizeof(who), "%d", d->thread());
    used = format(line, sizeof(line) - 1, "[TICK:%08X] [T%s] [%s] ", (unsigned)(d->tick ? d->tick() : 0), who,
                  level_name[level]);
    va_start(args, fmt);
    used += format_v(line + used, sizeof(line) - 1 - used, fmt, args);
    va_end(args);
    log_finish(line, used);
}

void log_plain(const char *fmt, ...)
{
    char line[LOG_LINE_MAX];
    size_t used;
    va_list args;

    va_start(args, fmt);
    used = format_v(line, sizeof(line) - 1, fmt, args);
    va_end(args);
    log_finish(line, used);
}

const char *log_recent(uint32_t age)
{
    const struct diag_state *d = diag_state();

    if (age >= LOG_LINES || age >= d->log_next)
        return NULL;
    return d->log[(d->log_next - 1 - age) % LOG_LINES];
}

void log_set_source(uint64_t (*tick)(void), int32_t (*thread)(void))
{
    diag_state()->tick = tick;
    diag_state()->thread = thread;
}
