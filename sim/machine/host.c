/* SPDX-License-Identifier: MIT */
/*
 * <sim/host.h>: the kernel's side asks, this side answers. sim/ and the libraries below it are the "hardware": the
 * ThreadSanitizer must not look at what they do on behalf of one CPU or another, so every entry is bracketed.
 */
#include <sim/chaos.h>
#include <sim/console.h>
#include <sim/crash.h>
#include <sim/device.h>
#include <sim/double_read.h>
#include <sim/engine.h>
#include <sim/fault.h>
#include <sim/fiber.h>
#include <sim/host.h>
#include <sim/input.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/port.h>
#include <sim/progress.h>
#include <sim/serial.h>
#include <sim/tasks.h>
#include <sim/tlb.h>
#include <sim/trace.h>
#include <sim/tsan.h>

#include <stdio.h>
#include <stdlib.h>

#include "machine_priv.h"

static inline void enter(void)
{
    if (__tsan_ignore_thread_begin != NULL)
        __tsan_ignore_thread_begin();
}

static inline void leave(void)
{
    if (__tsan_ignore_thread_end != NULL)
        __tsan_ignore_thread_end();
}

/* -- CPUs and time -- */

void host_preempt(void)
{
    enter();
    machine_yield();
    leave();
}

/* Who is at the point, and who called that function: by frame pointers, as in arch_backtrace(). */
void host_point(const void *word)
{
    const uintptr_t *frame = __builtin_frame_address(0);
    uintptr_t pc = (uintptr_t)__builtin_return_address(0), caller = 0;

    enter();
    if (fiber_holds(fiber_self(), frame[0], 2 * sizeof *frame))
        caller = ((const uintptr_t *)frame[0])[1];
    chaos_point(word != NULL ? CHAOS_ATOMIC : CHAOS_RELAX, word, pc, caller);
    leave();
}

void host_halt(void)
{
    struct sim_cpu *cpu = machine_cpu();

    enter();
    while (!irq_pending(cpu)) {
        cpu->halted = true;
        progress_halt();
        machine_yield();
    }
    leave();
}

bool host_cpu_start(uint32_t cpu)
{
    enter();
    bool started = cpu_start(cpu);
    leave();
    return started;
}

void host_cpu_stop_others(void)
{
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        if (i != machine.running)
            machine.cpu[i].started = false;
    }
}

void host_timer_start(uint32_t frequency_hz)
{
    enter();
    irq_start_tick(frequency_hz);
    leave();
}

/* -- Interrupts -- */

int host_irq_claim(uint64_t except)
{
    enter();
    int vector = irq_claim(except);
    leave();
    return vector;
}

bool host_irq_pending(void)
{
    return irq_pending(machine_cpu());
}

void host_irq_reset(void)
{
    irq_reset();
}

bool host_irq_exists(uint32_t vector)
{
    return vector < 64 && (machine.lines_existing >> vector & 1u) != 0;
}

void host_irq_set_mask(uint32_t vector, bool masked)
{
    enter();
    irq_set_mask(vector, masked);
    leave();
}

void host_irq_send(uint32_t cpu_mask, uint32_t vector)
{
    enter();
    irq_send(cpu_mask, vector);
    leave();
}

/* -- Kernel contexts -- */

struct fiber *host_fiber_create(uint64_t size)
{
    enter();
    struct fiber *fiber = fiber_create(size);
    leave();
    return fiber;
}

void host_fiber_destroy(struct fiber *fiber)
{
    enter();
    fiber_destroy(fiber);
    leave();
}

void host_fiber_prepare(struct fiber *fiber, void (*entry)(void *arg), void *arg)
{
    fiber_prepare(fiber, entry, arg);
}

struct fiber *host_fiber_self(void)
{
    return fiber_self();
}

void host_fiber_switch(struct fiber *to)
{
    fiber_switch(to, FIBER_ORDERED);
}

void host_fiber_stack(const struct fiber *fiber, uintptr_t *low, uint64_t *size)
{
    size_t bytes;

    fiber_stack(fiber, low, &bytes);
    *size = bytes;
}

/* -- User mode -- */

static void user_begins(void)
{
    progress_enter_user();
    if (sim_port.points == 0)
        return;
    chaos_point(CHAOS_ENTER, NULL, 0, 0);
    machine_look_at(machine_now() + chaos_user_step());
}

static void user_ended(bool trapped, const struct arch_trap *trap)
{
    if (!trapped) {
        machine_yield();
        return;
    }
    moment_advance();
    chaos_entered();
    if (trap->kind == ARCH_TRAP_SYSCALL)
        chaos_called();
    if (sim_port.points != 0)
        chaos_point(CHAOS_TRAP, NULL, 0, 0);
}

bool host_user_run(struct arch_user *user, paddr_t root, struct arch_trap *trap)
{
    bool trapped = false;

    enter();
    tasks_note_user(machine.running, user, root);
    double_read_note_user(root);
    user_begins();
    if (sim_port.points == 0 || !irq_pending(machine_cpu())) /* a stall may have let one come */
        trapped = engine_run(machine_cpu(), user, root, trap);
    user_ended(trapped, trap);
    leave();
    return trapped;
}

void host_user_detach(void)
{
    struct engine *engine = machine_cpu()->engine;

    if (engine == NULL)
        return;
    enter();
    engine_detach(engine);
    leave();
}

void host_user_peek(const struct arch_user *user, struct trap_frame *frame)
{
    enter();
    engine_peek(user, frame);
    leave();
}

void host_user_forget(struct arch_user *user)
{
    engine_forget(user);
}

void host_tlb_flush(uint32_t cpu_mask)
{
    enter();
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        if ((cpu_mask >> i & 1u) != 0 && machine.cpu[i].engine != NULL)
            engine_flush_tlb(machine.cpu[i].engine);
    }
    tlb_flush_all(cpu_mask);
    leave();
}

void host_tlb_flush_page(uint32_t cpu_mask, paddr_t root, vaddr_t va)
{
    enter();
    for (uint32_t i = 0; i < machine.config.cpus; i++) {
        if ((cpu_mask >> i & 1u) != 0 && machine.cpu[i].engine != NULL)
            engine_flush_tlb(machine.cpu[i].engine); /* the engine can only forget everything */
    }
    tlb_flush_page(cpu_mask, root, va);
    leave();
}

void host_space_written(paddr_t root, vaddr_t va)
{
    tlb_note_write(root, va);
}

void host_space_gone(paddr_t root)
{
    enter();
    engine_space_gone(root);
    leave();
}

void host_code_changed(paddr_t pa, uint64_t len)
{
    enter();
    engine_code_changed(pa, len);
    leave();
}

/* -- Devices -- */

uint32_t host_io_read(uint64_t addr, uint32_t size, bool port)
{
    enter();
    uint32_t value = device_read(addr, size, port);
    leave();
    return value;
}

void host_io_write(uint64_t addr, uint32_t size, bool port, uint32_t value)
{
    enter();
    device_write(addr, size, port, value);
    leave();
}

uint64_t host_random(void)
{
    return rng_next(&machine.rng[RNG_GUEST]);
}

/* -- Ends -- */

bool host_quiescent(void)
{
    return event_count(EVENT_DEVICE) + event_count(EVENT_INPUT) == 0 && input_attached() == 0;
}

void host_panic_note(const char *message)
{
    static char note[256]; /* the kernel's buffer may be on a stack that is gone when it is printed */

    snprintf(note, sizeof note, "%s", message);
    machine.result.panic = note;
}

void host_power_off(enum arch_off why, uint32_t code)
{
    enter();
    serial_flush();
    if (why == ARCH_OFF_PANIC)
        crash_show_backtrace();
    if (why == ARCH_OFF_PANIC && machine.config.panic_aborts) {
        trace_end(machine_now());
        console_restore();
        abort(); /* here and now: a debugger shows the way to the panic */
    }
    machine_finish(MACHINE_OFF, why, code);
}

void host_reset(void)
{
    enter();
    machine_finish(MACHINE_RESET, ARCH_OFF_DONE, 0);
}

/* -- Debugging -- */

bool host_fault(uint32_t point)
{
    enter();
    bool fails = fault_decide(point);
    leave();
    return fails;
}

uint64_t host_code_address(uintptr_t address)
{
    if (address < (uintptr_t)&__executable_start || address >= (uintptr_t)&etext)
        return 0;
    return address - (uintptr_t)&__executable_start;
}

void host_user_read(paddr_t root, vaddr_t va, uint64_t len)
{
    enter();
    double_read_note(root, va, len, __builtin_frame_address(0));
    leave();
}
