/* SPDX-License-Identifier: MIT */
/*
 * The simulated machine: CPUs that take turns, the clock, interrupts, RAM, the end. There is one machine in a process,
 * and one host thread.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <arch/cpu.h>
#include <sim/event.h>
#include <sim/fault.h>
#include <sim/rng.h>

struct engine;
struct fiber;

#define MACHINE_CPUS_MAX 8u

#define STALL_NS_MIN UINT64_C(1000000) /* of machine_config.stall_ns, if not 0 */
#define STALL_NS_MAX UINT64_C(1000000000000000)

struct machine_config {
    uint32_t cpus;         /* 1..MACHINE_CPUS_MAX */
    uint64_t ram_size;     /* bytes, a multiple of the page size */
    uint64_t seed;
    uint32_t clock_rate;   /* units per virtual second */
    uint64_t stop_at_ns;   /* virtual time at which the run ends; EVENT_NEVER: does not */
    uint64_t stop_at_moment; /* event at which the run ends; 0: none */
    uint64_t entries;      /* entries to the kernel after which the run ends, counted from the first user code; 0: none */
    uint64_t stall_ns;     /* virtual time without progress after which it ends; 0: none */
    uint32_t timeout_s;    /* host time after which the run is abandoned; 0: never */
    bool metered;          /* user code takes virtual time (always, except in benchmarks) */
    bool no_framebuffer;   /* the board has none */
    const char *append;    /* kernel command line */
    const uint8_t *image;  /* boot module; NULL: none */
    uint64_t image_size;
    const char *image_name;
    const void *dtb;       /* device tree to use instead of the generated one; NULL: generate */
    uint64_t dtb_size;
    const char *dtb_name;
    uint64_t boot_ram_size; /* bytes of RAM from its begin that boot data may use; less than ram_size if a given tree has gaps */
    bool panic_aborts;      /* a panic ends in abort() */
    struct fault_plan faults; /* what fails although nothing is broken */
    uint8_t *(*framebuffer_map)(uint64_t size); /* gives the framebuffer's memory; NULL: private memory */
};

/** Why the machine ended. */
enum machine_end {
    MACHINE_OFF,     /* the kernel switched it off: `off` and `code` say why */
    MACHINE_RESET,   /* the kernel pressed the reset button */
    MACHINE_STOP_AT, /* --stop-at */
    MACHINE_TIMEOUT, /* --timeout */
    MACHINE_STUCK,   /* every CPU sleeps and no event is left */
    MACHINE_QUIT,    /* a signal asked for it */
    MACHINE_CLOSED,  /* an input asked for it: its window was closed, for example */
    MACHINE_FORBIDDEN, /* the console showed what it must not */
    MACHINE_ENTRIES,   /* --entries */
    MACHINE_STALLED,   /* --stall */
    MACHINE_EXPLORED,  /* its branches are what counts */
    MACHINE_STALE,   /* a TLB entry that should have been flushed was about to be used */
};

struct machine_result {
    enum machine_end end;
    enum arch_off off;
    uint32_t code;
    uint64_t time;         /* clock of the CPU that was furthest ahead, in units */
    const char *panic;     /* the message of a panic, or NULL */
};

/** Counters for the summary and for benchmarks. */
struct machine_stats {
    uint64_t user_bytes;   /* bytes of user code executed */
    uint64_t user_runs;    /* entries to user mode */
    uint64_t interrupts;   /* interrupts claimed */
    uint64_t cpu_switches; /* turns between simulated CPUs */
    uint64_t events;
};

struct sim_cpu {
    uint32_t id;
    bool started, halted;
    uint64_t clock;       /* while it does not run; the running CPU's is in sim_port */
    uint32_t fraction;    /* bytes of user code that have not made a whole unit yet */
    uint64_t pending;     /* vectors below 32 */
    struct fiber *boot;   /* the stack it started on */
    struct fiber *fiber;  /* where to continue it */
    struct engine *engine; /* NULL until it runs user code */
    uint64_t tick_start, tick_count, tick_hz;
    struct event tick;
    struct event ipi;
    uint64_t ipi_vectors; /* on their way */
};

struct machine {
    struct machine_config config;
    struct machine_stats stats;
    struct machine_result result;
    struct sim_cpu cpu[MACHINE_CPUS_MAX];
    uint32_t running;
    uint64_t lines_asserted, lines_unmasked;
    uint64_t lines_existing;
    uint64_t lines_missed;   /* asserted, but the controller has not noticed */
    uint64_t lines_unasked;  /* not asserted, but the controller believes so, until it is claimed */
    uint8_t line_target[64]; /* CPU that a raised line interrupts */
    uint64_t fdt;            /* physical address of the device tree */
    struct rng rng[RNG_STREAM_COUNT];
    uint8_t *ram, *framebuffer;
    uint64_t framebuffer_size;
    struct fiber *main;   /* main()'s */
    struct event stop_at;
    volatile int host_request; /* set by signal handlers: see machine_ask() */
};

extern struct machine machine;

/** Make the machine of `config`; RAM, board, boot data. Says on stderr what is wrong and returns an exit code, or 0. */
int machine_create(const struct machine_config *config);
/** The device tree that the kernel gets; after machine_create(). */
const void *machine_dtb(uint64_t *size);
/** What is wrong with a device tree, by the rules of the format; NULL: nothing. */
const char *dtb_damage(const void *blob, uint64_t size);
/** Run it to its end. */
const struct machine_result *machine_run(void);
/** End the run; does not return. Called on a CPU's fiber. */
_Noreturn void machine_finish(enum machine_end end, enum arch_off off, uint32_t code);
/** Ask for the end from a signal handler; it comes as soon as every CPU has reached the same time. */
void machine_ask(enum machine_end end);

/** The running CPU. */
static inline struct sim_cpu *machine_cpu(void)
{
    return &machine.cpu[machine.running];
}

/** The time in units: the clock of the running CPU or, while an event fires, the event's. */
uint64_t machine_now(void);
/**
 * A time that neither a CPU nor an event has reached yet. What is scheduled for it cannot change what has happened: a run
 * that knows of it from the start is the same run.
 */
uint64_t machine_soon(void);
/** Conversions between virtual nanoseconds and units, rounding down; both saturate. */
uint64_t machine_ns_to_units(uint64_t ns);
uint64_t machine_units_to_ns(uint64_t units);

/** Let time pass on the running CPU; a negative number gives back what was charged too early. */
void machine_spend(int64_t units);
/** Let events happen and the CPU furthest behind run; returns when the calling CPU's turn comes again. */
void machine_yield(void);
/** The turn of the running CPU ends no later than at `time`: something was scheduled. */
void machine_horizon(uint64_t time);
/** The host's side looks at the machine at `time`: CPUs stop there, and then go on with their turns. */
void machine_look_at(uint64_t time);

/** A device line rises or falls. */
void irq_set_line(uint32_t vector, bool asserted);
/** An interrupt that nobody asked for: a device line that could interrupt, drawn from `rng`, or the reschedule vector. Which. */
uint32_t irq_raise_unasked(struct rng *rng);
/** Is a vector pending for `cpu`? */
bool irq_pending(const struct sim_cpu *cpu);

/** Hash of everything the guest can observe now. */
uint64_t machine_hash(void);
