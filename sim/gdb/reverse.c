/* SPDX-License-Identifier: MIT */
/* gdb's bs and bc: user code backwards, over the ladder. */
#include "gdb_priv.h"

#include <stdio.h>
#include <string.h>

#include <sim/engine.h>
#include <sim/tasks.h>
#include <sim/travel.h>

#define BEGINNING "replaylog:begin;"

/* The reason of the stop, as gdb wants to hear it before it happens. */
static void say_why(char *out, size_t size, enum travel_kind kind, const struct travel_found *found)
{
    if (kind == TRAVEL_STEP)
        snprintf(out, size, "%s", "");
    else if (found->watched)
        snprintf(out, size, "%s:%llx;", found->watch.read ? found->watch.write ? "awatch" : "rwatch" : "watch",
            (unsigned long long)found->watch.va);
    else
        snprintf(out, size, "swbreak:;");
}

enum travel_answer reverse_go(enum travel_kind kind, uint32_t task, const uint64_t *faulted_pc)
{
    struct travel_baggage baggage = {.task = task, .silent = link_is_silent()};
    struct position end = position_now();
    struct engine_wishes wishes;
    struct travel_found found;

    engine_wishes(&wishes);
    enum travel_answer answer = travel_search(kind, task, &wishes, end, link_interrupted, &found);
    if (answer == TRAVEL_FOUND && kind == TRAVEL_STEP && faulted_pc != NULL && found.pc == *faulted_pc) {
        end = found.at; /* the instruction that faulted has had no effect: it is the one where the task stands */
        answer = travel_search(kind, task, &wishes, end, link_interrupted, &found);
    }
    if (answer == TRAVEL_FOUND) {
        say_why(baggage.why, sizeof baggage.why, kind, &found);
        baggage.task = found.task;
        travel_to(&found.at, &wishes, &baggage);
        return TRAVEL_LOST;
    }
    if (answer == TRAVEL_NOTHING && position_before(ladder_rung(0), end)) {
        snprintf(baggage.why, sizeof baggage.why, BEGINNING);
        travel_to(NULL, &wishes, &baggage);
        return TRAVEL_LOST;
    }
    return answer;
}
