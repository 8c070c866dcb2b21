/* SPDX-License-Identifier: MIT */
/*
 * --fault: what fails although nothing is broken. The points of core are those of <arch/fault.h>; the machine adds its own
 * (interrupts, ticks, memory, TLBs). Each rule says where and when; random ones draw from a stream of their own, so that a run
 * without a rule is the run it always was. docs/faults.md is the manual.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define FAULT_RULES_MAX 16u

/** The rules of a run, as they were given. */
struct fault_plan {
    const char *rules[FAULT_RULES_MAX];
    uint32_t count;
    uint64_t seed;
    bool seed_given; /* else it is the machine's */
};

/** What is wrong with the text of a rule, in a buffer that lives on; NULL: nothing. */
const char *fault_rule_damage(const char *text);
/** Print the points with what they do. */
void fault_print_points(void);

/** Apply the plan of the machine's configuration from now on. After machine_create(). */
void fault_start(void);
/** A fault point of core was reached: is it to fail? Under --fail-each a run splits here. */
bool fault_decide(uint32_t point);
/** How often a point was reached, armed ones only. */
uint64_t fault_reached(uint32_t point);
/** Let points, by bits, be asked for although no rule is about them; `split` is asked first. */
void fault_watch(uint32_t points, bool (*split)(uint32_t point));

/* -- The machine's points -- */

/** A device line rises: does the interrupt controller miss it? */
bool fault_irq_dropped(uint32_t vector);
/** It does not: after how many units does it notice? */
uint64_t fault_irq_delay(uint32_t vector);
/** Units by which a tick is late beside the machine's own jitter, and an inter-processor interrupt. */
uint64_t fault_tick_jitter(void);
uint64_t fault_ipi_delay(void);
/** CPU 0 ticks: once for everything that may happen at any time (spurious interrupts, flipped bits). */
void fault_on_tick(void);
