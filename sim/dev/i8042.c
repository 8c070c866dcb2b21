/* SPDX-License-Identifier: MIT */
/*
 * The PC's keyboard controller (i8042) with a PS/2 keyboard and no mouse: two registers, at ports 0x60 and 0x64 or at the
 * same distance in memory. As the firmware leaves it: keyboard and interrupt on, scan codes translated to set 1 (always:
 * that bit of the command byte cannot be cleared).
 */
#include <arch/irq.h>
#include <base/hash.h>
#include <board.h>
#include <sim/device.h>
#include <sim/machine.h>

#include "scancode.h"

enum { DATA = 0, STATUS = BOARD_KEYBOARD_STRIDE };
enum { STATUS_FULL = 1 << 0, STATUS_TESTED = 1 << 2, STATUS_COMMAND = 1 << 3, STATUS_UNLOCKED = 1 << 4 };
enum { MODE_INTERRUPT = 1 << 0, MODE_TESTED = 1 << 2, MODE_OFF = 1 << 4, MODE_TRANSLATE = 1 << 6 };

/* Commands to the controller. */
enum { READ_MODE = 0x20, WRITE_MODE = 0x60, TEST = 0xAA, TEST_LINE = 0xAB, TURN_OFF = 0xAD, TURN_ON = 0xAE };
enum { TEST_PASSED = 0x55, LINE_GOOD = 0x00 };
/* Commands to the keyboard, and what it answers. */
enum { KEY_LIGHTS = 0xED, KEY_ECHO = 0xEE, KEY_SET = 0xF0, KEY_IDENTIFY = 0xF2, KEY_RATE = 0xF3, KEY_START = 0xF4,
    KEY_STOP = 0xF5, KEY_DEFAULTS = 0xF6, KEY_RESET = 0xFF };
enum { KEY_ACK = 0xFA, KEY_RESEND = 0xFE, KEY_PASSED = 0xAA };

#define BUFFER 16u

static struct {
    struct device device;
    uint8_t buffer[BUFFER];
    uint32_t first, count;
    uint8_t mode;
    bool command_last;   /* the last write was a command to the controller */
    bool mode_follows;   /* the next data byte is the mode */
    bool option_follows; /* the next data byte belongs to the keyboard command before */
    bool scanning;       /* the keyboard reports keys */
} kbd;

static void update(void)
{
    irq_set_line(ARCH_VECTOR_KEYBOARD, kbd.count > 0 && (kbd.mode & MODE_INTERRUPT) != 0);
}

static void push(uint8_t byte)
{
    if (kbd.count == BUFFER)
        return;
    kbd.buffer[(kbd.first + kbd.count) % BUFFER] = byte;
    kbd.count++;
}

static uint8_t pop(void)
{
    uint8_t byte = kbd.buffer[kbd.first];

    if (kbd.count > 0) { /* otherwise the register shows the last byte again */
        kbd.count--;
        if (kbd.count > 0)
            kbd.first = (kbd.first + 1) % BUFFER;
    }
    return byte;
}

static uint32_t i8042_read(struct device *device, uint64_t offset, uint32_t size)
{
    uint32_t value = 0xFF;

    (void)device;
    (void)size;
    if (offset == DATA)
        value = pop();
    else if (offset == STATUS)
        value = STATUS_TESTED | STATUS_UNLOCKED | (kbd.count > 0 ? STATUS_FULL : 0) | (kbd.command_last ? STATUS_COMMAND : 0);
    update();
    return value;
}

static void controller_command(uint8_t command)
{
    kbd.mode_follows = command == WRITE_MODE;
    switch (command) {
    case READ_MODE: push(kbd.mode); break;
    case TEST: push(TEST_PASSED); break;
    case TEST_LINE: push(LINE_GOOD); break;
    case TURN_OFF: kbd.mode |= MODE_OFF; break;
    case TURN_ON: kbd.mode &= (uint8_t)~MODE_OFF; break;
    default: break;
    }
}

static void keyboard_command(uint8_t command)
{
    switch (command) {
    case KEY_LIGHTS:
    case KEY_SET:
    case KEY_RATE: kbd.option_follows = true; push(KEY_ACK); break;
    case KEY_ECHO: push(KEY_ECHO); break;
    case KEY_IDENTIFY: push(KEY_ACK); push(0xAB); push(0x41); break;
    case KEY_DEFAULTS:
    case KEY_START: kbd.scanning = true; push(KEY_ACK); break;
    case KEY_STOP: kbd.scanning = false; push(KEY_ACK); break;
    case KEY_RESET: kbd.scanning = true; push(KEY_ACK); push(KEY_PASSED); break;
    default: push(KEY_RESEND); break;
    }
}

static void write_data(uint8_t value)
{
    if (kbd.mode_follows) {
        kbd.mode_follows = false;
        kbd.mode = (uint8_t)(value | MODE_TRANSLATE);
    } else if (kbd.option_follows) {
        kbd.option_follows = false;
        push(KEY_ACK);
    } else {
        keyboard_command(value);
    }
}

static void i8042_write(struct device *device, uint64_t offset, uint32_t size, uint32_t value)
{
    (void)device;
    (void)size;
    if (offset != DATA && offset != STATUS)
        return;
    kbd.command_last = offset == STATUS;
    if (offset == STATUS)
        controller_command((uint8_t)value);
    else
        write_data((uint8_t)value);
    update();
}

static void i8042_hash(const struct device *device, struct hash *hash)
{
    (void)device;
    hash_u64(hash, kbd.mode | (uint64_t)kbd.command_last << 8 | (uint64_t)kbd.mode_follows << 9 |
        (uint64_t)kbd.option_follows << 10 | (uint64_t)kbd.scanning << 11);
    hash_u64(hash, kbd.count);
    for (uint32_t i = 0; i < kbd.count || i == 0; i++)
        hash_u64(hash, kbd.buffer[(kbd.first + i) % BUFFER]);
}

void keyboard_create(void)
{
    kbd.device = (struct device){.name = "keyboard", .base = BOARD_KEYBOARD_BASE, .size = BOARD_KEYBOARD_SIZE,
        .port = BOARD_KEYBOARD_PORT, .read = i8042_read, .write = i8042_write, .hash = i8042_hash};
    kbd.mode = MODE_INTERRUPT | MODE_TESTED | MODE_TRANSLATE;
    kbd.scanning = true;
    machine.lines_existing |= UINT64_C(1) << ARCH_VECTOR_KEYBOARD;
    device_attach(&kbd.device);
}

/* A key that finds no room for all it has to say is lost as a whole. */
void keyboard_key(uint32_t usage, bool down)
{
    uint8_t bytes[SCANCODE_MAX];
    uint32_t n = scancode_set1(usage, down, bytes);

    if (!kbd.scanning || (kbd.mode & MODE_OFF) != 0 || n > BUFFER - kbd.count)
        return;
    for (uint32_t i = 0; i < n; i++)
        push(bytes[i]);
    update();
}
