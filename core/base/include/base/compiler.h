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

/*
 * Which lock guards what, for clang's -Wthread-safety (every clang build of the kernel; nothing elsewhere). A lock lies in
 * its module's state object, which members of that same object cannot name, so each has a *role* beside it: a variable
 * that is declared and never defined, taken and given back by the module's own lock functions (struct lock_role).
 */
#if defined(__clang__)
#define LOCK_ATTRIBUTE(x) __attribute__((x))
#else
#define LOCK_ATTRIBUTE(x)
#endif
#define LOCK_CAPABILITY(name) LOCK_ATTRIBUTE(capability(name))
/** On a variable or member: only touched with the lock held. */
#define GUARDED_BY(role) LOCK_ATTRIBUTE(guarded_by(role))
/** On a function: its caller holds the lock; it takes it; it releases it. */
#define REQUIRES_LOCK(role) LOCK_ATTRIBUTE(requires_capability(role))
#define TAKES_LOCK(role) LOCK_ATTRIBUTE(acquire_capability(role))
#define RELEASES_LOCK(role) LOCK_ATTRIBUTE(release_capability(role))
/** On a definition that is right for a reason the analysis cannot see; the reason stands beside it. */
#define UNCHECKED_LOCKS LOCK_ATTRIBUTE(no_thread_safety_analysis)
