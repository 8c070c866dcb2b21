/* SPDX-License-Identifier: MIT */
/*
 * How a test steers hal-null, the machine that does as little as the HAL contract allows.
 *
 * A test calls null_reset() first (usually as cmocka setup): RAM is zero again, time is 0, and the state of every core
 * module is what it was when the process started. The test itself then runs as the boot context of CPU 0 and may call core
 * directly. What may power off, panic or sleep for ever goes into null_run(), which says how it ended.
 *
 * Time is in microseconds. It advances by 1 for each user step and each arch_cpu_relax(), jumps to the next event in
 * arch_halt(), and by null_advance().
 */
#pragma once
#include <arch/boot.h>
#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/debug.h>
#include <arch/discovery.h>
#include <arch/fault.h>
#include <arch/mmu.h>

#define NULL_RAM_MAX (16u << 20)
#define NULL_KERNEL_SIZE (64u << 10) /* bytes at ARCH_RAM_BASE that the memory map calls reserved */
#define NULL_STOP_DEFAULT 60000000u  /* microseconds */
#define NULL_FREQUENCY 1000000u

struct null_module {
    const void *data;
    uint64_t size; /* bytes */
    const char *cmdline;
};

/** The machine. All zero is: one CPU, NULL_RAM_MAX of RAM, no modules, no device tree, no framebuffer. */
struct null_config {
    uint32_t cpus;
    uint64_t ram_size; /* bytes, a multiple of the page size */
    const char *cmdline;
    const void *fdt; /* device tree blob, copied into RAM */
    uint32_t fdt_size;
    struct null_module modules[BOOT_MODULES_MAX]; /* copied into RAM */
    uint32_t module_count;
    bool framebuffer;    /* 640x480, 32 bits */
    bool input_attached; /* arch_quiescent() says false */
    bool echo;           /* serial output also goes to the host's stderr */
    bool stop_when_booted; /* end as NULL_BOOTED when CPU 0 starts its tick, just before it schedules */
    uint64_t seed;       /* of arch_random() */
    uint64_t stop_at;    /* microseconds after which the machine stops; 0: NULL_STOP_DEFAULT */
};

/** A machine like new. NULL: all defaults. `config` is copied; what it points to is copied or used only here. */
void null_reset(const struct null_config *config);

/** What arch_boot_init() hands to kernel_main(). */
const struct boot_info *null_boot_info(void);

enum null_end_kind {
    NULL_RETURNED, /* the function returned */
    NULL_OFF,      /* arch_power_off() or arch_panic() */
    NULL_REBOOT,   /* arch_reset() */
    NULL_STUCK,    /* a CPU sleeps, and no interrupt can ever come */
    NULL_STOPPED,  /* the virtual time limit */
    NULL_BOOTED,   /* the tick of CPU 0 was started, where the configuration asks for this end */
};

struct null_end {
    enum null_end_kind kind;
    enum arch_off why; /* NULL_OFF */
    uint32_t code;     /* NULL_OFF */
    char message[160]; /* arch_panic() */
};

/**
 * Run fn(arg) as the boot context of CPU 0 on a stack of its own until the machine ends, and say how. Fibers that were
 * alive are abandoned; the caller may look at all state, but only null_reset() makes the machine run again. Not nested.
 * Where no null_run() is active the end of the machine is the end of the process (abort).
 */
struct null_end null_run(void (*fn)(void *arg), void *arg);

/**
 * Keep a machine of one CPU that null_run() left as NULL_BOOTED, and go back to it: as null_reset(), but booted. The next
 * null_run() goes on with sched_start(). Snapshots stay until the process ends.
 */
struct null_snapshot;
struct null_snapshot *null_snapshot_take(void);
void null_snapshot_restore(const struct null_snapshot *snapshot);

/** Let time pass and everything due become pending. Takes no interrupt. */
void null_advance(uint64_t microseconds);

/** Did the kernel start CPU `cpu`? */
bool null_is_started(uint32_t cpu);
/** Continue CPU `cpu`, which must be started; returns when something switches back. For tests of interleavings. */
void null_switch_cpu(uint32_t cpu);
/** Call `hook` at every preemption point (NULL: none). The hook may call null_switch_cpu(). */
void null_set_preempt_hook(void (*hook)(void));

/** Make `vector` pending on one CPU, now or at a time. Device lines have null_line() instead. */
void null_inject(uint32_t cpu, uint32_t vector);
void null_inject_at(uint64_t time, uint32_t cpu, uint32_t vector);
/** Drive device line `vector` (level-triggered): asserted until taken back. CPU 0 gets it. */
void null_line(uint32_t vector, bool asserted);
/** The same at a time. Lines 32 to 47 exist. */
void null_line_at(uint64_t time, uint32_t vector);

/** Everything sent through arch_serial_putchar() since the reset (the first 64 KiB), terminated. */
const char *null_serial(void);
/** Forget it. */
void null_serial_clear(void);
/** Make arch_serial_idle() say false (a busy transmitter) or true again. */
void null_serial_set_busy(bool busy);
/** The longest run of bytes sent without an arch_serial_idle() that said true before it. */
uint32_t null_serial_longest_burst(void);

/** Who answers arch_io_*: `size` is 1, 2 or 4. NULL: nobody (all ones). */
struct null_io {
    uint32_t (*read)(uint64_t addr, uint32_t size);
    void (*write)(uint64_t addr, uint32_t size, uint32_t value);
};
void null_set_io(const struct null_io *io);

/** How often a TLB was flushed: one page, and all of it. */
struct null_flushes {
    uint64_t page, all, code;
};
struct null_flushes null_flushes(void);

/** The space that the executing CPU's user half uses; NULL: none. */
const struct arch_space *null_space(void);

/** Collect trace events from now on, or stop. */
void null_trace(bool on);
/** Do what the kernel has asked for when it crashes. Does not return. */
void null_crash(const char *what);

/** Events collected since null_trace(true), at most the first 4,096. */
uint32_t null_trace_count(void);
const struct trace_event *null_trace_at(uint32_t i);

/** Let a fault point fail the `nth` time it is reached from now on, that once; 0: never. Until the reset. */
void null_fault(enum fault_point point, uint32_t nth);
/** How often it was reached since then, or since the reset. */
uint32_t null_fault_count(enum fault_point point);

/** Kernel stacks that arch_kstack_create() still gives before it says NO_MEMORY. */
void null_limit_kstacks(uint32_t count);
uint32_t null_live_kstacks(void);
