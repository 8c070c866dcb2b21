/* SPDX-License-Identifier: MIT */
#include <init/kernel.h>

#include "boot.h"

#include <abi/status.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/timer.h>
#include <diag/console.h>
#include <diag/log.h>
#include <diag/panic.h>
#include <mm/frame.h>
#include <sched/sched.h>

static KSTATE struct boot_state state;

struct boot_state *boot_state(void)
{
    return &state;
}

void boot_checkpoint(const char *what, bool ok)
{
    if (!ok)
        panic("boot checkpoint failed: %s", what);
    state.checkpoints++;
    log_plain("[aegis] boot %02u: %s", state.checkpoints, what);
}

bool boot_has_memory(status_t status)
{
    if (status != ERR_NO_MEMORY)
        return status == STATUS_OK;
    log_err("FATAL: out of memory during boot, after checkpoint %u: give the machine more", state.checkpoints);
    console_flush();
    arch_power_off(ARCH_OFF_CONFIG, 0);
}

NORETURN void kernel_main(const struct boot_info *info)
{
    boot_console(info);     /* serial port, log, command line */
    boot_cpu();             /* CPU 0, interrupt controller */
    boot_memory();          /* firmware memory map, page frames */
    boot_mmu();             /* address spaces, W^X */
    boot_time();            /* clock, RTC, random source */
    boot_devices();         /* firmware tables, what tasks may map */
    boot_display();         /* text console on the framebuffer */
    boot_nucleus();         /* scheduler, endpoints, grants, interrupts */
    boot_tasks();           /* the image's tasks */
    boot_secondary_cpus();  /* CPU 1 and up */
    log_plain("[aegis] memory: %lu KiB free", (unsigned long)frame_count_free() * (PAGE_SIZE / 1024));
    log_info("[aegis] boot complete: %u checkpoints", state.checkpoints);
    frame_mark();           /* what is in use now belongs to the kernel and to static tasks for ever */
    console_flush();        /* the boot log first: once tasks run, user drivers may share the line */
    boot_release_cpus();    /* all CPUs begin to run tasks */
    arch_timer_init(SCHED_HZ);
    sched_start();
}
