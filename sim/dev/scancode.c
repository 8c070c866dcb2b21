/* SPDX-License-Identifier: MIT */
#include "scancode.h"

#include <string.h>

#define EXTENDED 0x100u /* a byte 0xE0 goes before */
#define RELEASED 0x80u

#define USAGE_PAUSE 0x48u
#define USAGE_MODIFIERS 0xE0u

/* By usage, from 0x00. */
static const uint16_t keys[] = {
    0, 0, 0, 0, 0x1E, 0x30, 0x2E, 0x20,                                             /* 04: a b c d */
    0x12, 0x21, 0x22, 0x23, 0x17, 0x24, 0x25, 0x26,                                 /* 08: e f g h i j k l */
    0x32, 0x31, 0x18, 0x19, 0x10, 0x13, 0x1F, 0x14,                                 /* 10: m n o p q r s t */
    0x16, 0x2F, 0x11, 0x2D, 0x15, 0x2C, 0x02, 0x03,                                 /* 18: u v w x y z 1 2 */
    0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B,                                 /* 20: 3 4 5 6 7 8 9 0 */
    0x1C, 0x01, 0x0E, 0x0F, 0x39, 0x0C, 0x0D, 0x1A,                                 /* 28: enter esc backspace tab space - = [ */
    0x1B, 0x2B, 0x2B, 0x27, 0x28, 0x29, 0x33, 0x34,                                 /* 30: ] \ # ; ' ` , . */
    0x35, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x40,                                 /* 38: / caps F1-F6 */
    0x41, 0x42, 0x43, 0x44, 0x57, 0x58, EXTENDED | 0x37, 0x46,                      /* 40: F7-F12 print scroll */
    0, EXTENDED | 0x52, EXTENDED | 0x47, EXTENDED | 0x49,                           /* 48: pause insert home page-up */
    EXTENDED | 0x53, EXTENDED | 0x4F, EXTENDED | 0x51, EXTENDED | 0x4D,             /* 4C: delete end page-down right */
    EXTENDED | 0x4B, EXTENDED | 0x50, EXTENDED | 0x48, 0x45,                        /* 50: left down up num */
    EXTENDED | 0x35, 0x37, 0x4A, 0x4E, EXTENDED | 0x1C, 0x4F, 0x50, 0x51,           /* 54: keypad / * - + enter 1 2 3 */
    0x4B, 0x4C, 0x4D, 0x47, 0x48, 0x49, 0x52, 0x53,                                 /* 5C: keypad 4 5 6 7 8 9 0 . */
    0x56, EXTENDED | 0x5D,                                                          /* 64: < menu */
};

/* From USAGE_MODIFIERS: left ctrl shift alt gui, right ctrl shift alt gui. */
static const uint16_t modifiers[] = {0x1D, 0x2A, 0x38, EXTENDED | 0x5B, EXTENDED | 0x1D, 0x36, EXTENDED | 0x38, EXTENDED | 0x5C};

static uint32_t code_of(uint32_t usage)
{
    if (usage < sizeof keys / sizeof *keys)
        return keys[usage];
    if (usage >= USAGE_MODIFIERS && usage - USAGE_MODIFIERS < sizeof modifiers / sizeof *modifiers)
        return modifiers[usage - USAGE_MODIFIERS];
    return 0;
}

uint32_t scancode_set1(uint32_t usage, bool down, uint8_t out[SCANCODE_MAX])
{
    static const uint8_t pause[SCANCODE_MAX] = {0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5};
    uint32_t code = code_of(usage);
    uint32_t n = 0;

    if (usage == USAGE_PAUSE && down) { /* says everything when it is pressed */
        memcpy(out, pause, sizeof pause);
        return sizeof pause;
    }
    if (code == 0)
        return 0;
    if ((code & EXTENDED) != 0)
        out[n++] = 0xE0;
    out[n++] = (uint8_t)(code & 0x7F) | (down ? 0 : RELEASED);
    return n;
}
