/* SPDX-License-Identifier: MIT */
/* A place where the programs of a test write down what happened, in order, for one comparison at the end. */
#pragma once

/** Forget all notes. */
void notes_clear(void);
/** Add formatted text. */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** Everything noted since notes_clear(). */
const char *notes(void);
