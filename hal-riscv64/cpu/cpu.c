/* SPDX-License-Identifier: MIT */
/* The executing hart: control registers, sleeping, waiting, stopping. */
#include <arch/cpu.h>

#include <arch/smp.h>
#include <common/cpu.h>
#include <common/port.h>
#include <riscv/csr.h>
#include <riscv/offsets.h>
#include <riscv/priv.h>

#define RELAXES_PER_NAP 64u

_Static_assert(offsetof(struct hal_cpu, state) == CPU_STATE && HAL_CPU_ABSENT == 0, "state");
_Static_assert(offsetof(struct hal_cpu, hardware_id) == CPU_HARDWARE_ID, "hardware_id");
_Static_assert(sizeof(struct hal_cpu) == CPU_SIZE && ARCH_MAX_CPUS == CPUS_MAX, "array of CPUs");
_Static_assert(offsetof(struct hal_cpu, port.kernel_sp) == CPU_KERNEL_SP, "kernel_sp");
_Static_assert(offsetof(struct hal_cpu, port.frame) == CPU_FRAME, "frame");
_Static_assert(offsetof(struct hal_cpu, port.scratch[0]) == CPU_SCRATCH0, "scratch 0");
_Static_assert(offsetof(struct hal_cpu, port.scratch[1]) == CPU_SCRATCH1, "scratch 1");
_Static_assert(offsetof(struct hal_cpu, port.exception_top) == CPU_EXCEPTION_TOP, "exception_top");
_Static_assert(offsetof(struct hal_cpu, port.boot_top) == CPU_BOOT_TOP, "boot_top");
_Static_assert(offsetof(struct hal_state, cpu) == 0, "boot/start.S takes hal_state for CPU 0");
_Static_assert(KERNEL_VBASE == ARCH_KERNEL_VBASE && KERNEL_LOAD == ARCH_KERNEL_LOAD, "assembly and C agree");
_Static_assert(FRAME_SEPC == ISA_FRAME_SEPC && FRAME_SSTATUS == ISA_FRAME_SSTATUS && FRAME_SIZE == ISA_FRAME_SIZE, "frame");
_Static_assert(BOOT_STACK_GUARD == PAGE_SIZE && sizeof(struct boot_stack) == BOOT_STACK_GUARD + BOOT_STACK_SIZE, "stacks");

/* User mode may not use FP or vectors, nor read counters; the kernel may not touch user pages. */
void cpu_setup(void)
{
    CSR_WRITE(sscratch, 0);
    CSR_WRITE(stvec, (uintptr_t)trap_vector);
    CSR_CLEAR(sstatus, SSTATUS_SIE | SSTATUS_FS | SSTATUS_VS | SSTATUS_SUM | SSTATUS_MXR);
    CSR_WRITE(scounteren, 0);
    CSR_WRITE(sie, 0);
}

void arch_cpu_init(void)
{
    cpu_setup();
    hal_cpu()->irq_enabled = false;
    arch_switch_address_space(NULL);
}

void arch_halt(void)
{
    while (!interrupts_take()) {
        wait_for_interrupt(); /* a pending interrupt ends it although interrupts are off */
        hal_cpu_check_stop();
    }
}

/*
 * An emulator that runs its CPUs one after the other gives the next one its turn only when this one sleeps, so now and
 * then a CPU that waits does.
 */
void arch_cpu_relax(void)
{
    struct hal_cpu *cpu = hal_cpu();

    hal_cpu_check_stop();
    __asm__ volatile(".insn i 0x0F, 0, x0, x0, 0x010" ::: "memory"); /* PAUSE: a hint, nothing where it is unknown */
    if (++cpu->port.relaxed % RELAXES_PER_NAP == 0 && hal_state.cpu_count > 1)
        timer_nap();
}

uint32_t cpus_running_elsewhere(void)
{
    uint32_t mask = 0;

    for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
        if (i != hal_cpu()->id && __atomic_load_n(&hal_state.cpu[i].state, __ATOMIC_ACQUIRE) == HAL_CPU_RUNNING)
            mask |= 1u << i;
    }
    return mask;
}

void port_cpu_park(void)
{
    CSR_WRITE(sie, 0);
    for (;;)
        wait_for_interrupt();
}

void port_cpu_stop_others(void)
{
    arch_send_ipi(cpus_running_elsewhere(), ARCH_VECTOR_STOP);
}
