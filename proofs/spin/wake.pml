/* SPDX-License-Identifier: MIT */
/*
 * A wake-up across CPUs: task 0 takes what task 1 makes, and each sleeps when it cannot go on. Two CPUs run them; a CPU with
 * nothing to run halts. Mirrors core/sched/sched.c (sched_block(outer), sched_wake, take_next, switch_to_locked, preempt_for,
 * ask_reschedule, idle_switch, sched_start) and docs/locking.md.
 *
 * Each access of what is shared outside the scheduler lock is a step: the condition and `sleeps` (guarded by the outer lock),
 * the flag `resched`, the interrupt. An interrupt that is pending ends a halt at once. Safety: a task runs on one CPU at a
 * time, and no deadlock, which is what a lost wake-up comes to. Liveness: both tasks go on for ever.
 */
#define NOBODY 2

byte next_outer, serving_outer, next_sched, serving_sched; /* ticket locks: core/sync/spinlock.c */
bool stocked;              /* the condition, guarded by the outer lock */
bool waits[2];          /* the waker has to wake this one; guarded by the outer lock */
mtype = { READY, RUNNING, BLOCKED };
mtype state[2] = READY; /* guarded by the scheduler lock, as is the rest */
byte current[2] = NOBODY;
bool resched[2] = true, ipi[2];
bool turn;              /* changes with every thing taken */

#define TICKETS 4
#define LOCK(l) atomic { ticket = next_##l; next_##l = (next_##l + 1) % TICKETS }; atomic { serving_##l == ticket -> ticket = 0 }
#define UNLOCK(l) serving_##l = (serving_##l + 1) % TICKETS

/* preempt_for() and ask_reschedule(): an idle CPU is told that there is work. Priorities are equal: nobody is interrupted. */
inline ask()
{
    if
    :: current[0] == NOBODY -> resched[0] = true; ipi[0] = (cpu != 0 -> true : ipi[0])
    :: current[0] != NOBODY && current[1] == NOBODY -> resched[1] = true; ipi[1] = (cpu != 1 -> true : ipi[1])
    :: else
    fi
}

/* sched_switch_locked(), with the scheduler lock held. */
inline pick()
{
    atomic {
        resched[cpu] = false;
        if
        :: state[0] == READY -> current[cpu] = 0; state[0] = RUNNING
        :: state[0] != READY && state[1] == READY -> current[cpu] = 1; state[1] = RUNNING
        :: else -> current[cpu] = NOBODY
        fi
    }
    if
    :: state[0] == READY || state[1] == READY -> ask()
    :: else
    fi
}

/* The running task takes or makes one thing, or goes to sleep until it can. */
inline work()
{
    me = current[cpu];
    assert(current[1 - cpu] != me && state[me] == RUNNING);
    LOCK(outer);
    if
    :: stocked == (me == 0) ->
        stocked = !stocked;
        turn = (me == 0 -> !turn : turn);
        if
        :: waits[1 - me] ->
            waits[1 - me] = false;
            LOCK(sched); /* sched_wake() */
            if
            :: state[1 - me] == BLOCKED -> state[1 - me] = READY; ask()
            :: else
            fi;
            UNLOCK(sched)
        :: else
        fi;
        UNLOCK(outer)
    :: else ->
        waits[me] = true;
#ifdef MUTANT_outer
        UNLOCK(outer); /* the outer lock goes before the scheduler lock is held */
        LOCK(sched);
        state[me] = BLOCKED;
#else
        LOCK(sched);
        state[me] = BLOCKED;
        UNLOCK(outer);
#endif
        pick();
        UNLOCK(sched)
    fi;
    me = 0
}

proctype Cpu(byte cpu)
{
    byte me, ticket;

    do
    :: current[cpu] != NOBODY -> work()
    :: current[cpu] == NOBODY ->
        if
        :: resched[cpu] -> LOCK(sched); pick(); UNLOCK(sched)
        :: else
        fi;
        /* arch_irq_window() */
        ipi[cpu] = false;
#ifdef MUTANT_halt
        /* An interrupt that comes between the look at the flag and the halt is taken before it. */
        if
        :: current[cpu] == NOBODY && !resched[cpu] -> ipi[cpu] = false; ipi[cpu]
        :: else
        fi
#elif defined(MUTANT_window)
        /* No look at the flag after the window. */
        if
        :: current[cpu] == NOBODY -> ipi[cpu]
        :: else
        fi
#else
        if
        :: current[cpu] == NOBODY && !resched[cpu] -> ipi[cpu] /* arch_halt() */
        :: else
        fi
#endif
    od
}

#ifdef BUSY
/* CPU 0 never idles; in its interrupts it makes what task 0 takes on CPU 1, so that nobody else hides a CPU that sleeps on. */
proctype Busy(byte cpu)
{
    byte ticket;

    do
    :: LOCK(outer);
        if
        :: !stocked ->
            stocked = true;
            if
            :: waits[0] ->
                waits[0] = false;
                LOCK(sched);
                if
                :: state[0] == BLOCKED -> state[0] = READY; ask()
                :: else
                fi;
                UNLOCK(sched)
            :: else
            fi
        :: else
        fi;
        UNLOCK(outer)
    od
}

init { atomic { current[0] = 1; state[1] = RUNNING; run Busy(0); run Cpu(1) } }
#else
init { atomic { run Cpu(0); run Cpu(1) } }
#endif

ltl goes_on { []<> turn && []<> !turn }
