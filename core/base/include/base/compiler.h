/* SPDX-License-Identifier: MIT */
/* What the compilers offer, by name. */
#pragma once

#define MUST_CHECK __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define PURE_FN __attribute__((pure))
#define UNUSED __attribute__((unused))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
/**
 * Marks the one mutable object of a module: the section is what state hashing, checking and resetting work on. Its name
 * is a C identifier so that every linker gives __start_kstate and __stop_kstate, and no sanitizer puts redzones into it.
 */
#define KSTATE __attribute__((section("kstate"), used))
