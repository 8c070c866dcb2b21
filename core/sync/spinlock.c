/* SPDX-License-Identifier: MIT */
#include <sync/spinlock.h>

#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/memory.h>
#include <base/compiler.h>
#include <diag/panic.h>

#define HELD_MAX 6u

struct held_locks {
    uint32_t depth;
    const struct spinlock *lock[HELD_MAX];
};

/* Each CPU touches its own entry only; a lock handed over in a context switch stays with its CPU. */
static KSTATE struct {
    struct held_locks cpu[ARCH_MAX_CPUS];
} state;

static struct held_locks *held_here(void)
{
    return &state.cpu[arch_cpu_id()];
}

static void held_push(const struct spinlock *lock)
{
    struct held_locks *held = held_here();

    for (uint32_t i = 0; i < held->depth; i++)
        if (UNLIKELY(held->lock[i]->rank >= lock->rank))
            panic("lock order: %s (rank %u) wanted while holding %s (rank %u)", lock->name, lock->rank,
                  held->lock[i]->name, held->lock[i]->rank);
    ASSERT(held->depth < HELD_MAX);
    held->lock[held->depth++] = lock;
}

static void held_remove(const struct spinlock *lock)
{
    struct held_locks *held = held_here();

    for (uint32_t i = held->depth; i-- > 0;) {
        if (held->lock[i] != lock)
            continue;
        for (uint32_t k = i + 1; k < held->depth; k++)
            held->lock[k - 1] = held->lock[k];
        held->depth--;
        return;
    }
    panic("lock %s released by a CPU that does not hold it", lock->name);
}

void spin_lock(struct spinlock *lock)
{
    uint32_t ticket;

    held_push(lock);
    ticket = arch_atomic_add32(&lock->next, 1);
    while (UNLIKELY(arch_atomic_load32(&lock->serving) != ticket))
        arch_cpu_relax();
}

void spin_unlock(struct spinlock *lock)
{
    held_remove(lock);
    arch_atomic_store32(&lock->serving, __atomic_load_n(&lock->serving, __ATOMIC_RELAXED) + 1);
}

bool spin_held(const struct spinlock *lock)
{
    const struct held_locks *held = held_here();

    for (uint32_t i = 0; i < held->depth; i++)
        if (held->lock[i] == lock)
            return true;
    return false;
}

uint32_t spin_depth(void)
{
    return held_here()->depth;
}
