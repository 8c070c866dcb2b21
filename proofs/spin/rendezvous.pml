/* SPDX-License-Identifier: MIT */
/*
 * CALL, RECV and reply on one endpoint between a server (task 0) and two callers, while the watchdog kills tasks and tasks
 * fault by themselves; all of them are restarted. Mirrors core/ipc/message.c (send_locked, hand_over, take_locked, ipc_recv,
 * ipc_endpoints_cleanup_locked), core/ipc/ipc.c (ipc_cleanup, ipc_cancel), core/ipc/endpoint.c, core/sched/sched.c
 * (sched_block, sched_wake), core/sched/lifecycle.c (sched_kill, restart_locked) and core/task/watch.c (task_watchdog).
 *
 * What runs under the IPC lock is one step; everything between two such pieces interleaves. Safety: the assertions, and no
 * deadlock. Liveness: whoever waits for a reply is woken, if every process goes on. Faults and kills are finitely many. The two
 * callers are alike, so only one of them is killed, faults, and numbers its requests.
 */
#define SERVER 0
#define NONE 3
#define REPLY 8

mtype = { FINE, GONE, KILLED };

bool blocked[3], alive[3], number[3]; /* number: of the request that is under way, modulo 2 */
bool kill[3];
mtype woken[3];        /* what the sleep returned */
byte box[3];           /* ipc_thread.msg: who * 2 + number, and REPLY */
byte queue[2], count;
byte receiver = NONE, server = NONE, caller = NONE;
byte cancelling = NONE; /* CPU 0 is between sched_kill() and ipc_cancel() of this task */
byte faults = 2, kills = 2;

inline wake(t, how)
{
    if
    :: blocked[t] -> blocked[t] = false; woken[t] = how
    :: else
    fi
}

/* sched_block(): a thread that is to be killed does not sleep. */
inline block(t)
{
    if
    :: kill[t] -> woken[t] = KILLED
    :: else -> blocked[t] = true
    fi
}

inline queue_remove(t)
{
    if
    :: count > 0 && queue[0] == t -> queue[0] = queue[1]; queue[1] = 0; count--
    :: count > 1 && queue[0] != t && queue[1] == t -> queue[1] = 0; count--
    :: else
    fi
}

inline forget(t)
{
    queue_remove(t);
    if :: receiver == t -> receiver = NONE :: else fi;
    if :: caller == t -> caller = NONE :: else fi
}

/* A fault, or the kill that it saw: ipc_cleanup(), sched_fault(), and the restart by the tick of CPU 0. */
inline die(t)
{
    atomic {
        alive[t] = false; box[t] = 0;
        forget(t);
        if
        :: server == t ->
            server = NONE;
#ifndef MUTANT_orphan
            if :: caller != NONE -> wake(caller, GONE) :: else fi;
#endif
            caller = NONE
        :: else
        fi
    }
    atomic {
#ifndef MUTANT_restart
        cancelling == NONE; /* the watchdog and the restarts are the same tick */
#endif
        kill[t] = false; alive[t] = true
    }
}

proctype Caller(byte me)
{
    do
    :: kill[me] -> die(me)
    :: atomic { me == 1 && faults > 0 -> faults-- }; die(me)
    :: !kill[me] ->
        atomic {
            number[1] = (me == 1 -> !number[1] : number[1]);
            if
            :: receiver != NONE ->
                assert(server == NONE && count == 0);
                box[receiver] = me * 2 + number[me];
                server = receiver; caller = me; receiver = NONE;
                wake(server, FINE)
            :: else ->
                assert(count < 2);
                box[me] = me * 2 + number[me]; queue[count] = me; count++
            fi;
#ifdef MUTANT_early
        }
        atomic { /* the lock was released before the thread counted as blocked */
#endif
            block(me)
        }
        atomic {
            !blocked[me];
            assert(woken[me] != FINE || box[me] == REPLY + me * 2 + number[me]); /* the answer to this very request */
            assert(woken[me] != KILLED || kill[me]);
            if :: woken[me] == FINE -> box[me] = 0 :: else fi;
            woken[me] = 0
        }
    od
}

proctype Server()
{
    do
    :: kill[SERVER] -> die(SERVER)
    :: atomic { faults > 0 -> faults-- }; die(SERVER)
    :: !kill[SERVER] ->
        atomic {
            assert(server == NONE && receiver == NONE);
            if
            :: count > 0 -> server = SERVER; caller = queue[0]; box[SERVER] = box[caller]; queue_remove(caller); woken[SERVER] = FINE
            :: else -> receiver = SERVER; block(SERVER)
            fi
        }
        atomic {
            !blocked[SERVER];
            assert(woken[SERVER] == FINE || kill[SERVER]);
            woken[SERVER] = 0
        }
        if
        :: kill[SERVER]
        :: !kill[SERVER] ->
            atomic {
                assert(server == SERVER && (caller == NONE || caller == box[SERVER] / 2));
                if
                :: caller != NONE -> box[caller] = REPLY + box[SERVER]; wake(caller, FINE)
                :: else
                fi;
#ifndef MUTANT_twice
                server = NONE;
#endif
                caller = NONE; box[SERVER] = 0
            }
            assert(server != SERVER) /* the token is spent: another SEND would be no reply */
        fi
    od
}

proctype Watchdog()
{
    byte victim;

    do
    :: kills > 0 ->
        if
        :: victim = SERVER
        :: victim = 1
        fi;
        if
        :: alive[victim] -> kills--; cancelling = victim; kill[victim] = true;
            atomic { /* ipc_cancel() */
                forget(victim);
#ifndef MUTANT_cancel
                wake(victim, KILLED);
#endif
                cancelling = NONE
            }
        :: else
        fi
    :: break
    od
}

init {
    atomic {
        alive[0] = true; alive[1] = true; alive[2] = true;
        run Server(); run Caller(1); run Caller(2); run Watchdog()
    }
}

ltl served { []((blocked[1] -> <> !blocked[1]) && (blocked[2] -> <> !blocked[2])) }
