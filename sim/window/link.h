/* SPDX-License-Identifier: MIT */
/*
 * What the simulator and its window share: the framebuffer's memory, and a socket (SOCK_SEQPACKET) that carries one
 * struct window_message at a time. When one side closes the socket the other knows that it is gone.
 *
 * The window is started as: aegis-window WIDTH HEIGHT PITCH TITLE, with the two descriptors below open.
 */
#pragma once
#include <stdint.h>

#define WINDOW_FD_MEMORY 3 /* pixels 0x00RRGGBB, PITCH bytes from row to row; read-only */
#define WINDOW_FD_LINK 4

enum window_word {
    WINDOW_READY = 1, /* the window is on the screen */
    WINDOW_KEY,       /* value as of INPUT_KEY: USB HID usage, bit 16 set when pressed */
    WINDOW_CLOSED,    /* somebody closed it: end the machine */
};

#define WINDOW_KEY_DOWN 0x10000u

struct window_message {
    uint32_t word; /* enum window_word */
    uint32_t value;
};
