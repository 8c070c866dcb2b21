/* SPDX-License-Identifier: MIT */
/* The machine as a whole: reset, and how it ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kstate.h"
#include "null_priv.h"

static uint8_t ram[NULL_RAM_MAX] __attribute__((aligned(4096)));
static uint8_t framebuffer[640 * 480 * 4] __attribute__((aligned(4096)));

struct null_machine null_machine;
struct null_port null_port;

/* The fiber that called null_run(). */
static struct arch_context run_caller;

/* State of all core modules as the process started with it. */
static char *pristine;

static __attribute__((constructor)) void remember_kstate(void)
{
    size_t size = kstate_size();
    if (size == 0)
        return;
    pristine = malloc(size);
    if (pristine == NULL)
        null_misuse("no host memory");
    memcpy(pristine, __start_kstate, size);
}

void null_misuse(const char *what)
{
    fprintf(stderr, "hal-null: %s\n", what);
    abort();
}

static void reset_ram(const struct null_config *config)
{
    /* The kernel gives fresh zero pages for both arrays. */
    madvise(ram, sizeof(ram), MADV_DONTNEED);
    madvise(framebuffer, sizeof(framebuffer), MADV_DONTNEED);
    null_port.ram = ram;
    null_port.ram_size = config->ram_size;
    null_port.framebuffer = framebuffer;
    null_port.framebuffer_size = config->framebuffer ? sizeof(framebuffer) : 0;
}

static void check_config(struct null_config *config)
{
    if (config->cpus == 0)
        config->cpus = 1;
    if (config->ram_size == 0)
        config->ram_size = NULL_RAM_MAX;
    if (config->stop_at == 0)
        config->stop_at = NULL_STOP_DEFAULT;
    if (config->cpus > ARCH_MAX_CPUS)
        null_misuse("more CPUs than ARCH_MAX_CPUS");
    if (config->ram_size > NULL_RAM_MAX || config->ram_size % PAGE_SIZE != 0 || config->ram_size < NULL_KERNEL_SIZE)
        null_misuse("bad RAM size");
    if (config->module_count > BOOT_MODULES_MAX)
        null_misuse("more modules than BOOT_MODULES_MAX");
}

void null_reset(const struct null_config *config)
{
    memset(&null_machine, 0, sizeof(null_machine));
    memset(&null_port, 0, sizeof(null_port));
    if (pristine != NULL)
        memcpy(__start_kstate, pristine, kstate_size());
    null_stack_reset();
    null_user_reset();
    if (config != NULL)
        null_machine.config = *config;
    check_config(&null_machine.config);
    reset_ram(&null_machine.config);
    null_boot_reset();
    null_machine.random = null_machine.config.seed;
    null_machine.kstacks_max = NULL_STACK_CPU;
    struct null_cpu *cpu = &null_machine.cpu[0];
    cpu->started = true;
    cpu->boot.stack = null_stack_host();
    cpu->running = &cpu->boot;
    null_fiber_resync();
}

static void run_main(void *arg)
{
    (void)arg;
    null_machine.run_fn(null_machine.run_arg);
    null_end_machine(NULL_RETURNED, ARCH_OFF_DONE, 0, "");
}

struct null_end null_run(void (*fn)(void *arg), void *arg)
{
    struct null_cpu *cpu = &null_machine.cpu[0];
    if (null_machine.in_run)
        null_misuse("null_run() inside null_run()");
    if (null_port.cpu != 0 || cpu->running != &cpu->boot)
        null_misuse("null_run() needs null_reset() first");
    null_machine.in_run = true;
    null_machine.run_fn = fn;
    null_machine.run_arg = arg;
    run_caller.stack = null_stack_host();
    null_fiber_init(&cpu->boot, null_stack_get(NULL_STACK_CPU), run_main, NULL);
    null_fiber_switch(&run_caller, &cpu->boot, true);
    null_fiber_join_all();
    null_machine.in_run = false;
    return null_machine.end;
}

void null_end_machine(enum null_end_kind kind, enum arch_off why, uint32_t code, const char *message)
{
    if (!null_machine.in_run) {
        fprintf(stderr, "hal-null: the machine ended outside null_run(): kind %d, why %d, code %u %s\n", (int)kind,
                (int)why, code, message);
        abort();
    }
    null_machine.end = (struct null_end){.kind = kind, .why = why, .code = code};
    snprintf(null_machine.end.message, sizeof(null_machine.end.message), "%s", message);
    null_fiber_switch(null_machine.cpu[null_port.cpu].running, &run_caller, true);
    null_misuse("a dead machine was continued");
}
