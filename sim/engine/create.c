/* SPDX-License-Identifier: MIT */
/* Making an engine: the order of these steps is the library's, see docs/simulator.md. */
#include <stdio.h>
#include <stdlib.h>

#include <board.h>
#include <sim/device.h>
#include <sim/port.h>

#include "engine_priv.h"

#define CODE_BUFFER (8u << 20) /* bytes of translated code; when it is full the library starts anew */

void engine_must(uc_err error, const char *what)
{
    if (error == UC_ERR_OK)
        return;
    fprintf(stderr, "aegis-sim: engine: %s: %s\n", what, uc_strerror(error));
    exit(70);
}

uint64_t engine_register(struct engine *engine, int id)
{
    uint64_t value = 0;

    engine_must(uc_reg_read(engine->uc, id, &value), "reading a register");
    return value;
}

void engine_set_register(struct engine *engine, int id, uint64_t value)
{
    engine_must(uc_reg_write(engine->uc, id, &value), "writing a register");
}

uint32_t engine_version(void)
{
    return uc_version(NULL, NULL);
}

void engine_enter_at(struct engine *engine, uint64_t va)
{
    engine->mode = MODE_VIEW;
    engine->view_va = engine->view_pa = va;
    uc_err error = uc_emu_start(engine->uc, va, 0, 0, 0);
    engine_must(error, "entering user mode");
    if (engine->stop != STOP_SYSCALL)
        engine_must(UC_ERR_EXCEPTION, "entering user mode");
    engine->mode = MODE_RUN;
    engine->stop = STOP_NONE;
    engine_must(uc_mem_unmap(engine->uc, va, ENGINE_PAGE), "boot page");
    engine_flush_tlb(engine);
}

/* -- User access to device registers -- */

static uint64_t mmio_read(uc_engine *uc, uint64_t offset, unsigned size, void *user)
{
    struct engine *engine = machine_cpu()->engine;
    struct device *device = user;

    (void)uc;
    engine_settle(engine);
    machine_spend(SIM_COST_IO);
    uint64_t value = size > 4 ? UINT64_MAX : device_read((device->base & ~(ENGINE_PAGE - 1)) + offset, size, false);
    engine_settle(engine);
    return value;
}

static void mmio_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *user)
{
    struct engine *engine = machine_cpu()->engine;
    struct device *device = user;

    (void)uc;
    engine_settle(engine);
    machine_spend(SIM_COST_IO);
    if (size <= 4)
        device_write((device->base & ~(ENGINE_PAGE - 1)) + offset, size, false, (uint32_t)value);
    engine_settle(engine);
}

static void map_physical(struct engine *engine)
{
    engine_must(uc_mem_map_ptr(engine->uc, BOARD_RAM_BASE, machine.config.ram_size, UC_PROT_ALL, machine.ram), "RAM");
    engine_must(uc_mem_map_ptr(engine->uc, BOARD_FRAMEBUFFER_BASE, machine.framebuffer_size, UC_PROT_ALL,
        machine.framebuffer), "framebuffer");
    for (struct device *d = device_first(); d != NULL; d = d->next) {
        uint64_t base = d->base & ~(ENGINE_PAGE - 1);
        uint64_t end = (d->base + d->size + ENGINE_PAGE - 1) & ~(ENGINE_PAGE - 1);
        if (!d->port)
            engine_must(uc_mmio_map(engine->uc, base, end - base, mmio_read, d, mmio_write, d), d->name);
    }
}

static void build(struct engine *engine)
{
    engine->granted = engine->left = INT64_MAX;
    engine->root = 0;
    engine->debug_hooks = 0;
    engine->debug_generation = 0;
    engine_must(uc_open(engine_isa.arch, engine_isa.mode, &engine->uc), "opening the library");
    if (engine_isa.model >= 0)
        engine_must(uc_ctl_set_cpu_model(engine->uc, engine_isa.model), "CPU model");
    engine_must(uc_ctl_set_tcg_buffer_size(engine->uc, CODE_BUFFER), "code buffer");
    engine_must(uc_ctl_tlb_mode(engine->uc, UC_TLB_VIRTUAL), "TLB mode");
    engine_must(uc_ctl_exits_enable(engine->uc), "exits");
    engine_add_hooks(engine);
    map_physical(engine);
    /* Version 2.1.1 crashes when the code buffer first fills unless it was flushed once. */
    engine_must(uc_ctl_flush_tb(engine->uc), "flushing the code buffer");
    engine_isa_enter_user(engine);
    if (machine.config.metered)
        engine_add_metering(engine);
    engine->granted = engine->left;
    engine_must(uc_context_alloc(engine->uc, &engine->clean), "context");
    engine_must(uc_context_save(engine->uc, engine->clean), "context");
}

struct engine *engine_create(struct sim_cpu *cpu)
{
    struct engine *engine = calloc(1, sizeof *engine);

    if (engine == NULL)
        abort();
    engine->cpu = cpu;
    guard_install();
    build(engine);
    return engine;
}

void engine_renew(struct engine *engine)
{
    uc_context_free(engine->clean);
    guard_close(engine->uc);
    build(engine);
}
