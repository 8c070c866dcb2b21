/* SPDX-License-Identifier: MIT */
/*
 * A text console on the framebuffer that the boot protocol described: 8x16 characters of the Spleen font, a cursor, and
 * '\n' (to the beginning of the next row), '\r', '\b', '\t'. Rows scroll when the screen is full; lines of warnings, errors
 * and panics have a colour. A byte that is no printable ASCII shows as the font's replacement character.
 *
 * The text is kept in memory and only what differs is drawn, so that pixels, which are slow to read on real hardware, are
 * never read back. Callers take turns: the kernel console, whose mirror this is, has one sender at a time.
 */
#pragma once
#include <dev/fbcon_rules.h>
#include <diag/check.h>

/**
 * Clear the screen and use it. Boot context. Errors: INVALID_ARGS for a framebuffer that cannot be used (see fbcon_fit(),
 * or arch_phys_ptr() does not reach all of it); nothing is drawn then, and the console stays without a screen.
 */
MUST_CHECK status_t fbcon_init(struct boot_framebuffer fb);

/** Text screen of the last fbcon_init(); 0 x 0: none. */
struct fbcon_grid fbcon_grid(void);

/** Show text at the cursor. Without a screen nothing happens. Never blocks; takes no time of the machine. */
void fbcon_write(const char *text, size_t len);

/** Do the pixels of the cell at `at` show `c`, drawn as it must be there (cursor, colour)? Reads pixels: for tests. */
bool fbcon_shows(struct fbcon_place at, char c);

/** The console's part of kernel_hash(). */
extern const struct check_module fbcon_check_module;
