/* SPDX-License-Identifier: MIT */
/* What the options need to know about the process they are in. */
#pragma once

/* Of the sanitizers' run-time libraries, if one is linked. */
void __asan_init(void) __attribute__((weak));
void __tsan_init(void) __attribute__((weak));
