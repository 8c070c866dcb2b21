/* SPDX-License-Identifier: MIT */
#include <x86/boot_found.h>

#include <base/string.h>

#define MODULE_NAME "image" /* of a module without a command line of its own, as QEMU passes it */

void found_keep(struct boot_found *found, paddr_t base, uint64_t size)
{
    if (size != 0 && found->kept_count < BOOT_KEPT_MAX)
        found->kept[found->kept_count++] = (struct ram_range){base, base + size};
}

void found_copy_text(char *out, size_t size, const uint8_t *text, uint64_t len)
{
    size_t n = 0;

    for (; n < len && n + 1 < size && text[n] != '\0'; n++)
        out[n] = text[n] < ' ' ? ' ' : (char)text[n];
    out[n] = '\0';
}

void found_add_module(struct boot_found *found, paddr_t start, paddr_t end, const uint8_t *text, uint64_t len)
{
    struct boot_module *module = &found->module[found->module_count];

    if (found->module_count == BOOT_MODULES_MAX)
        return;
    *module = (struct boot_module){.start = start, .end = end};
    if (text != NULL)
        found_copy_text(module->cmdline, sizeof module->cmdline, text, len);
    if (module->cmdline[0] == '\0')
        (void)str_copy(module->cmdline, sizeof module->cmdline, MODULE_NAME);
    found->module_count++;
}
