/* SPDX-License-Identifier: MIT */
/*
 * The kernel console: one byte stream that kernel log lines and the WRITE call share. Bytes wait in a ring and leave for
 * the serial port in bursts that fit its FIFO and start only when the port is idle, so that a user driver's own bursts on
 * the same port stay whole. Nobody waits for the line with a lock held or interrupts shut out for longer than one burst.
 */
#pragma once
#include <abi/types.h>

#define CONSOLE_RING_SIZE 8192u

/** Add bytes to the stream. What does not fit is dropped and counted. Any context. */
void console_append(const char *text, size_t len);

/** Add all of these bytes to the stream if there is room for all. False: nothing was added. Any context. */
bool console_try_append(const char *text, size_t len);

/** Send one burst if the port is idle and nobody else is sending. True if bytes are left. Never waits. Any context. */
bool console_poll(void);

/** Bytes waiting. A hint outside the console's own lock. Any context. */
bool console_pending(void);

/**
 * Send until all bytes present now have left, opening an interrupt window and calling the wait hook between bursts.
 * Thread or boot context, no lock held.
 */
void console_flush(void);

/** As console_flush(), but without windows, hooks or locks: the last words of a panicking or stopping kernel. */
void console_flush_raw(void);

/** What to call between bursts so that others can run (the scheduler's preemption point); NULL before there is one. */
void console_set_wait_hook(void (*hook)(void));

/** A second place that sees every byte sent (the framebuffer console); NULL removes it. */
void console_set_mirror(void (*put)(const char *text, size_t len));
