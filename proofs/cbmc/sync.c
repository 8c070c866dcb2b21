/* SPDX-License-Identifier: MIT */
/* Spinlocks as one CPU sees them, whatever the ticket counters read: they wrap. */
#include "harness.h"

#include "core/sync/spinlock.c"

struct null_port null_port;
static bool panicked;

void panic_at(const char *file, int line, const char *func, const char *fmt, ...)
{
    (void)file;
    (void)line;
    (void)func;
    (void)fmt;
    CLAIM(panicked, "a panic only where the harness expects it");
    ASSUME(false);
}

void arch_cpu_relax(void)
{
    CLAIM(false, "nobody waits for a lock that is free");
    ASSUME(false);
}

static struct spinlock any_lock(void)
{
    uint32_t ticket = nondet_u32();

    return (struct spinlock){.next = ticket, .serving = ticket, .rank = any_below(64), .name = "x"};
}

void prove_spinlock(void)
{
    struct spinlock a = any_lock(), b = any_lock();
    uint32_t next = a.next;
    bool a_first = nondet_bool();

    null_port.cpu = any_below(ARCH_MAX_CPUS);
    CLAIM(spin_depth() == 0 && !spin_held(&a), "none is held");
    spin_lock(&a);
    CLAIM(a.next == next + 1 && a.serving == next, "ours is the ticket that is served, also behind the last number");
    panicked = b.rank <= a.rank;
    spin_lock(&b);
    CLAIM(b.rank > a.rank, "only upwards");
    CLAIM(spin_depth() == 2 && spin_held(&a) && spin_held(&b), "both are held");
    spin_unlock(a_first ? &a : &b);
    CLAIM(spin_depth() == 1 && spin_held(&a) == !a_first && spin_held(&b) == a_first, "released in any order");
    spin_unlock(a_first ? &b : &a);
    CLAIM(spin_depth() == 0 && a.next == a.serving && b.next == b.serving, "both are free");
    null_port.cpu = (null_port.cpu + 1) % ARCH_MAX_CPUS;
    panicked = false;
    spin_lock(&a);
    CLAIM(spin_held(&a), "and may be taken again, by another CPU");
    panicked = true;
    spin_unlock(&b);
    CLAIM(false, "who releases what it does not hold panics");
}
