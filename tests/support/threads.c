/* SPDX-License-Identifier: MIT */
#include <support/threads.h>

#include <stdio.h>
#include <stdlib.h>

#include <abi/status.h>
#include <arch/irq.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <diag/console.h>
#include <diag/log.h>

struct plan {
    uint32_t index, prio, budget;
    void (*fn)(uint32_t me);
};

static struct plan plans[CONFIG_TASKS];
static uint32_t count;
static void (*start_hook)(void);

void threads_begin(uint32_t cpus)
{
    null_reset(&(struct null_config){.cpus = cpus});
    count = 0;
    start_hook = NULL;
}

void threads_add_budget(uint32_t index, uint32_t prio, uint32_t budget, void (*fn)(uint32_t me))
{
    if (count == CONFIG_TASKS)
        abort();
    plans[count++] = (struct plan){.index = index, .prio = prio, .budget = budget, .fn = fn};
}

void threads_add(uint32_t index, uint32_t prio, void (*fn)(uint32_t me))
{
    threads_add_budget(index, prio, 0, fn);
}

void threads_on_start(void (*fn)(void))
{
    start_hook = fn;
}

static void thread_main(void *arg)
{
    const struct plan *plan = arg;

    plan->fn(plan->index);
    sched_exit();
}

static void nothing_left(void)
{
    arch_power_off(ARCH_OFF_DONE, 0);
}

static void secondary(uint32_t cpu)
{
    (void)cpu;
    arch_enable_interrupts();
    arch_timer_init(SCHED_HZ);
    sched_start();
}

static void require(status_t status)
{
    if (status != STATUS_OK)
        arch_panic("threads_run(): the fixture does not work");
}

static void boot(void *arg)
{
    (void)arg;
    sched_init();
    sched_set_idle_hook(nothing_left);
    log_set_source(sched_ticks, thread_current_index);
    console_set_wait_hook(sched_point);
    require(arch_set_interrupt_handler(ARCH_VECTOR_TIMER, sched_tick, NULL));
    require(arch_set_interrupt_handler(ARCH_VECTOR_RESCHEDULE, sched_reschedule, NULL));
    arch_enable_interrupts();
    if (start_hook)
        start_hook();
    for (uint32_t i = 0; i < count; i++) {
        const struct thread_config config = {
            .name = "test", .prio = plans[i].prio, .budget = plans[i].budget, .entry = thread_main, .arg = &plans[i]};

        require(thread_create(plans[i].index, &config));
    }
    for (uint32_t cpu = 1; cpu < arch_cpu_count(); cpu++)
        require(arch_start_cpu(cpu, secondary));
    arch_timer_init(SCHED_HZ);
    sched_start();
}

struct null_end threads_run(void)
{
    return null_run(boot, NULL);
}

void threads_work_deaf(uint32_t ticks)
{
    for (uint32_t i = 0; i < ticks; i++) {
        null_advance(NULL_FREQUENCY / SCHED_HZ);
        arch_irq_window();
    }
}

void threads_work(uint32_t ticks)
{
    for (uint32_t i = 0; i < ticks; i++) {
        threads_work_deaf(1);
        sched_point();
    }
}
