/* SPDX-License-Identifier: MIT */
/* What the files of this HAL share, but for <riscv/sbi.h> and <riscv/stack.h>. */
#pragma once
#include <arch/boot.h>
#include <base/compiler.h>
#include <base/fdt.h>
#include <common/pci.h>
#include <isa/frame.h>
#include <riscv/stack.h>

extern struct boot_stack boot_stacks[];

/* -- Assembly: boot/start.S, cpu/trap.S, dev/semihosting.S -- */

struct user_stop {
    uint64_t cause; /* scause */
    uint64_t value; /* stval */
};

/** Run user mode from this frame until it traps. Interrupts are off before and after. */
struct user_stop user_enter(struct trap_frame *frame);
/** Save the running kernel context on its stack, its stack pointer in *from_sp, and go on with another one. */
void context_swap(uint64_t *from_sp, uint64_t to_sp);
/** Return address of a new context. */
void context_begin(void);
/** stvec. */
void trap_vector(void);
/** First instruction of every hart. */
void hart_start(void);
/** A call to the host of an emulator that listens. */
uint64_t semihosting_call(uint64_t operation, uint64_t argument);
/** satp of a hart that starts. */
extern uint64_t secondary_satp;

/* -- Called by assembly -- */

/** A trap out of kernel mode: comes back if the fault was expected. */
void kernel_exception(struct trap_frame *frame, uint64_t cause, uint64_t value);
/** The first C function of a hart other than the boot hart. */
NORETURN void secondary_main(void);

/* -- CPU and interrupts -- */

/** Bring the executing hart's control registers into the state that the kernel counts on. */
void cpu_setup(void);
/** Take what is pending for this CPU, with handlers seeing interrupts disabled; false: nothing was. */
bool interrupts_take(void);
/** The external interrupts of this CPU; false: none was claimed. */
bool plic_take(void);
/** Let the controller interrupt the executing CPU; CPU 0 also masks all lines. */
void plic_init_cpu(void);
/** Find the interrupt controller and each CPU's context. Boot context, CPUs are known. */
void plic_find(const struct fdt *fdt);
/** Read the line of `node` at that controller; 0: none. */
uint32_t plic_source(const struct fdt *fdt, uint32_t node);
/** Say which line a logical vector is. Boot context. */
void plic_bind(uint32_t vector, uint32_t source);

/* -- Memory -- */

/** Find out how many address-space tags there are, load the final tables. Boot context. */
void mmu_start(paddr_t root);
/** Did the executing hart fault in the kernel half although the tables allow the access? Then it forgets what it knew. */
bool mmu_is_spurious(uint64_t cause, vaddr_t va);
/** The other CPUs that run, as a mask. */
uint32_t cpus_running_elsewhere(void);

/* -- Time -- */

/** Choose between Sstc and the firmware's timer. Boot context; panics if there is neither, or no timebase. */
void timer_find(const struct fdt *fdt);
/** The tick is due: set the next one. */
void timer_acknowledge(void);
/** Sleep for some microseconds, without taking interrupts. */
void timer_nap(void);

/* -- Devices and discovery -- */

/** Output goes through the firmware until there is a UART. Before any output. */
void console_init(void);
/** The UART that the tree names as its console, or the first one that can be used. After console_init(). */
void uart_find(const struct fdt *fdt);
/** Make the UART assert its interrupt line anew if it has a reason to. */
void uart_restate_interrupt(void);
/** Everything else. Boot context. */
void devices_find(const struct fdt *fdt);
/** The test device of emulators, and whether they listen (the word `semihosting`). Boot context. */
void power_find(const struct fdt *fdt, const char *cmdline);
/** Make CPUs of the harts in the tree; the boot hart is CPU 0 already. */
void harts_find(const struct fdt *fdt);
/**
 * Take the other CPUs from the firmware and let them sleep: in its care they may spin (OpenSBI 1.1 does). After
 * mmu_start().
 */
void harts_start(void);
/** Mix what the firmware calls random into the random source. */
void random_seed(const struct fdt *fdt);
/** Addresses for PCI functions, below 4 GiB. After devices_find(). */
struct pci_window *pci_window(void);

/** Print a line of the boot, before core's log exists. */
void boot_say(const char *fmt, ...) PRINTF_LIKE(1, 2);
/** End with a line of the boot. */
NORETURN void boot_fail(const char *fmt, ...) PRINTF_LIKE(1, 2);
