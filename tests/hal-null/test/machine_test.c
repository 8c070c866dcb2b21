/* SPDX-License-Identifier: MIT */
/* hal-null as tests see it: reset, the ways a machine ends, time, interrupts, CPUs. */
#include <string.h>

#include <arch/atomic.h>
#include <arch/io.h>
#include <arch/irq.h>
#include <arch/memory.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <base/compiler.h>
#include <support/unit.h>

/* Stands for a module of core. */
static struct {
    uint32_t value;
} module_state KSTATE = {.value = 7};

static uint32_t calls;

static void count_call(void *data)
{
    calls += data == NULL ? 1 : *(uint32_t *)data;
}

static int setup(void **state)
{
    calls = 0;
    return unit_setup(state);
}

static void reset_restores_module_state(void **state)
{
    (void)state;
    module_state.value = 9;
    null_reset(NULL);
    assert_int_equal(module_state.value, 7);
}

static void reset_clears_ram(void **state)
{
    (void)state;
    memset(arch_phys_ptr(ARCH_RAM_BASE), 0xFF, PAGE_SIZE);
    null_reset(NULL);
    const uint8_t *ram = arch_phys_ptr(ARCH_RAM_BASE);
    assert_int_equal(ram[0], 0);
    assert_int_equal(ram[PAGE_SIZE - 1], 0);
}

static void reset_forgets_handlers_and_time(void **state)
{
    (void)state;
    assert_ok(arch_set_interrupt_handler(3, count_call, NULL));
    null_advance(5);
    null_reset(NULL);
    arch_enable_interrupts();
    null_inject(0, 3);
    arch_irq_window();
    assert_int_equal(calls, 0);
    assert_int_equal(arch_timer_get_ticks(), 0);
}

static void do_return(void *arg)
{
    *(uint32_t *)arg = 1;
}

static void run_says_returned(void **state)
{
    (void)state;
    uint32_t ran = 0;
    assert_int_equal(null_run(do_return, &ran).kind, NULL_RETURNED);
    assert_int_equal(ran, 1);
}

static void do_power_off(void *arg)
{
    (void)arg;
    arch_power_off(ARCH_OFF_DONE, 42);
}

static void run_says_powered_off(void **state)
{
    (void)state;
    struct null_end end = null_run(do_power_off, NULL);
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_DONE);
    assert_int_equal(end.code, 42);
}

static void do_panic(void *arg)
{
    (void)arg;
    arch_panic("out of cheese");
}

static void run_says_panicked(void **state)
{
    (void)state;
    struct null_end end = null_run(do_panic, NULL);
    assert_int_equal(end.kind, NULL_OFF);
    assert_int_equal(end.why, ARCH_OFF_PANIC);
    assert_string_equal(end.message, "out of cheese");
    assert_string_equal(null_serial(), "out of cheese\n");
}

static void do_reset(void *arg)
{
    (void)arg;
    arch_reset();
}

static void run_says_reset(void **state)
{
    (void)state;
    assert_int_equal(null_run(do_reset, NULL).kind, NULL_REBOOT);
}

static void do_halt(void *arg)
{
    (void)arg;
    arch_halt();
}

static void run_says_stuck(void **state)
{
    (void)state;
    assert_int_equal(null_run(do_halt, NULL).kind, NULL_STUCK);
}

static void do_spin(void *arg)
{
    (void)arg;
    for (;;)
        arch_cpu_relax();
}

static void run_says_stopped(void **state)
{
    (void)state;
    null_reset(&(struct null_config){.stop_at = 1000});
    assert_int_equal(null_run(do_spin, NULL).kind, NULL_STOPPED);
    assert_int_equal(arch_timer_get_ticks(), 1000);
}

static void a_dead_machine_lives_again_after_reset(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        null_reset(NULL);
        assert_int_equal(null_run(do_power_off, NULL).code, 42);
    }
}

static void halt_jumps_to_scheduled_event(void **state)
{
    (void)state;
    assert_ok(arch_set_interrupt_handler(5, count_call, NULL));
    null_inject_at(700, 0, 5);
    assert_false(arch_quiescent());
    arch_halt();
    assert_int_equal(arch_timer_get_ticks(), 700);
    assert_int_equal(calls, 1);
    assert_true(arch_quiescent());
}

static void attached_input_is_not_quiescent(void **state)
{
    (void)state;
    null_reset(&(struct null_config){.input_attached = true});
    assert_false(arch_quiescent());
}

static void missed_ticks_are_one_interrupt(void **state)
{
    (void)state;
    assert_ok(arch_set_interrupt_handler(ARCH_VECTOR_TIMER, count_call, NULL));
    arch_timer_init(100);
    arch_enable_interrupts();
    null_advance(35000);
    arch_irq_window();
    arch_irq_window();
    assert_int_equal(calls, 1);
    null_advance(5000);
    arch_irq_window();
    assert_int_equal(calls, 2);
}

static void line_is_level_triggered(void **state)
{
    (void)state;
    assert_ok(arch_set_interrupt_handler(ARCH_VECTOR_UART0, count_call, NULL));
    arch_enable_interrupts();
    null_line(ARCH_VECTOR_UART0, true);
    arch_irq_window();
    assert_int_equal(calls, 0); /* masked */
    arch_irq_unmask(ARCH_VECTOR_UART0);
    arch_irq_window();
    arch_irq_window();
    assert_int_equal(calls, 2); /* still asserted */
    null_line(ARCH_VECTOR_UART0, false);
    arch_irq_window();
    assert_int_equal(calls, 2);
}

static void scheduled_line_wakes_halt(void **state)
{
    (void)state;
    assert_ok(arch_set_interrupt_handler(40, count_call, NULL));
    arch_irq_unmask(40);
    null_line_at(90, 40);
    arch_halt();
    assert_int_equal(calls, 1);
}

static uint32_t ran_on[ARCH_MAX_CPUS];

static void note_cpu(uint32_t cpu)
{
    ran_on[cpu] = 1 + arch_cpu_id();
    for (;;)
        arch_halt();
}

static void cpus_start_and_take_turns(void **state)
{
    (void)state;
    null_reset(&(struct null_config){.cpus = 3});
    memset(ran_on, 0, sizeof(ran_on));
    assert_ok(arch_start_cpu(2, note_cpu));
    null_switch_cpu(2); /* comes back when CPU 2 halts */
    assert_int_equal(arch_cpu_id(), 0);
    assert_int_equal(ran_on[2], 3);
    assert_int_equal(ran_on[1], 0);
}

static uint32_t shared;

static void count_up(uint32_t cpu)
{
    (void)cpu;
    for (int i = 0; i < 10; i++)
        arch_atomic_add32(&shared, 1);
    for (;;)
        arch_halt();
}

static void go_to_other_cpu(void)
{
    null_switch_cpu(1 - arch_cpu_id());
}

static void preempt_hook_interleaves(void **state)
{
    (void)state;
    null_reset(&(struct null_config){.cpus = 2});
    shared = 0;
    assert_ok(arch_start_cpu(1, count_up));
    null_set_preempt_hook(go_to_other_cpu);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(arch_atomic_load32(&shared), i); /* CPU 1 runs until its next operation, which waits for us */
    null_set_preempt_hook(NULL);
}

static void serial_is_captured(void **state)
{
    (void)state;
    arch_serial_putchar('h');
    arch_serial_putchar('i');
    assert_string_equal(null_serial(), "hi");
    null_serial_clear();
    assert_string_equal(null_serial(), "");
}

static void longest_serial_burst_is_known(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        arch_serial_putchar('x');
    assert_true(arch_serial_idle());
    arch_serial_putchar('x');
    assert_int_equal(null_serial_longest_burst(), 5);
    null_serial_set_busy(true);
    assert_false(arch_serial_idle());
    for (int i = 0; i < 5; i++)
        arch_serial_putchar('x');
    assert_int_equal(null_serial_longest_burst(), 6);
}

static void events_are_collected_on_request(void **state)
{
    (void)state;
    struct trace_event event = {.kind = TRACE_MARK, .a = 3};
    assert_false(arch_trace_wanted(TRACE_MARK));
    arch_trace_event(&event);
    null_trace(true);
    assert_true(arch_trace_wanted(TRACE_MARK));
    arch_trace_event(&event);
    assert_int_equal(null_trace_count(), 1);
    assert_int_equal(null_trace_at(0)->a, 3);
}

static void modules_lie_in_reserved_ram(void **state)
{
    (void)state;
    struct null_config config = {.module_count = 1, .modules = {{.data = "abc", .size = 3, .cmdline = "image"}}};
    struct boot_module module[BOOT_MODULES_MAX];
    struct boot_mmap_entry map[BOOT_MMAP_MAX];
    uint32_t count = BOOT_MODULES_MAX;
    uint32_t entries = BOOT_MMAP_MAX;
    null_reset(&config);
    assert_ok(arch_parse_modules(null_boot_info(), module, &count));
    assert_int_equal(count, 1);
    assert_memory_equal(arch_phys_ptr(module[0].start), "abc", 3);
    assert_string_equal(module[0].cmdline, "image");
    assert_ok(arch_parse_memory_map(null_boot_info(), map, &entries));
    assert_int_equal(entries, 3);
    assert_int_equal(map[2].type, BOOT_MMAP_RESERVED);
    assert_true(map[2].base <= module[0].start && module[0].end <= map[2].base + map[2].size);
}

static void stacks_can_run_out(void **state)
{
    (void)state;
    struct arch_kstack stack[2];
    null_limit_kstacks(1);
    assert_ok(arch_kstack_create(&stack[0], 0));
    assert_status(arch_kstack_create(&stack[1], 1), ERR_NO_MEMORY);
    assert_int_equal(null_live_kstacks(), 1);
    arch_kstack_destroy(&stack[0]);
    assert_ok(arch_kstack_create(&stack[1], 1));
}

static uint32_t io_read(uint64_t addr, uint32_t size)
{
    return (uint32_t)addr + size;
}

static void a_test_can_answer_io(void **state)
{
    (void)state;
    struct null_io io = {.read = io_read};
    null_set_io(&io);
    uint32_t value = arch_io_read8(0x40);
    assert_int_equal(value, 0x41);
    value = arch_io_read32(0x40);
    assert_int_equal(value, 0x44);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reset_restores_module_state, setup),
        cmocka_unit_test_setup(reset_clears_ram, setup),
        cmocka_unit_test_setup(reset_forgets_handlers_and_time, setup),
        cmocka_unit_test_setup(run_says_returned, setup),
        cmocka_unit_test_setup(run_says_powered_off, setup),
        cmocka_unit_test_setup(run_says_panicked, setup),
        cmocka_unit_test_setup(run_says_reset, setup),
        cmocka_unit_test_setup(run_says_stuck, setup),
        cmocka_unit_test_setup(run_says_stopped, setup),
        cmocka_unit_test_setup(a_dead_machine_lives_again_after_reset, setup),
        cmocka_unit_test_setup(halt_jumps_to_scheduled_event, setup),
        cmocka_unit_test_setup(attached_input_is_not_quiescent, setup),
        cmocka_unit_test_setup(missed_ticks_are_one_interrupt, setup),
        cmocka_unit_test_setup(line_is_level_triggered, setup),
        cmocka_unit_test_setup(scheduled_line_wakes_halt, setup),
        cmocka_unit_test_setup(cpus_start_and_take_turns, setup),
        cmocka_unit_test_setup(preempt_hook_interleaves, setup),
        cmocka_unit_test_setup(serial_is_captured, setup),
        cmocka_unit_test_setup(longest_serial_burst_is_known, setup),
        cmocka_unit_test_setup(events_are_collected_on_request, setup),
        cmocka_unit_test_setup(modules_lie_in_reserved_ram, setup),
        cmocka_unit_test_setup(stacks_can_run_out, setup),
        cmocka_unit_test_setup(a_test_can_answer_io, setup),
    };
    return cmocka_run_group_tests_name("hal-null machine", tests, NULL, NULL);
}
