/* SPDX-License-Identifier: MIT */
/* The guide remembers for a task that loses its memory at every restart; CALL on endpoint 3. */
#pragma once
#include <aegis/aegis.h>

#define GUIDE_ENDPOINT 3u
/** Slot of the guide. */
#define GUIDE_TASK 6u

/** Request, word 0. */
enum guide_request {
    GUIDE_LIFE,   /* reply word 0: how often this has been asked before */
    GUIDE_LINGER, /* the guide exits after a while, so that the caller can use it as a living peer first */
    GUIDE_END,    /* the guide exits */
};

/** Ask the guide; false if there is none. */
static inline bool guide_ask(enum guide_request request, uint64_t *answer)
{
    struct aegis_msg reply;
    status_t status = aegis_call(GUIDE_ENDPOINT, request, 0, 0, 0, &reply);
    *answer = reply.w[0];
    return status == STATUS_OK;
}
