/* SPDX-License-Identifier: MIT */
/* One rule: what is to happen, and the conditions. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a rule does. */
enum fault_effect {
    EFFECT_FAIL,     /* a point of core fails */
    EFFECT_SPURIOUS, /* a device line interrupts that nobody raised */
    EFFECT_DROP,     /* the rise of a device line is not noticed */
    EFFECT_IRQ_DELAY,
    EFFECT_JITTER, /* a tick is late */
    EFFECT_IPI_DELAY,
    EFFECT_FLIP, /* bits of user memory change */
    EFFECT_TLB_STALE, /* an entry lives until it is flushed */
    EFFECT_TLB_RANDOM, /* entries vanish */
    EFFECT_TLB_CHECK, /* an entry that should have been flushed ends the run */
    EFFECT_COUNT,
};

struct fault_rule {
    enum fault_effect effect;
    uint32_t points;   /* EFFECT_FAIL: bits by enum fault_point */
    uint64_t amount;   /* nanoseconds, or bits to flip */
    uint64_t nth;      /* the first occurrence that counts; 0: any */
    uint64_t times;    /* at most so often */
    uint32_t chance;   /* in a million */
    uint64_t after_ns; /* not before */
    char task[16];     /* "": whoever */
    uint64_t seen, fired;
};

/** A point of core as the tables have it. */
struct fault_point_info {
    const char *name, *group;
    int status; /* with which it is reported */
    const char *what;
};
extern const struct fault_point_info fault_points[];

/** Behind the points of core in that table: a device line whose rise is lost, which --fail-each can do too. */
#define FAULT_IRQ FAULT_POINT_COUNT

#define FAULT_CHANCE_MAX 1000000u

/** Read `text`. False: `why` says what is wrong. */
bool fault_rule_parse(const char *text, struct fault_rule *out, char *why, size_t room);
/** Bits of the points that `name` means: a point, a group, or all; 0: none has that name. */
uint32_t fault_points_named(const char *name);
/** What was probably meant by `name`, a point of core or of the machine, or a group; NULL: no idea. */
const char *fault_nearest(const char *name);
