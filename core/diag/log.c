/* SPDX-License-Identifier: MIT */
#include "diag_priv.h"

#include <base/format.h>
#include <base/mem.h>
#include <base/string.h>

#include <stdarg.h>

static const char *const level_name[] = {"ERROR", "WARN", "INFO", "DEBUG"};

/* Where line number `n` stands, the first being 0: two lines share a slot only if LOG_LINES or more lie between them. */
/*@ assigns \nothing;
  @ ensures \result < LOG_LINES;
  @ ensures \forall integer m; 0 <= m <= UINT32_MAX && m != n && m - LOG_LINES < n < m + LOG_LINES ==> m % LOG_LINES != \result;
  @ ensures lap: n >= LOG_LINES ==> \result == (n - LOG_LINES) % LOG_LINES;
  @ ensures n < LOG_LINES ==> \result == n;
  @*/
static uint32_t slot_of(uint32_t n)
{
    return n % LOG_LINES;
}

/* Is the line `age` lines older than the latest of `count` still kept? */
/*@ assigns \nothing;
  @ ensures \result <==> age < count && age < LOG_LINES;
  @*/
static bool is_kept(uint32_t age, uint32_t count)
{
    return age < LOG_LINES && age < count;
}

/* Keep the finished line (newline included) in the ring of recent lines and send it on. */
static void log_emit(const char *line, size_t len)
{
    struct diag_state *d = diag_state();
    char *slot;

    diag_lock(&d->log_lock);
    slot = d->log[slot_of(d->log_next)];
    (void)memcpy(slot, line, len);
    slot[len] = '\0';
    d->log_next++;
    diag_unlock(&d->log_lock);
    console_append(line, len);
}

/* -- The head of a line, by hand: it stands before most lines, and making it must not take long -- */

static size_t put_text(char *to, const char *text)
{
    size_t n = str_len(text);

    (void)memcpy(to, text, n);
    return n;
}

static size_t put_hex(char *to, uint32_t value)
{
    for (uint32_t i = 0; i < 8; i++)
        to[i] = "0123456789ABCDEF"[value >> (28 - 4 * i) & 15u];
    return 8;
}

/* A thread's number below 100; a dash for no thread. */
static size_t put_thread(char *to, int32_t thread)
{
    size_t n = 0;

    if (thread < 0)
        return put_text(to, "-");
    if (thread >= 10)
        to[n++] = (char)('0' + thread / 10 % 10);
    to[n++] = (char)('0' + thread % 10);
    return n;
}

static size_t put_head(char *to, enum log_level level)
{
    const struct diag_state *d = diag_state();
    size_t n = put_text(to, "[TICK:");

    n += put_hex(to + n, d->tick ? (uint32_t)d->tick() : 0);
    n += put_text(to + n, "] [T");
    n += put_thread(to + n, d->thread ? d->thread() : -1);
    n += put_text(to + n, "] [");
    n += put_text(to + n, level_name[level]);
    return n + put_text(to + n, "] ");
}

/* One byte stays free for the newline. */
static void add_v(struct log_builder *line, const char *fmt, va_list args)
{
    line->used += format_v(line->text + line->used, sizeof(line->text) - 1 - line->used, fmt, args);
}

void log_begin(struct log_builder *line, enum log_level level)
{
    line->used = put_head(line->text, level);
}

void log_add(struct log_builder *line, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_v(line, fmt, args);
    va_end(args);
}

void log_end(struct log_builder *line)
{
    line->text[line->used++] = '\n';
    log_emit(line->text, line->used);
    line->used = 0;
}

void log_line(enum log_level level, const char *fmt, ...)
{
    struct log_builder line;
    va_list args;

    log_begin(&line, level);
    va_start(args, fmt);
    add_v(&line, fmt, args);
    va_end(args);
    log_end(&line);
}

void log_plain(const char *fmt, ...)
{
    struct log_builder line;
    va_list args;

    line.used = 0;
    va_start(args, fmt);
    add_v(&line, fmt, args);
    va_end(args);
    log_end(&line);
}

const char *log_recent(uint32_t age)
{
    const struct diag_state *d = diag_state();

    if (!is_kept(age, d->log_next))
        return NULL;
    return d->log[slot_of(d->log_next - 1 - age)];
}

void log_set_source(uint64_t (*tick)(void), int32_t (*thread)(void))
{
    diag_state()->tick = tick;
    diag_state()->thread = thread;
}
