/* SPDX-License-Identifier: MIT */
/*
 * TLB shootdown: three CPUs run user code of one space that uses a page; each may enter the kernel, and unmap the page (then
 * its frame is somebody else's) or map it again. Mirrors hal-common/mm/tlb.c (hal_tlb_enter_user, hal_tlb_leave_user,
 * hal_tlb_shootdown, is_stale) under the lock that guards changes of page tables (docs/locking.md: ipc).
 *
 * Memory is sequentially consistent, as the accesses of tlb.c are. CPUs that spin on the lock take no interrupt. Safety: no
 * user access through a translation whose frame was given away; no deadlock. Liveness: every shootdown ends.
 */
#define CPUS 3
#define NOBODY 255
#define SHOTS 2 /* shootdowns in all; that 2^32 happen while a CPU stays in the kernel is not looked at */

bool mapped = true;     /* the page-table entry */
bool given;             /* the frame belongs to somebody else now */
bool cached[CPUS];      /* the translation is in this CPU's TLB */
bool in_user[CPUS], ipi[CPUS], shooting[CPUS];
byte seen[CPUS], wanted, lock = NOBODY;

#define stale(i, w) (in_user[i] && seen[i] < w)

inline shootdown(me)
{
    atomic { wanted++; mine = wanted };
    atomic { cached[me] = false; seen[me] = mine; i = 0 };
    do
    :: i < CPUS ->
        atomic {
            if
            :: i != me && stale(i, mine) -> ipi[i] = true; ask[i] = true
            :: else
            fi;
            i++
        }
    :: else -> break
    od;
    i = 0;
    do
#ifdef MUTANT_kernel
    :: i < CPUS -> atomic { (i == me || seen[i] >= mine); i++ } /* waits for those in the kernel too */
#elif !defined(MUTANT_hasty)
    :: i < CPUS -> atomic { (!ask[i] || !stale(i, mine)); ask[i] = false; i++ }
#endif
    :: else -> i = 0; break
    od
}

proctype Cpu(byte me)
{
    byte mine, i, want;
    bool ask[CPUS];

    do
    :: true ->
        /* In the kernel. */
        if
        :: lock == NOBODY -> atomic { lock == NOBODY -> lock = me }
            shooting[me] = true;
            if
            :: mapped && wanted < SHOTS -> mapped = false;
                shootdown(me);
                given = true
            :: !mapped -> atomic { given = false; mapped = true } /* a new mapping needs no flush */
            :: else
            fi;
            atomic { shooting[me] = false; lock = NOBODY; mine = 0 }
        :: true
        fi;
        /* hal_tlb_enter_user() */
#ifdef MUTANT_order
        do
        :: want = wanted;
            if
            :: seen[me] == want -> want = 0; break
            :: else -> cached[me] = false; seen[me] = want; want = 0
            fi
        od;
        in_user[me] = true;
#else
        do
        :: in_user[me] = true;
            want = wanted;
            if
            :: seen[me] == want -> want = 0; break
            :: else -> cached[me] = false; seen[me] = want; want = 0
            fi
        od;
#endif
        /* In user mode, until it traps. */
        do
        :: atomic { !ipi[me] && mapped -> cached[me] = true }
        :: !ipi[me] && cached[me] -> assert(!given)
        :: true -> break
        od;
        atomic { ipi[me] = false; in_user[me] = false }
    od
}

init { atomic { run Cpu(0); run Cpu(1); run Cpu(2) } }

ltl ends { [](shooting[0] -> <> !shooting[0]) }
