/* SPDX-License-Identifier: MIT */
#include <sim/travel.h>

#include <string.h>

#include <board.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/tasks.h>

#define WATCHED_MAX 256u /* bytes of a place whose changes are looked for */

/* What a process at a rung is told. */
struct orders {
    bool search, begin;
    bool whole; /* the search ends at a rung, and what the kernel did until there counts */
    enum travel_kind kind;
    uint32_t task;
    struct position at; /* where to, or where the search ends */
    struct engine_wishes wishes;
    struct travel_baggage baggage;
};

static struct {
    void (*on_way)(const struct travel_baggage *baggage, bool arrived);
    struct orders orders;
    uint32_t departures;
    /* Of a search: */
    struct travel_found found;
    struct position here; /* the instruction that is about to run */
    uint64_t pc;
    const struct arch_user *user;
    uint64_t looked; /* the moment of the last look at the watched place */
    bool dirty, ended; /* a program has just written there; the end has been reached */
    struct position same; /* where it was still as it is known */
    uint8_t known[WATCHED_MAX];
} travel;

/* -- Searching -- */

static void note(bool watched, const struct engine_watch *watch)
{
    struct travel_found *f = &travel.found;

    if (f->found && f->at.moment == travel.here.moment && f->at.bytes == travel.here.bytes) {
        f->watched = f->watched || watched;
    } else {
        f->has_before = f->found;
        f->before = f->at;
        f->before_pc = f->pc;
        f->at = travel.here;
        f->pc = travel.pc;
        f->watched = watched;
    }
    f->found = true;
    f->by_kernel = false;
    f->task = tasks_find(travel.user);
    if (watched)
        f->watch = *watch;
}

/* The watched bytes as they are; those outside of RAM nobody looks at. */
static uint32_t read_watched(uint8_t *bytes)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < travel.orders.wishes.watch_count; i++) {
        const struct engine_watch *w = &travel.orders.wishes.watches[i];
        if (w->pa - BOARD_RAM_BASE >= machine.config.ram_size || n + w->size > WATCHED_MAX)
            continue;
        memcpy(bytes + n, machine.ram + (w->pa - BOARD_RAM_BASE), w->size);
        n += (uint32_t)w->size;
    }
    return n;
}

/* User code is about to run: what has changed since it last did, and not by it, was changed by the kernel. */
static void look_at_kernel(void)
{
    uint8_t now[WATCHED_MAX];
    uint32_t n = read_watched(now);

    if (memcmp(now, travel.known, n) != 0 && !travel.dirty) {
        travel.found = (struct travel_found){.found = true, .by_kernel = true, .at = travel.here, .before = travel.same,
            .task = tasks_find(travel.user), .watch = travel.orders.wishes.watches[0]};
    }
    memcpy(travel.known, now, n);
    travel.dirty = false;
    travel.same = travel.here;
}

static bool look_at_instruction(const struct arch_user *user, uint64_t va, uint64_t bytes)
{
    const struct orders *o = &travel.orders;
    struct position here = {.moment = moment_now(), .bytes = bytes};

    bool before = position_before(here, o->at);

    if (travel.ended)
        return false;
    travel.ended = !before;
    travel.here = here;
    travel.pc = va;
    travel.user = user;
    if (o->kind == TRAVEL_WRITER && (travel.dirty || here.moment != travel.looked))
        look_at_kernel();
    travel.looked = here.moment;
    if (!before)
        return false;
    switch (o->kind) {
    case TRAVEL_STEP:
        if (user == tasks_get(o->task)->user)
            note(false, NULL);
        break;
    case TRAVEL_STOP:
        if (engine_is_break(va))
            note(false, NULL);
        break;
    default: break; /* look_at_access() does */
    }
    return false;
}

static void look_at_access(const struct engine_watch *watch)
{
    if (travel.ended)
        return;
    travel.dirty = true;
    note(true, watch);
}

/* The end of the search has come. */
static void report(void)
{
    if (travel.orders.kind == TRAVEL_WRITER && travel.orders.whole && !travel.ended) {
        travel.here = travel.orders.at;
        look_at_kernel();
    }
    ladder_report(&travel.found, sizeof travel.found);
}

static void start_search(void)
{
    static struct engine_observer observer = {.instruction = look_at_instruction, .access = look_at_access};
    const struct orders *o = &travel.orders;

    memset(&travel.found, 0, sizeof travel.found);
    travel.dirty = travel.ended = false;
    travel.looked = moment_now();
    (void)read_watched(travel.known);
    travel.same = position_now();
    observer.everywhere = o->kind != TRAVEL_STOP || o->wishes.watch_count != 0;
    engine_wish(&o->wishes);
    engine_observe(&observer);
    moment_at(MOMENT_FOR_TRAVEL, o->at.moment + 1, report);
}

enum travel_answer travel_search(enum travel_kind kind, uint32_t task, const struct engine_wishes *wishes, struct position end,
    bool (*broken)(void), struct travel_found *found)
{
    struct orders o = {.search = true, .kind = kind, .task = task, .at = end, .wishes = *wishes};

    for (uint32_t i = ladder_count(); i-- > 0;) {
        if (!position_before(ladder_rung(i), o.at))
            continue;
        switch (ladder_look(i, &o, sizeof o, broken, found, sizeof *found)) {
        case LADDER_BROKEN: return TRAVEL_BROKEN;
        case LADDER_GONE: return TRAVEL_LOST;
        default: break;
        }
        if (found->found)
            return TRAVEL_FOUND;
        o.at = ladder_rung(i);
        o.whole = true;
    }
    return TRAVEL_NOTHING;
}

/* -- Going -- */

static bool is_there(const struct arch_user *user, uint64_t va, uint64_t bytes)
{
    struct position here = {.moment = moment_now(), .bytes = bytes};

    (void)user;
    (void)va;
    return !position_before(here, travel.orders.at);
}

static void arm(void)
{
    static const struct engine_observer observer = {.everywhere = true, .instruction = is_there};
    uint32_t departures = travel.departures;

    ladder_add(); /* whoever goes back once often does it again */
    if (travel.departures == departures)
        engine_observe(&observer); /* else this is a later process, which begins here with other orders */
}

void travel_sought(void)
{
    engine_observe(NULL);
    engine_wish(&travel.orders.wishes);
    travel.on_way(&travel.orders.baggage, true);
}

/* In a new process at a rung. */
static void depart(const void *orders)
{
    static const struct engine_wishes none;

    memcpy(&travel.orders, orders, sizeof travel.orders);
    travel.departures++;
    engine_step(NULL, 0, 0);
    engine_observe(NULL);
    engine_wish(&none);
    moment_at(MOMENT_FOR_TRAVEL, MOMENT_NEVER, NULL);
    if (travel.orders.search) {
        start_search();
        return;
    }
    travel.on_way(&travel.orders.baggage, false);
    if (travel.orders.begin)
        travel_sought();
    else if (travel.orders.at.moment > moment_now())
        moment_at(MOMENT_FOR_TRAVEL, travel.orders.at.moment, arm);
    else
        arm();
}

void travel_to(const struct position *to, const struct engine_wishes *wishes, const struct travel_baggage *baggage)
{
    struct orders o = {.begin = to == NULL, .at = to != NULL ? *to : ladder_rung(0), .wishes = *wishes, .baggage = *baggage};
    uint32_t i = ladder_count();

    while (i > 1 && (to == NULL || position_before(*to, ladder_rung(i - 1))))
        i--;
    ladder_go(i - 1, &o, sizeof o);
}

void travel_cancel(void)
{
    engine_observe(NULL);
    moment_at(MOMENT_FOR_TRAVEL, MOMENT_NEVER, NULL);
}

enum travel_began travel_begin(void (*on_way)(const struct travel_baggage *baggage, bool arrived))
{
    _Static_assert(sizeof(struct orders) <= LADDER_ORDERS_MAX && sizeof(struct travel_found) <= LADDER_ORDERS_MAX, "room");
    travel.on_way = on_way;
    if (!ladder_begin(depart))
        return TRAVEL_IMPOSSIBLE;
    return travel.departures == 0 ? TRAVEL_FIRST : TRAVEL_DEPARTED;
}
