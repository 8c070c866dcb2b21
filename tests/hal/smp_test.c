/* SPDX-License-Identifier: MIT */
/* The other CPUs: start, interrupts between them, atomics, shoot-down. They are started once and stay. */
#include <arch/atomic.h>
#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/smp.h>
#include <arch/timer.h>

#include "suite.h"
#include "user.h"

#define VECTOR 8u
#define FIRST_STACK 20u /* kernel stack of CPU i is FIRST_STACK + i */
#define ADDS 2000u

/* What a CPU is told to do. */
enum order { ORDER_NONE, ORDER_ADD, ORDER_LOCK, ORDER_USER };

static struct {
    uint32_t started[ARCH_MAX_CPUS]; /* 1 + the CPU's own idea of its number */
    uint32_t seen[ARCH_MAX_CPUS];    /* what the starter had written before */
    uint32_t interrupts[ARCH_MAX_CPUS];
    uint32_t other_interrupts; /* of VECTOR + 1 */
    uint32_t order[ARCH_MAX_CPUS];
    uint32_t obeyed[ARCH_MAX_CPUS];
    uint32_t counter;
    uint32_t lock;
    uint64_t locked_counter; /* under `lock` */
    uint32_t message;
    uint32_t running; /* ORDER_USER: interrupts sent from now on are taken in user mode */
    uint32_t stop; /* ORDER_USER: even an endless loop ends */
    struct hal_user *user; /* ORDER_USER: what to run */
    struct arch_trap trap; /* and how it ended */
} shared;

static struct arch_kstack stacks[ARCH_MAX_CPUS];
static struct arch_context boot_contexts[ARCH_MAX_CPUS], contexts[ARCH_MAX_CPUS];
static struct hal_user user;

static void count_interrupt(void *data)
{
    (void)data;
    arch_atomic_add32(&shared.interrupts[arch_cpu_id()], 1);
}

static void count_other(void *data)
{
    (void)data;
    arch_atomic_add32(&shared.other_interrupts, 1);
}

static void add_atomically(void)
{
    for (uint32_t i = 0; i < ADDS; i++)
        arch_atomic_add32(&shared.counter, 1);
}

static void add_locked(void)
{
    for (uint32_t i = 0; i < ADDS; i++) {
        uint32_t free = 0;
        while (!arch_atomic_cas32(&shared.lock, &free, 1)) {
            free = 0;
            arch_cpu_relax();
        }
        uint64_t value = shared.locked_counter;
        if (i % 16 == 0)
            arch_cpu_relax(); /* ask for trouble */
        shared.locked_counter = value + 1;
        arch_atomic_store32(&shared.lock, 0);
    }
}

/* Run the user program until it traps or is told to stop; then switch away from the thread, as before any migration. */
static void run_user(uint32_t cpu)
{
    struct hal_user *u = shared.user;
    arch_switch_address_space(&u->space);
    arch_atomic_store32(&shared.running, 1);
    do
        arch_user_run(&u->regs, &shared.trap);
    while (shared.trap.kind == ARCH_TRAP_INTERRUPT && arch_atomic_load32(&shared.stop) == 0);
    arch_switch_address_space(NULL);
    arch_context_switch(&contexts[cpu], &boot_contexts[cpu]);
}

static void obey(uint32_t cpu)
{
    uint32_t order = arch_atomic_exchange32(&shared.order[cpu], ORDER_NONE);
    if (order == ORDER_ADD)
        add_atomically();
    else if (order == ORDER_LOCK)
        add_locked();
    else if (order == ORDER_USER)
        run_user(cpu);
    if (order != ORDER_NONE)
        arch_atomic_add32(&shared.obeyed[cpu], 1);
}

static void cpu_thread(void *arg)
{
    uint32_t cpu = *(uint32_t *)arg;
    arch_set_kernel_stack(&stacks[cpu]);
    arch_atomic_store32(&shared.started[cpu], 1 + arch_cpu_id());
    for (;;) {
        obey(cpu);
        if (arch_atomic_load32(&shared.order[cpu]) == ORDER_NONE)
            arch_halt();
    }
}

static void cpu_entry(uint32_t cpu)
{
    static uint32_t numbers[ARCH_MAX_CPUS];
    numbers[cpu] = cpu;
    shared.seen[cpu] = shared.message;
    arch_cpu_init();
    arch_interrupt_init();
    arch_context_init(&contexts[cpu], &stacks[cpu], cpu_thread, &numbers[cpu]);
    arch_context_adopt(&boot_contexts[cpu]);
    for (;;)
        arch_context_switch(&boot_contexts[cpu], &contexts[cpu]);
}

/* Tell a CPU to do something; `obeyed` says when it has. */
static void command(uint32_t cpu, enum order order)
{
    arch_atomic_store32(&shared.order[cpu], order);
    arch_send_ipi(1u << cpu, VECTOR);
}

struct arch_trap user_run_elsewhere(struct hal_user *u)
{
    uint32_t before = arch_atomic_load32(&shared.obeyed[1]);
    shared.user = u;
    shared.trap = (struct arch_trap){.kind = ARCH_TRAP_COUNT};
    arch_switch_address_space(NULL);
    hal_step_aside(); /* only a thread that was switched away from goes to another CPU */
    command(1, ORDER_USER);
    if (!hal_wait_for(&shared.obeyed[1], before + 1))
        hal_fail(__FILE__, __LINE__, "CPU 1 runs the program for ever");
    return shared.trap;
}

static void bad_starts_are_refused(void)
{
    CHECK_STATUS(arch_start_cpu(0, cpu_entry), ERR_INVALID_ARGS);
    CHECK_STATUS(arch_start_cpu(arch_cpu_count(), cpu_entry), ERR_INVALID_ARGS);
    CHECK_STATUS(arch_start_cpu(~0u, cpu_entry), ERR_INVALID_ARGS);
}

static void all_cpus_start(void)
{
    if (arch_cpu_count() == 1)
        SKIP("one CPU");
    CHECK_OK(arch_set_interrupt_handler(VECTOR, count_interrupt, NULL));
    shared.message = 0xC0FFEE;
    for (uint32_t i = 1; i < arch_cpu_count(); i++) {
        CHECK_OK(arch_kstack_create(&stacks[i], FIRST_STACK + i));
        CHECK_OK(arch_start_cpu(i, cpu_entry));
        CHECK(hal_wait_for(&shared.started[i], 1 + i));
        CHECK(shared.seen[i] == 0xC0FFEE);
        CHECK_STATUS(arch_start_cpu(i, cpu_entry), ERR_BAD_STATE);
    }
    CHECK(arch_cpu_id() == 0);
}

static void ipis_reach_each_cpu(void)
{
    if (arch_cpu_count() == 1)
        SKIP("one CPU");
    for (uint32_t round = 1; round <= 20; round++) {
        for (uint32_t i = 1; i < arch_cpu_count(); i++) {
            uint32_t before = arch_atomic_load32(&shared.interrupts[i]);
            arch_send_ipi(1u << i, VECTOR);
            CHECK(hal_wait_for(&shared.interrupts[i], before + 1));
        }
    }
}

static void ipis_reach_a_mask(void)
{
    uint32_t before[ARCH_MAX_CPUS];
    uint32_t all = (1u << arch_cpu_count()) - 1;
    if (arch_cpu_count() == 1)
        SKIP("one CPU");
    for (uint32_t i = 0; i < arch_cpu_count(); i++)
        before[i] = arch_atomic_load32(&shared.interrupts[i]);
    arch_send_ipi(all, VECTOR);
    arch_enable_interrupts();
    arch_irq_window();
    arch_disable_interrupts();
    for (uint32_t i = 0; i < arch_cpu_count(); i++)
        CHECK(hal_wait_for(&shared.interrupts[i], before[i] + 1));
}

static void ipis_bring_their_own_vector(void)
{
    if (arch_cpu_count() == 1)
        SKIP("one CPU");
    CHECK_OK(arch_set_interrupt_handler(VECTOR + 1, count_other, NULL));
    uint32_t before = arch_atomic_load32(&shared.interrupts[1]);
    arch_send_ipi(1u << 1, VECTOR);
    CHECK(hal_wait_for(&shared.interrupts[1], before + 1));
    for (uint32_t i = 1; i <= 10; i++) {
        arch_send_ipi(1u << 1, VECTOR + 1);
        CHECK(hal_wait_for(&shared.other_interrupts, i));
    }
    CHECK(arch_atomic_load32(&shared.interrupts[1]) == before + 1);
    CHECK_OK(arch_set_interrupt_handler(VECTOR + 1, NULL, NULL));
}

static void atomics_count_exactly(void)
{
    uint32_t before[ARCH_MAX_CPUS];
    shared.counter = 0;
    for (uint32_t i = 1; i < arch_cpu_count(); i++) {
        before[i] = shared.obeyed[i];
        command(i, ORDER_ADD);
    }
    add_atomically();
    for (uint32_t i = 1; i < arch_cpu_count(); i++)
        CHECK(hal_wait_for(&shared.obeyed[i], before[i] + 1));
    CHECK(arch_atomic_load32(&shared.counter) == ADDS * arch_cpu_count());
}

static void locks_exclude(void)
{
    uint32_t before[ARCH_MAX_CPUS];
    shared.locked_counter = 0;
    for (uint32_t i = 1; i < arch_cpu_count(); i++) {
        before[i] = shared.obeyed[i];
        command(i, ORDER_LOCK);
    }
    add_locked();
    for (uint32_t i = 1; i < arch_cpu_count(); i++)
        CHECK(hal_wait_for(&shared.obeyed[i], before[i] + 1));
    CHECK(arch_atomic_load64(&shared.locked_counter) == (uint64_t)ADDS * arch_cpu_count());
}

static void atomics_return_the_old_value(void)
{
    uint32_t value = 5;
    uint32_t expected = 4;
    uint64_t wide = 0;
    CHECK(arch_atomic_add32(&value, 3) == 5 && arch_atomic_load32(&value) == 8);
    CHECK(arch_atomic_exchange32(&value, 0xF0) == 8);
    CHECK(arch_atomic_or32(&value, 0x0F) == 0xF0);
    CHECK(arch_atomic_and32(&value, 0x3C) == 0xFF && arch_atomic_load32(&value) == 0x3C);
    CHECK(!arch_atomic_cas32(&value, &expected, 1) && expected == 0x3C);
    CHECK(arch_atomic_cas32(&value, &expected, 1) && arch_atomic_load32(&value) == 1);
    arch_counter_add(&wide, 1ull << 40);
    CHECK(arch_atomic_load64(&wide) == 1ull << 40);
}

/* Another CPU loads from a page in an endless loop, until the page is taken from under it. */
static void unmap_reaches_other_cpus(void)
{
    if (arch_cpu_count() == 1)
        SKIP("one CPU");
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD_LOOP));
    CHECK(user_answer(&user, 0, USER_DATA + 3, 0, 0));
    arch_switch_address_space(NULL);
    uint32_t before = shared.obeyed[1];
    shared.user = &user;
    command(1, ORDER_USER);
    hal_wait_milliseconds(10);
    CHECK(arch_atomic_load32(&shared.obeyed[1]) == before); /* it runs and runs */
    CHECK_OK(arch_unmap_page(&user.space, USER_DATA));
    CHECK(hal_wait_for(&shared.obeyed[1], before + 1));
    CHECK(shared.trap.kind == ARCH_TRAP_PAGE && shared.trap.addr == USER_DATA + 3 && !shared.trap.permission);
    CHECK(user_end(&user));
}

/* A user state that ran on one CPU goes on where it was on another. */
static void user_states_migrate(void)
{
    if (arch_cpu_count() == 1)
        SKIP("one CPU");
    CHECK(user_begin(&user, HAL_PROGRAM_LOAD));
    *(uint8_t *)arch_phys_ptr(user.data) = 0x6B;
    CHECK(user_answer(&user, 0, USER_DATA, 0, 0));
    CHECK(user_run_elsewhere(&user).kind == ARCH_TRAP_SYSCALL);
    CHECK(user_call(&user).w[2] == 0x6B && user_call(&user).w[1] == USER_DATA);
    arch_switch_address_space(&user.space);
    arch_user_set_result(&user.regs, ERR_IO, NULL, 0);
    CHECK(user_run(&user).kind == ARCH_TRAP_SYSCALL);
    CHECK(user_call(&user).nr == (uint64_t)(int64_t)ERR_IO && user_call(&user).w[2] == 0x6B);
    CHECK(user_end(&user));
}

static void all_registers_migrate(void)
{
    const struct hal_program *program = &hal_programs[HAL_PROGRAM_REGISTERS];
    if (arch_cpu_count() == 1)
        SKIP("one CPU");
    CHECK(user_begin(&user, HAL_PROGRAM_REGISTERS));
    for (uint32_t i = 0; i < 3; i++) {
        arch_switch_address_space(&user.space);
        CHECK(user_run_to_loop(&user));
        arch_switch_address_space(NULL);
        CHECK(user_marked(&user) == program->registers);
        hal_step_aside();
        uint32_t before = shared.obeyed[1];
        arch_atomic_store32(&shared.stop, 0);
        arch_atomic_store32(&shared.running, 0);
        shared.user = &user;
        command(1, ORDER_USER);
        CHECK(hal_wait_for(&shared.running, 1));
        hal_wait_milliseconds(5);
        arch_atomic_store32(&shared.stop, 1);
        arch_send_ipi(1u << 1, VECTOR);
        CHECK(hal_wait_for(&shared.obeyed[1], before + 1));
        CHECK(shared.trap.kind == ARCH_TRAP_INTERRUPT && shared.trap.pc == USER_CODE + program->trap);
        CHECK(user_marked(&user) == program->registers);
    }
    arch_atomic_store32(&shared.stop, 0);
    CHECK(user_end(&user));
}

/* What one CPU ran, another rewrites: every CPU fetches the new bytes. */
static void new_code_reaches_other_cpus(void)
{
    if (arch_cpu_count() == 1)
        SKIP("one CPU");
    CHECK(user_begin(&user, HAL_PROGRAM_ECHO));
    for (uint32_t i = 0; i < 4; i++) {
        CHECK(user_load(&user, i % 2 == 0 ? HAL_PROGRAM_ECHO : HAL_PROGRAM_CALL));
        CHECK(user_run_elsewhere(&user).kind == ARCH_TRAP_SYSCALL);
        CHECK(user_call(&user).nr == (i % 2 == 0 ? 0 : 5));
    }
    CHECK(user_end(&user));
}

static void time_is_common(void)
{
    uint64_t mine = arch_timer_get_ticks();
    for (uint32_t i = 1; i < arch_cpu_count(); i++) {
        uint32_t before = arch_atomic_load32(&shared.interrupts[i]);
        arch_send_ipi(1u << i, VECTOR);
        CHECK(hal_wait_for(&shared.interrupts[i], before + 1));
        uint64_t now = arch_timer_get_ticks();
        CHECK(now >= mine);
        mine = now;
    }
}

static const struct hal_test tests[] = {
    {"atomics return the old value", atomics_return_the_old_value},
    {"CPUs that do not exist cannot be started", bad_starts_are_refused},
    {"every CPU starts once and sees what was written", all_cpus_start},
    {"an IPI reaches each CPU", ipis_reach_each_cpu},
    {"an IPI reaches a mask of CPUs", ipis_reach_a_mask},
    {"an IPI brings its own vector only", ipis_bring_their_own_vector},
    {"atomic additions lose nothing", atomics_count_exactly},
    {"a lock of atomics excludes", locks_exclude},
    {"unmapping reaches user code on another CPU", unmap_reaches_other_cpus},
    {"a user state can change its CPU", user_states_migrate},
    {"every register goes with it", all_registers_migrate},
    {"new code reaches other CPUs", new_code_reaches_other_cpus},
    {"time is common to all CPUs", time_is_common},
};
const struct hal_group hal_smp_group = {tests, ARRAY_LEN(tests)};
