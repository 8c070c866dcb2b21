/* SPDX-License-Identifier: MIT */
#include <sync/spinlock.h>

#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/memory.h>
#include <base/compiler.h>
#include <diag/panic.h>

/*
 * The locks a CPU holds, linked through themselves, last taken first: in falling order of rank, so that only the first can
 * be in the way of another. Each CPU touches its own list only; a lock handed over in a context switch stays with its CPU.
 */
static KSTATE struct {
    struct spinlock *held[ARCH_MAX_CPUS];
} state;

static struct spinlock **held_here(void)
{
    return &state.held[arch_cpu_id()];
}

/* The two below are the lock itself. */
UNCHECKED_LOCKS void spin_lock(struct spinlock *lock)
{
    struct spinlock **held = held_here();
    struct spinlock *outer = *held;
    uint32_t ticket;

    if (UNLIKELY(outer != NULL && outer->rank >= lock->rank))
        panic("lock order: %s (rank %u) wanted while holding %s (rank %u)", lock->name, lock->rank, outer->name, outer->rank);
    ticket = arch_atomic_add32(&lock->next, 1);
    while (UNLIKELY(arch_atomic_load32(&lock->serving) != ticket))
        arch_cpu_relax();
    lock->outer = outer;
    *held = lock;
}

UNCHECKED_LOCKS void spin_unlock(struct spinlock *lock)
{
    struct spinlock **link = held_here();

    for (; UNLIKELY(*link != lock); link = &(*link)->outer) {
        if (*link == NULL)
            panic("lock %s released by a CPU that does not hold it", lock->name);
    }
    *link = lock->outer;
    arch_atomic_store32(&lock->serving, __atomic_load_n(&lock->serving, __ATOMIC_RELAXED) + 1);
}

bool spin_held(const struct spinlock *lock)
{
    const struct spinlock *held = *held_here();

    while (held != NULL && held != lock)
        held = held->outer;
    return held != NULL;
}

uint32_t spin_depth(void)
{
    uint32_t depth = 0;

    for (const struct spinlock *held = *held_here(); held != NULL; held = held->outer)
        depth++;
    return depth;
}

void spin_expect_none(const char *what)
{
    const struct spinlock *held = *held_here();

    if (UNLIKELY(held != NULL))
        panic("lock held across %s: %s (rank %u)", what, held->name, held->rank);
}

void spin_expect_only(const struct spinlock *lock, const char *what)
{
    const struct spinlock *held = *held_here();

    if (LIKELY(held == lock && lock->outer == NULL))
        return;
    if (!spin_held(lock))
        panic("%s without lock %s", what, lock->name);
    if (held == lock)
        held = lock->outer;
    panic("lock held across %s: %s (rank %u)", what, held->name, held->rank);
}
