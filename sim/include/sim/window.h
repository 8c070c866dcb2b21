/* SPDX-License-Identifier: MIT */
/*
 * The window that shows the framebuffer: a child process (aegis-window), so that the simulator contains neither SDL nor
 * its threads. The two share the framebuffer's memory, which the window can only read; keys come back by a socket.
 *
 * Closing the window ends the machine. When the window dies the machine runs on without it.
 */
#pragma once
#include <stdint.h>

/** Memory for the framebuffer that window_open() can share: machine_config.framebuffer_map. NULL: no memory. */
uint8_t *window_memory(uint64_t size);
/**
 * Show it. After machine_create(). Returns when the window is there; else says on stderr why it is not, and returns an
 * exit code.
 */
int window_open(const char *title);
/** Close the window and wait for its process. Without a window nothing happens. */
void window_close(void);
