/* SPDX-License-Identifier: MIT */
/* The display of Bochs and QEMU: registers of 16 bits in its memory register 2, pixels in its memory register 0. */
#include <common/display.h>

#include <abi/status.h>
#include <arch/io.h>
#include <base/cmdline.h>
#include <base/string.h>
#include <common/kernel_map.h>

#define VENDOR 0x1234u
#define DEVICE 0x1111u
#define BAR_PIXELS 0u
#define BAR_REGISTERS 2u

#define WIDTH 640u
#define HEIGHT 480u
#define BITS 32u
#define PITCH (WIDTH * BITS / 8)

#define REGISTERS 0x500u /* offset of register 0 */
enum { REG_ID, REG_WIDTH, REG_HEIGHT, REG_BITS, REG_ENABLE, REG_BANK, REG_VIRTUAL_WIDTH, REG_VIRTUAL_HEIGHT, REG_X, REG_Y };
#define ID_MASK 0xFFF0u
#define ID 0xB0C0u /* and a version */
#define ENABLE 0x01u
#define ENABLE_LINEAR 0x40u

static void set(paddr_t registers, uint32_t reg, uint32_t value)
{
    arch_io_write16(registers + REGISTERS + 2 * reg, (uint16_t)value);
}

static bool set_mode(paddr_t registers)
{
    if ((arch_io_read16(registers + REGISTERS + 2 * REG_ID) & ID_MASK) != ID)
        return false;
    set(registers, REG_ENABLE, 0); /* the size may change only while it is off */
    set(registers, REG_WIDTH, WIDTH);
    set(registers, REG_HEIGHT, HEIGHT);
    set(registers, REG_BITS, BITS);
    set(registers, REG_VIRTUAL_WIDTH, WIDTH);
    set(registers, REG_X, 0);
    set(registers, REG_Y, 0);
    set(registers, REG_ENABLE, ENABLE | ENABLE_LINEAR);
    return true;
}

void display_init(struct boot_info *info, struct pci_window *window)
{
    struct pci_function f;
    struct hal_range pixels, registers;
    char word[8];

    if (info->framebuffer.addr != 0 || (cmdline_get(info->cmdline, "display", word, sizeof word) && str_eq(word, "off")))
        return;
    if (!pci_find(VENDOR, DEVICE, &f) || pci_claim_bar(f, BAR_PIXELS, window, &pixels) != STATUS_OK ||
        pci_claim_bar(f, BAR_REGISTERS, window, &registers) != STATUS_OK || pixels.size < PITCH * HEIGHT)
        return;
    pci_enable_memory(f);
    if (!set_mode(registers.base))
        return;
    info->framebuffer = (struct boot_framebuffer){pixels.base, WIDTH, HEIGHT, PITCH, BITS};
    hal_map.framebuffer = pixels;
}
