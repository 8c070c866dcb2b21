/* SPDX-License-Identifier: MIT */
/* Boot stages that start and test the nucleus itself: scheduler, communication, tasks, the other CPUs. */
#include "boot.h"

#include <abi/aegis_nr.h>
#include <abi/caps.h>
#include <abi/status.h>
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <base/cmdline.h>
#include <base/parse.h>
#include <base/string.h>
#include <cap/cap.h>
#include <diag/check.h>
#include <diag/console.h>
#include <diag/log.h>
#include <diag/panic.h>
#include <ipc/ipc.h>
#include <mm/frame.h>
#include <sched/check.h>
#include <sched/sched.h>
#include <sync/spinlock.h>
#include <sys/frame.h>
#include <task/task.h>

static bool invariants_hold(void)
{
    const char *module;

    return kernel_check(&module) == NULL;
}

static void on_tick(uint64_t tick)
{
    task_watchdog(tick);
}

static bool start_ticking(void)
{
    sched_set_tick_hook(on_tick);
    sched_set_idle_hook(task_check_deadlock);
    return arch_set_interrupt_handler(ARCH_VECTOR_TIMER, sched_tick, NULL) == STATUS_OK &&
           arch_set_interrupt_handler(ARCH_VECTOR_RESCHEDULE, sched_reschedule, NULL) == STATUS_OK;
}

void boot_nucleus(void)
{
    uint32_t need;

    sched_init();
    log_set_source(sched_ticks, thread_current_index);
    console_set_wait_hook(sched_point);
    boot_checkpoint("scheduler has an idle thread per CPU", thread_current()->index == THREAD_NONE);
    boot_checkpoint("no thread exists yet", sched_count(THREAD_INACTIVE) == CONFIG_TASKS);
    boot_checkpoint("no lock is held", spin_depth() == 0);
    boot_checkpoint("endpoints, grants and interrupt bindings ready", boot_has_memory(ipc_init()));
    boot_checkpoint("unknown call is denied", !cap_for_syscall(AEGIS_NR_COUNT, 0, &need) && !cap_check(CAP_ALL, need));
    boot_checkpoint("unknown endpoint is denied", !cap_for_syscall(AEGIS_NR_SEND, CONFIG_ENDPOINTS, &need) && !cap_check(CAP_ALL, need));
    boot_checkpoint("timer and reschedule handlers registered", start_ticking());
    check_register(&frame_check_module);
    check_register(&sched_check_module);
    check_register(&ipc_check_module);
    check_register(&task_check_module);
    boot_checkpoint("invariants hold before the first task", invariants_hold());
}

/* Policies from the command line. */
static void read_policies(const char *cmdline)
{
    char word[32];
    const char *p = word;
    uint64_t slot = THREAD_NONE;
    bool stop = cmdline_get(cmdline, "on-fault", word, sizeof(word)) && str_eq(word, "stop");

    if (cmdline_get(cmdline, "exit-task", word, sizeof(word)) && (!parse_u64(&p, &slot) || *p != '\0' || slot >= CONFIG_TASKS))
        slot = THREAD_NONE;
    task_set_policy(stop, (uint32_t)slot);
    if (!cmdline_get(cmdline, "check", word, sizeof(word)))
        return;
    check_set_when(str_eq(word, "invariants") ? CHECK_ALWAYS : str_eq(word, "quick") ? CHECK_QUICK : CHECK_NEVER);
}

/* An image that cannot run is its maker's mistake: one line saying what and where, and a stop that is not a panic. */
static void refuse_image(status_t status, const char *what)
{
    log_err("image: %s: %s", what, status_sentence(status));
    console_flush();
    arch_power_off(ARCH_OFF_CONFIG, 0);
}

static bool every_task_is_least_privileged(void)
{
    for (uint32_t i = 0; i < CONFIG_TASKS; i++)
        if (task_get(i)->used && (task_get(i)->config.caps & ~CAP_ALL) != 0)
            return false;
    return true;
}

void boot_tasks(void)
{
    const struct boot_state *b = boot_state();
    const char *what = "no boot module";
    status_t status = ERR_NOT_FOUND;

    read_policies(b->info->cmdline);
    task_set_gate(sys_handle_call);
    if (b->module_count > 0)
        status = task_create_all(arch_phys_ptr(b->modules[0].start), b->modules[0].end - b->modules[0].start,
                                 ARCH_ELF_MACHINE, &what);
    if (status != STATUS_OK)
        refuse_image(status, what);
    if (task_count() == 0)
        refuse_image(ERR_NOT_FOUND, "manifest names no task");
    boot_checkpoint("image accepted", status == STATUS_OK);
    boot_checkpoint("one ready thread per task", sched_count(THREAD_READY) == task_count());
    boot_checkpoint("masks within the 19 bits", every_task_is_least_privileged());
    boot_checkpoint("task memory is W^X and unshared", invariants_hold());
}

static void secondary_main(uint32_t cpu)
{
    arch_cpu_init();
    arch_interrupt_init();
    arch_enable_interrupts();
    ASSERT(arch_cpu_id() == cpu);
    arch_atomic_add32(&boot_state()->cpus_online, 1);
    while (!arch_atomic_load32(&boot_state()->released))
        arch_cpu_relax();
    arch_timer_init(SCHED_HZ);
    sched_start();
}

void boot_release_cpus(void)
{
    arch_atomic_store32(&boot_state()->released, 1);
}

void boot_secondary_cpus(void)
{
    struct boot_state *b = boot_state();

    for (uint32_t cpu = 1; cpu < arch_cpu_count(); cpu++) {
        ASSERT(arch_start_cpu(cpu, secondary_main) == STATUS_OK);
        while (arch_atomic_load32(&b->cpus_online) < cpu)
            arch_cpu_relax();
    }
    boot_checkpoint("every CPU is online", b->cpus_online + 1 == arch_cpu_count());
}
