/* SPDX-License-Identifier: MIT */
/* What the files of this port share. */
#pragma once
#include <a64/offsets.h>
#include <abi/types.h>
#include <arch/context.h>
#include <base/compiler.h>
#include <base/fdt.h>
#include <common/cpu.h>
#include <common/pci.h>

/* -- Start -- */

/** Tables of the first instructions, and an empty one: TTBR0 of a CPU in no space. */
extern uint64_t early_l0[512], early_l1[512], early_l2[512], empty_table[512];
/** Boot and exception stacks (a64/offsets.h). */
extern uint8_t boot_stacks[ARCH_MAX_CPUS][BOOT_STACKS_SPAN];

/** From head.S: the boot CPU in the kernel half, with the early tables. `entry`: ENTRY_* flags. */
NORETURN void boot_main(paddr_t fdt, uint32_t entry);
/** From head.S: another CPU, with the kernel's tables in TTBR1. */
NORETURN void secondary_main(struct hal_cpu *cpu);

/** In head.S: where PSCI starts another CPU, with x0 = physical address of its struct secondary. */
extern const uint8_t secondary_start[];
/** In head.S: change TTBR1 to `root`, with the table `empty` in between. */
void mmu_replace(paddr_t root, paddr_t empty);

/** Map [pa, pa + size) in the early tables, in blocks of 2 MiB. False: no room, or the place is taken otherwise. */
MUST_CHECK bool early_map(paddr_t pa, uint64_t size, bool device);
/** Leave only the image in the early tables, read-only, for CPUs that start later. */
void early_seal(void);
/** From the early tables to the kernel's own: builds them and loads them; no access to the image is lost. */
void mmu_start(void);
/** The rest of it, once on each CPU: no user half, and writable pages are never executed. */
void mmu_finish(void);

/** Make the tree's RAM known to the map. Panics, naming the reason, where the machine cannot run so. */
void memory_find(const struct fdt *fdt);
/** Is all of [start, end) RAM? */
bool memory_holds(paddr_t start, paddr_t end);

/** Make `cpu` the executing CPU: hal_cpu() and the vectors work. */
void cpu_bind(struct hal_cpu *cpu);

/* -- Exceptions -- */

/** A fault of the kernel itself, as the vectors save it. */
struct crash_frame {
    uint64_t x[31];
    uint64_t sp, pc, pstate, esr, far;
};

_Static_assert(offsetof(struct crash_frame, sp) == CRASH_SP && offsetof(struct crash_frame, pc) == CRASH_PC, "frame");
_Static_assert(offsetof(struct crash_frame, pstate) == CRASH_PSTATE, "frame");
_Static_assert(offsetof(struct crash_frame, esr) == CRASH_ESR, "frame");
_Static_assert(offsetof(struct crash_frame, far) == CRASH_FAR && sizeof(struct crash_frame) == CRASH_SIZE, "frame");

/**
 * Marks the instruction labelled 1 in inline assembly: should it trap (a device that does not answer, a call nobody
 * takes), it is skipped and its destination register keeps its value.
 */
#define FIXUP ".pushsection .fixups, \"a\"\n .balign 4\n .long 1b - .\n .popsection\n"

/** From the linker script: places of instructions with a fixup, each relative to its entry. */
extern const int32_t fixups_start[], fixups_end[];

/** From vectors.S: returns after having skipped an instruction with a fixup, else ends the machine. */
void kernel_fault(struct crash_frame *frame, uint32_t cause);
/** In vectors.S: run user mode until an exception and return its cause (CAUSE_*). */
uint32_t user_enter(struct arch_user *user);
extern const uint8_t vectors[];
/** In switch.S: a new context begins here, with x19 = entry, x20 = its argument. */
extern const uint8_t context_start[];

/* -- Firmware -- */

enum psci_conduit { PSCI_NONE, PSCI_HVC, PSCI_SMC };

/** How PSCI is called until the device tree says it, by the level the machine was entered at. */
void psci_guess(uint32_t entry);
/** Read the device tree's psci node; without one there is no PSCI. */
void psci_init(const struct fdt *fdt);
bool psci_is_there(void);
/** Start the CPU with this affinity at a physical address, with x0 = `context`. False: PSCI refuses. */
MUST_CHECK bool psci_cpu_on(uint64_t affinity, paddr_t entry, uint64_t context);

/** Does the command line allow semihosting calls? */
void semihosting_init(const char *cmdline);

/* -- CPUs and time -- */

/** Make all usable CPUs of the tree known, the executing one as number 0. Others are counted and left alone. */
void cpus_init(const struct fdt *fdt);
/** Affinity fields of MPIDR_EL1. */
uint64_t cpu_affinity(void);

/** Read the timer node: frequency, interrupt. Panics without a usable timer. Returns its INTID. */
uint32_t timer_find(const struct fdt *fdt);
/** The timer has fired: set it up for the next period. */
void timer_rearm(void);

/** Let the executing CPU's timer line interrupt; the timer itself is off. */
void timer_prepare(void);
/** Sleep for some microseconds, whatever else is pending. */
void timer_nap(void);

/* -- Devices -- */

/** Messages go to the PL011 of QEMU's board until a tree is read: where else could one say that there is none? */
void uart_guess(void);
/** Find the console's UART, from the tree's stdout-path or by kind, and use it. Panics without one. */
void uart_find(const struct fdt *fdt);
/** Connect its interrupt line, and find the RTC. */
void devices_find(const struct fdt *fdt);
/** Make [base, base + size), widened to pages, a device window. Panics with `what` if it cannot be one. */
void device_window(const char *what, paddr_t base, uint64_t size);
/** Entry `index` of a node's `reg` as the CPU sees it, through the `ranges` of buses above. False: none, or hidden. */
MUST_CHECK bool device_reg(const struct fdt *fdt, uint32_t node, uint32_t index, uint64_t *base, uint64_t *size);
/** Is the node's status "okay", or not given? */
bool device_is_okay(const struct fdt *fdt, uint32_t node);
/** The first usable node with this `compatible`, or FDT_NONE. */
uint32_t device_find(const struct fdt *fdt, const char *compatible);
/** INTID of entry `index` of a node's interrupts; 0 if it has none that the GIC could deliver. */
uint32_t device_intid(const struct fdt *fdt, uint32_t node, uint32_t index);
/** Number of `count` cells (0..2) of a property. */
uint64_t device_cells(const uint8_t *p, uint32_t count);
/** PCI configuration space and memory, from the node of a generic ECAM host bridge. */
void ecam_find(const struct fdt *fdt);
/** Where PCI functions may be given addresses. */
struct pci_window *ecam_window(void);
void random_init(const struct fdt *fdt);

/* -- Console before there is a log -- */

/** "[aegis] boot: " and the text, on a line of its own. */
PRINTF_LIKE(1, 2) void boot_warn(const char *fmt, ...);
/** The same, then the end. Configuration the kernel cannot run with. */
NORETURN PRINTF_LIKE(1, 2) void boot_fail(const char *fmt, ...);
