/* SPDX-License-Identifier: MIT */
/*
 * Ranked spinlocks. A CPU may only take a lock whose rank is above every lock it holds, which makes deadlock between locks
 * impossible; a violation panics at once, in every build. The order of all locks stands in docs/locking.md.
 *
 * Locks are not recursive. They do not disable interrupts: interrupts are only taken where no lock is held. The holder may
 * not sleep, except that the scheduler lock is handed to the next thread across a context switch.
 */
#pragma once
#include <abi/types.h>
#include <base/compiler.h>

/** Ranks, in the order in which locks may be taken. */
enum lock_rank {
    LOCK_RANK_TASK = 10,
    LOCK_RANK_IPC = 20,
    LOCK_RANK_MM = 30,
    LOCK_RANK_SCHED = 40,
};

/** What a lock guards, to the compiler (base/compiler.h): `extern struct lock_role x_role;`, never defined or used. */
struct LOCK_CAPABILITY("lock") lock_role {
    char unused;
};

struct LOCK_CAPABILITY("spinlock") spinlock {
    uint32_t next;          /* [a] next ticket to hand out */
    uint32_t serving;       /* [a] ticket that holds the lock */
    uint32_t rank;          /* [I] enum lock_rank */
    const char *name;       /* [I] */
    struct spinlock *outer; /* the holder's: lock that its CPU took before this one */
};

#define SPINLOCK_INIT(lock_name, lock_rank)                                                                            \
    {                                                                                                                  \
        .rank = (lock_rank), .name = (lock_name)                                                                       \
    }

/** Take the lock; first come, first served. Panics on a rank violation or recursion. Any context. */
void spin_lock(struct spinlock *lock) TAKES_LOCK(lock);
/** Release a lock that this CPU holds. Panics otherwise. Locks may be released in any order. */
void spin_unlock(struct spinlock *lock) RELEASES_LOCK(lock);
/** True if the executing CPU holds the lock. */
bool spin_held(const struct spinlock *lock);
/** Locks that the executing CPU holds; 0 wherever code may sleep or take an interrupt. */
uint32_t spin_depth(void);
/**
 * Panic, naming the lock in the way, unless this CPU holds no lock; `what` is what it must not cross: "sleep", "halt",
 * "return to user mode". Any context.
 */
void spin_expect_none(const char *what);
/** The same, but `lock` must be held, and no other. */
void spin_expect_only(const struct spinlock *lock, const char *what);
