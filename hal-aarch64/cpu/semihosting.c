/* SPDX-License-Identifier: MIT */
/*
 * Calls to the emulator or debugger, if the command line has the word `semihosting`. On a machine that does not know
 * them the instruction traps and is skipped.
 */
#include <a64/kernel.h>

#include <base/cmdline.h>
#include <common/port.h>

#define SYS_WRITE0 0x04u
#define SYS_EXIT_EXTENDED 0x20u
#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

static KSTATE bool allowed;

void semihosting_init(const char *cmdline)
{
    allowed = cmdline_has(cmdline, "semihosting");
}

static void call(uint32_t operation, const void *argument)
{
    register uint64_t x0 __asm__("x0") = operation;
    register const void *x1 __asm__("x1") = argument;

    if (allowed)
        __asm__ volatile("1: hlt #0xF000\n" FIXUP : "+r"(x0) : "r"(x1) : "memory");
}

void port_debug_write(const char *text)
{
    call(SYS_WRITE0, text);
}

void port_exit(uint32_t status)
{
    const uint64_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, status};

    call(SYS_EXIT_EXTENDED, block);
}
