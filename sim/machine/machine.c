/* SPDX-License-Identifier: MIT */
#include <sim/engine.h>
#include <sim/fiber.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/port.h>
#include <sim/serial.h>
#include <sim/trace.h>
#include <sim/tsan.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <board.h>

#include "machine_priv.h"

struct machine machine;

#define NS_PER_S UINT64_C(1000000000)

/* a * b / c without overflow in between, saturating. */
static uint64_t scale(uint64_t a, uint64_t b, uint64_t c)
{
    __extension__ typedef unsigned __int128 wide;
    wide r = (wide)a * b / c;

    return r > EVENT_NEVER ? EVENT_NEVER : (uint64_t)r;
}

uint64_t machine_ns_to_units(uint64_t ns)
{
    return ns == EVENT_NEVER ? EVENT_NEVER : scale(ns, machine.config.clock_rate, NS_PER_S);
}

uint64_t machine_units_to_ns(uint64_t units)
{
    return scale(units, NS_PER_S, machine.config.clock_rate);
}

/* -- RAM -- */

static uint8_t *map(uint64_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

bool ram_create(void)
{
    machine.framebuffer_size = BOARD_FRAMEBUFFER_PITCH * BOARD_FRAMEBUFFER_HEIGHT;
    machine.framebuffer_size = (machine.framebuffer_size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
    machine.ram = map(machine.config.ram_size);
    machine.framebuffer = machine.config.framebuffer_map != NULL ? machine.config.framebuffer_map(machine.framebuffer_size) :
        map(machine.framebuffer_size);
    return machine.ram != NULL && machine.framebuffer != NULL;
}

uint8_t *ram_at(uint64_t pa, uint64_t len)
{
    uint64_t offset = pa - BOARD_RAM_BASE;

    if (offset >= machine.config.ram_size || len > machine.config.ram_size - offset)
        return NULL;
    return machine.ram + offset;
}

/* -- Life -- */

static void stop_at_moment(void)
{
    machine_finish(MACHINE_STOP_AT, ARCH_OFF_STOPPED, 0);
}

static void fire_stop_at(struct event *event)
{
    (void)event;
    machine_finish(MACHINE_STOP_AT, ARCH_OFF_STOPPED, 0);
}

static void fill_port(void)
{
    sim_port.cpu_count = machine.config.cpus;
    sim_port.frequency = machine.config.clock_rate;
    sim_port.ram = machine.ram;
    sim_port.ram_size = machine.config.ram_size;
    sim_port.framebuffer = machine.framebuffer;
    sim_port.framebuffer_size = machine.framebuffer_size;
}

int machine_create(const struct machine_config *config)
{
    machine.config = *config;
    for (uint32_t i = 0; i < MACHINE_CPUS_MAX; i++)
        machine.cpu[i].id = i;
    for (uint32_t i = 0; i < RNG_STREAM_COUNT; i++)
        rng_init(&machine.rng[i], config->seed, (enum rng_stream)i);
    machine.main = fiber_adopt();
    int code = boot_check();
    if (code != 0)
        return code;
    if (!ram_create()) {
        fprintf(stderr, "aegis-sim: the host has no room for %llu MiB of machine memory\n",
            (unsigned long long)(config->ram_size >> 20));
        return 71;
    }
    fill_port();
    irq_init();
    board_create();
    return boot_load();
}

static void look_again(void)
{
    __tsan_ignore_thread_end();
}

/* What is left is to look at the ended machine, whose CPUs no longer run: nothing there is a race. */
static void look_at_the_dead(void)
{
    if (__tsan_ignore_thread_begin == NULL || __tsan_ignore_thread_end == NULL)
        return;
    __tsan_ignore_thread_begin();
    atexit(look_again);
}

const struct machine_result *machine_run(void)
{
    if (machine.config.stop_at_ns != EVENT_NEVER) {
        event_init(&machine.stop_at, EVENT_CONTROL, fire_stop_at, NULL);
        event_schedule(&machine.stop_at, machine_ns_to_units(machine.config.stop_at_ns));
    }
    if (machine.config.stop_at_moment != 0)
        moment_at(MOMENT_FOR_STOP, machine.config.stop_at_moment, stop_at_moment);
    cpu_start(0);
    machine.cpu[0].clock = 0;
    sim_port.limit = sim_port.cpu = 0;
    sim_port.budget = 0; /* CPU 0 looks around before its first step */
    fiber_switch(machine.cpu[0].boot, FIBER_ORDERED);
    look_at_the_dead();
    trace_end(machine.result.time);
    serial_flush();
    return &machine.result;
}

void machine_finish(enum machine_end end, enum arch_off off, uint32_t code)
{
    struct machine_result *result = &machine.result;

    result->end = end;
    result->off = off;
    result->code = code;
    result->time = machine_now();
    fiber_switch(machine.main, FIBER_UNORDERED);
    abort(); /* nobody continues a machine that has ended */
}

void machine_ask(enum machine_end end)
{
    machine.host_request = (int)end + 1;
}
