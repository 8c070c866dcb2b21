/* SPDX-License-Identifier: MIT */
/*
 * A grant and a device line that are taken away while others use them. Task 0 creates a grant with task 1, revokes it or dies;
 * task 1 runs all the time on a CPU of its own, using the page if it can reach it and having the kernel copy from it. Task 0
 * and task 2 bind the device's line in turn. Mirrors core/ipc/grant.c (ipc_grant_create, grant_release, ipc_copy_in),
 * core/ipc/irq.c (irq_arrived, ipc_irq_bind, ipc_irq_ack, ipc_irqs_cleanup_locked) and core/ipc/ipc.c (ipc_cleanup).
 *
 * One step is what runs without interference under the IPC lock, or one access of the hardware: the page-table entry, the
 * translation in the peer's TLB, its flush (tlb.pml says how it gets there), the mask of the line. Safety: a page that was taken
 * away is read neither by the peer nor for it; nobody is told of a line that somebody else owns. Liveness: an interrupt that
 * the device asserts reaches whoever is bound to it.
 */
#define NOBODY 3

byte next, serving;      /* of the IPC lock */
bool entry, cached;      /* the peer's page-table entry for the page, and its copy in the peer's TLB */
bool granted;            /* the slot names the peer */
bool secret;             /* the page was taken away: what it holds now is not for the peer */
bool asserted, masked = true, ack;
byte owner = NOBODY;     /* whom the binding names */
bool pending[3];         /* notification words, one bit */
byte deaths = 1;

/* core/sync/spinlock.c: first come, first served. At most as many tickets are out as there are processes that lock. */
#define TICKETS 8
#define LOCK atomic { ticket = next; next = (next + 1) % TICKETS }; atomic { serving == ticket -> ticket = 0 }
#define UNLOCK serving = (serving + 1) % TICKETS

inline revoke()
{
    entry = false;
#ifndef MUTANT_flush
    cached = false; /* arch_unmap_page() returns when every CPU has flushed */
#endif
    granted = false
}

/* Task 0's grants: create, revoke, create again ... */
proctype Granter()
{
    byte ticket;

    do
    :: LOCK;
        if
        :: !granted -> secret = false; entry = true; granted = true /* the page is cleared first */
        :: granted -> revoke()
        fi;
        UNLOCK;
        if
        :: !granted -> secret = true /* the owner writes what is its own */
        :: granted
        fi
    od
}

/* Task 1: user code, and WRITE, for which the kernel reads the page through the tables. */
proctype Peer()
{
    byte ticket;

    do
    :: atomic { entry -> cached = true }
    :: atomic { cached -> assert(!secret) }
#ifdef MUTANT_copy
    :: entry -> assert(!secret) /* looked up, and then copied, without the lock */
#else
    :: LOCK;
        if
        :: entry -> assert(!secret)
        :: !entry
        fi;
        UNLOCK
#endif
    od
}

/* irq_arrived(), on a CPU that runs neither of the owners. The line is level-triggered. */
proctype Line()
{
    byte to, ticket;

    do
    :: asserted && !masked ->
        masked = true;
        LOCK;
        to = owner;
        if
        :: to != NOBODY ->
            ack = true;
#ifdef MUTANT_unlocked
            UNLOCK; /* the binding is used after the lock that guards it was released */
            pending[to] = true; assert(owner == to);
            LOCK
#else
            pending[to] = true; assert(owner == to)
#endif
        :: else
        fi;
        to = 0;
        UNLOCK
    od
}

proctype Driver(byte me)
{
    byte ticket;

    do
    :: LOCK;
        if
        :: owner == NOBODY -> atomic { owner = me; ack = false; masked = false } /* ipc_irq_bind() */
        :: owner == me && pending[me] ->
            /* It has been told: serve the device, then acknowledge. */
            pending[me] = false;
            UNLOCK;
            asserted = false;
            LOCK;
#ifdef MUTANT_ack
            ack = false
#else
            atomic { ack = false; masked = false }
#endif
        :: owner == me && deaths > 0 ->
            /* ipc_cleanup(); the next one finds a line that may still be asserted */
            deaths--;
            masked = true;
#ifndef MUTANT_owner
            owner = NOBODY;
#endif
            ack = false; pending[me] = false
        :: owner != NOBODY && (owner != me || !pending[me])
        fi;
        UNLOCK
    od
}

proctype Device()
{
    do
    :: !asserted -> asserted = true
    od
}

init { atomic { run Granter(); run Peer(); run Line(); run Driver(0); run Driver(2); run Device() } }

/* A line that is asserted does not stay unserved. */
ltl served { [](asserted -> <> !asserted) }
