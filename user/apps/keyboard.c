/* SPDX-License-Identifier: MIT */
/*
 * A keyboard driver as a user program: it owns the controller's registers and interrupt, turns scan codes into text and
 * shows what is typed. Escape ends it.
 */
#include <aegis/aegis.h>
#include <aegis/device.h>

enum { KEYBOARD_DEVICE = 1, KEYBOARD_IRQ = 35, KEYBOARD_BIT = 1 };
enum { DATA = 0, STATUS = 1, STATUS_FULL = 1 }; /* registers by number, `stride` apart */
enum { CODE_ESCAPE = 0x01, CODE_LEFT_SHIFT = 0x2A, CODE_RIGHT_SHIFT = 0x36, CODE_EXTENDED = 0xE0, CODE_RELEASED = 0x80 };

/* What the keys of scan code set 1 mean, from code 0; 0: no text. */
static const char plain[] = "\0\0331234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

struct keyboard {
    struct aegis_device device;
    bool shift;
    bool extended; /* the next code belongs to a key that has no text */
};

static uint8_t read_register(const struct keyboard *k, uint64_t number)
{
    uint64_t address = k->device.base + number * k->device.stride;
    if (k->device.kind == AEGIS_DEVICE_I8042_PORT)
        return aegis_port_read(address);
    return *(volatile uint8_t *)address;
}

/* The character that this code types, or 0. */
static char decode(struct keyboard *k, uint8_t code)
{
    uint8_t key = code & (uint8_t)~CODE_RELEASED;
    bool pressed = key == code;
    bool extended = k->extended;
    k->extended = code == CODE_EXTENDED;
    if (k->extended || extended)
        return 0;
    if (key == CODE_LEFT_SHIFT || key == CODE_RIGHT_SHIFT)
        k->shift = pressed;
    if (!pressed || key >= sizeof(plain))
        return 0;
    return k->shift ? shifted[key] : plain[key];
}

static status_t show(char c)
{
    return print(c == '\b' ? "\b \b" : (const char[]){c, '\0'});
}

/* Take everything the controller has. False: the user wants to leave. */
static bool drain(struct keyboard *k)
{
    while ((read_register(k, STATUS) & STATUS_FULL) != 0) {
        char c = decode(k, read_register(k, DATA));
        if (c == '\033' || (c != 0 && show(c) != STATUS_OK))
            return false;
    }
    return true;
}

int main(void)
{
    struct keyboard k = {.shift = false};
    uint64_t bits;
    if (aegis_device_map(KEYBOARD_DEVICE, &k.device) != STATUS_OK || k.device.kind < AEGIS_DEVICE_I8042)
        return 1;
    if (aegis_irq_bind(KEYBOARD_IRQ, KEYBOARD_BIT) != STATUS_OK)
        return 2;
    if (print("KBD:ready, type; Escape ends\n") != STATUS_OK)
        return 3;
    while (drain(&k))
        if (aegis_irq_ack(KEYBOARD_IRQ) != STATUS_OK || aegis_wait_notify(&bits) != STATUS_OK)
            return 4;
    return print("\nKBD:bye\n") == STATUS_OK ? 0 : 5;
}
