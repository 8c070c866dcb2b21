/* SPDX-License-Identifier: MIT */
/* Interrupt state, handlers, self-IPIs, waiting. The suite runs with interrupts disabled between tests. */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/smp.h>

#include "suite.h"

#define VECTOR 7u /* an inter-processor vector that the HAL itself does not use */
#define NESTING 32u

static uint32_t calls;

static void count(void *data)
{
    *(uint32_t *)data += 1;
}

static void count_in_handler_state(void *data)
{
    /* Handlers run with interrupts disabled: nothing may come in here. */
    arch_send_ipi(1u << arch_cpu_id(), VECTOR);
    arch_irq_window();
    count(data);
}

static void send_self(void)
{
    arch_send_ipi(1u << arch_cpu_id(), VECTOR);
}

/* Take whatever is pending, and count from 0 with `handler`. */
static bool start(void (*handler)(void *data))
{
    arch_enable_interrupts();
    arch_irq_window();
    arch_disable_interrupts();
    calls = 0;
    return arch_set_interrupt_handler(VECTOR, handler, &calls) == STATUS_OK;
}

static void window(void)
{
    arch_enable_interrupts();
    arch_irq_window();
    arch_disable_interrupts();
}

static void self_ipi_arrives(void)
{
    CHECK(start(count));
    send_self();
    window();
    CHECK(calls == 1);
    window();
    CHECK(calls == 1);
}

static void only_at_the_window(void)
{
    CHECK(start(count));
    arch_enable_interrupts();
    send_self();
    uint32_t before = calls;
    arch_cpu_relax();
    CHECK(before == 0 && calls == 0);
    arch_irq_window();
    arch_disable_interrupts();
    CHECK(calls == 1);
}

static void disabled_means_none(void)
{
    CHECK(start(count));
    send_self();
    arch_irq_window();
    arch_cpu_relax();
    CHECK(calls == 0);
    window();
    CHECK(calls == 1);
}

static void window_keeps_the_state(void)
{
    CHECK(start(count));
    send_self();
    arch_enable_interrupts();
    arch_irq_window();
    send_self();
    arch_irq_window(); /* still enabled */
    CHECK(calls == 2);
    arch_disable_interrupts();
    arch_irq_window();
    send_self();
    arch_irq_window(); /* still disabled */
    CHECK(calls == 2);
    window();
}

static void handlers_run_disabled(void)
{
    CHECK(start(count_in_handler_state));
    send_self();
    arch_enable_interrupts();
    arch_irq_window();
    arch_disable_interrupts();
    CHECK(calls == 1);
    CHECK_OK(arch_set_interrupt_handler(VECTOR, count, &calls));
    window();
    CHECK(calls == 2);
}

static void ipis_merge(void)
{
    CHECK(start(count));
    send_self();
    send_self();
    window();
    CHECK(calls == 1);
}

static void other_vectors_have_other_handlers(void)
{
    uint32_t other = 0;
    CHECK(start(count));
    CHECK_OK(arch_set_interrupt_handler(VECTOR + 1, count, &other));
    arch_send_ipi(1u << arch_cpu_id(), VECTOR + 1);
    window();
    CHECK(calls == 0 && other == 1);
    CHECK_OK(arch_set_interrupt_handler(VECTOR + 1, NULL, NULL));
}

static void handler_can_be_replaced(void)
{
    uint32_t other = 0;
    CHECK(start(count));
    send_self();
    CHECK_OK(arch_set_interrupt_handler(VECTOR, count, &other));
    window();
    CHECK(calls == 0 && other == 1);
}

static void handler_can_be_removed(void)
{
    CHECK(start(count));
    CHECK_OK(arch_set_interrupt_handler(VECTOR, NULL, NULL));
    send_self();
    window();
    CHECK_OK(arch_set_interrupt_handler(VECTOR, count, &calls));
    window();
    CHECK(calls == 0); /* it was dropped, not kept */
}

static void vectors_end(void)
{
    CHECK_STATUS(arch_set_interrupt_handler(ARCH_VECTOR_COUNT, count, &calls), ERR_INVALID_ARGS);
    CHECK_STATUS(arch_set_interrupt_handler(~0u, NULL, NULL), ERR_INVALID_ARGS);
    CHECK_OK(arch_set_interrupt_handler(ARCH_VECTOR_COUNT - 1, NULL, NULL));
}

/* Are interrupts enabled? If not, the question itself stays pending, and the next one merges with it. */
static bool is_enabled(void)
{
    uint32_t before = calls;
    send_self();
    arch_irq_window();
    return calls != before;
}

static void state_nests(void)
{
    uint64_t saved[NESTING];
    CHECK(start(count));
    /* A mixture of enables and disables on the way down must be undone exactly on the way up. */
    for (uint32_t i = 0; i < NESTING; i++) {
        saved[i] = arch_save_irq_state();
        if ((i * 7 / 3) % 2 == 0)
            arch_enable_interrupts();
    }
    for (uint32_t i = NESTING; i-- > 0;) {
        bool expected = (i * 7 / 3) % 2 == 0;
        CHECK(is_enabled() == expected);
        arch_restore_irq_state(saved[i]);
    }
    CHECK(!is_enabled());
    window();
}

static void save_disables(void)
{
    CHECK(start(count));
    arch_enable_interrupts();
    uint64_t state = arch_save_irq_state();
    CHECK(!is_enabled());
    arch_restore_irq_state(state);
    arch_irq_window();
    arch_disable_interrupts();
    CHECK(calls == 1);
}

static void halt_takes_what_is_pending(void)
{
    CHECK(start(count));
    send_self();
    arch_halt();
    CHECK(calls == 1);
}

static void halt_loses_no_wakeup(void)
{
    CHECK(start(count));
    for (uint32_t i = 0; i < 1000; i++) {
        /* The classic race: the event comes between the check and the sleep. */
        if (calls == i)
            send_self();
        arch_halt();
        CHECK(calls == i + 1);
    }
}

static void device_lines_are_known(void)
{
    CHECK(arch_irq_exists(ARCH_VECTOR_UART0));
    CHECK(!arch_irq_exists(0));
    CHECK(!arch_irq_exists(ARCH_VECTOR_TIMER));
    CHECK(!arch_irq_exists(ARCH_VECTOR_COUNT));
    CHECK(!arch_irq_exists(~0u));
}

static const struct hal_test tests[] = {
    {"an IPI to oneself reaches its handler once", self_ipi_arrives},
    {"interrupts are taken at the window and not before", only_at_the_window},
    {"none is taken while disabled", disabled_means_none},
    {"the window keeps the interrupt state", window_keeps_the_state},
    {"handlers run with interrupts disabled", handlers_run_disabled},
    {"a pending IPI is pending once", ipis_merge},
    {"each vector has its own handler and data", other_vectors_have_other_handlers},
    {"a handler can be replaced", handler_can_be_replaced},
    {"a vector without handler is dropped", handler_can_be_removed},
    {"vectors out of range are refused", vectors_end},
    {"interrupt state nests 32 deep", state_nests},
    {"saving the state disables", save_disables},
    {"halt takes a pending interrupt although disabled", halt_takes_what_is_pending},
    {"halt loses no wake-up", halt_loses_no_wakeup},
    {"device lines are known", device_lines_are_known},
};
const struct hal_group hal_irq_group = {tests, ARRAY_LEN(tests)};
