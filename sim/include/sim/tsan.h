/* SPDX-License-Identifier: MIT */
/*
 * The ThreadSanitizer's switch for what a thread (here: a fiber) does on behalf of the hardware. Weak: the host's
 * side is never compiled with the sanitizer, only linked with it or not.
 */
#pragma once

/** Look away from the running fiber, and look again; nests. NULL without the sanitizer. */
void __tsan_ignore_thread_begin(void) __attribute__((weak));
void __tsan_ignore_thread_end(void) __attribute__((weak));
