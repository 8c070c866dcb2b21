/* SPDX-License-Identifier: MIT */
/* The end of the machine: by the firmware, or by what an emulator offers to tests. */
#include <arch/io.h>
#include <base/cmdline.h>
#include <common/phys.h>
#include <common/port.h>
#include <riscv/priv.h>
#include <riscv/sbi.h>
#include <riscv/window.h>

#define TEST_PASS 0x5555u
#define TEST_FAIL 0x3333u
#define TEST_CODE_SHIFT 16

#define SEMIHOSTING_WRITE0 0x04

static KSTATE struct {
    struct hal_range test; /* [I] the test device; size 0: none */
    bool semihosting;      /* [I] the command line says that somebody listens; to hardware the call is a breakpoint */
} state;

void power_find(const struct fdt *fdt, const char *cmdline)
{
    uint32_t node = device_find(fdt, "sifive,test0");

    if (node == FDT_NONE)
        node = device_find(fdt, "sifive,test1");
    (void)window_add(fdt, node, 0, &state.test);
    state.semihosting = cmdline_has(cmdline, "semihosting");
}

void port_exit(uint32_t status)
{
    if (state.test.size != 0)
        arch_io_write32(state.test.base, status == 0 ? TEST_PASS : status << TEST_CODE_SHIFT | TEST_FAIL);
}

void port_power_off(void)
{
    sbi_reset(SBI_SHUTDOWN);
}

void port_reset(void)
{
    sbi_reset(SBI_COLD_REBOOT);
}

void port_debug_write(const char *text)
{
    if (state.semihosting)
        (void)semihosting_call(SEMIHOSTING_WRITE0, (uintptr_t)text);
}
