/* SPDX-License-Identifier: MIT */
/* What trace events mean, in words for people. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include <arch/debug.h>

/** Name of a call, and "call" for a number that nobody knows. */
const char *words_call(uint64_t nr);
/** The arguments of a call: `name=value, ...`; a task's own memory is shown where an argument points to it. */
void words_arguments(char *out, size_t room, const struct trace_event *call);
/** The result of a call. */
void words_result(char *out, size_t room, const struct trace_event *result);
/** What a fault was. */
void words_fault(char *out, size_t room, const struct trace_event *fault);
