/* SPDX-License-Identifier: MIT */
#include <sim/moment.h>

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include <sim/machine.h>

struct moment_clock moment_clock; /* `next` is 0: the first event looks who waits */
uint64_t moment_wanted = MOMENT_NEVER;

static struct {
    uint64_t at; /* 0: nobody waits; events are numbered from 1 */
    void (*arrived)(void);
} wishes[MOMENT_WISH_COUNT];

__attribute__((noinline)) void moment_reached(void)
{
    __asm__ volatile("" ::: "memory"); /* a place for a breakpoint, whatever the compiler thinks of it */
}

/* When to look again. */
static void find_next(void)
{
    moment_clock.next = moment_wanted;
    for (uint32_t i = 0; i < MOMENT_WISH_COUNT; i++) {
        if (wishes[i].at != 0 && wishes[i].at < moment_clock.next)
            moment_clock.next = wishes[i].at;
    }
}

void moment_at(enum moment_wish wish, uint64_t at, void (*arrived)(void))
{
    wishes[wish].at = at != MOMENT_NEVER && at <= moment_clock.now ? moment_clock.now + 1 : at;
    wishes[wish].arrived = arrived;
    find_next();
}

void moment_arrived(void)
{
    if (moment_wanted <= moment_clock.now) {
        moment_wanted = MOMENT_NEVER;
        moment_reached();
    }
    for (uint32_t i = 0; i < MOMENT_WISH_COUNT; i++) {
        if (wishes[i].at == 0 || wishes[i].at > moment_clock.now)
            continue;
        wishes[i].at = 0;
        wishes[i].arrived(); /* may wish again */
    }
    find_next();
}

const char *moment_format(char *out, uint64_t moment)
{
    snprintf(out, MOMENT_TEXT, "@%" PRIu64 ":%" PRIu64, machine.config.seed, moment);
    return out;
}

const char *moment_text(void)
{
    static char text[MOMENT_TEXT];

    return moment_format(text, moment_clock.now);
}
