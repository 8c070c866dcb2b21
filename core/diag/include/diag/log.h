/* SPDX-License-Identifier: MIT */
/*
 * Kernel log. A line is formatted once, kept in a ring of the last LOG_LINES lines (for panics and debuggers) and added to
 * the console as "[TICK:0000002A] [T3] [INFO] text". Levels above the build's maximum cost nothing.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

#define LOG_LINES 32u
#define LOG_LINE_MAX 160u
#define LOG_MAX_LEVEL LOG_INFO

/** Log one line (no newline at the end). Any context, locks may be held. */
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define log_err(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...)                                                                                                 \
    do {                                                                                                               \
        if (LOG_DEBUG <= LOG_MAX_LEVEL)                                                                                \
            log_line(LOG_DEBUG, __VA_ARGS__);                                                                          \
    } while (0)

/** A line without the prefix, straight to the console and the ring: the indented lines of a report. */
void log_plain(const char *fmt, ...) PRINTF_LIKE(1, 2);

/** A line made in pieces, so that a thread may let others run between two of them. Zeroed: a line without the prefix. */
struct log_builder {
    _Alignas(8) char text[LOG_LINE_MAX];
    size_t used;
};

/** Begin with the prefix of log_line(). */
void log_begin(struct log_builder *line, enum log_level level);
/** Add to the line; what does not fit is dropped. */
void log_add(struct log_builder *line, const char *fmt, ...) PRINTF_LIKE(2, 3);
/** Log the line as it is, and empty it. Any context. */
void log_end(struct log_builder *line);

/** Line `age` of the ring, 0 = newest; NULL when there are no more. Panic and debugger context. */
const char *log_recent(uint32_t age);

/** Where a line's [TICK] and [Tn] come from; until it is set, tick 0 and no thread. -1: no thread. */
void log_set_source(uint64_t (*tick)(void), int32_t (*thread)(void));
