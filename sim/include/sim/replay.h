/* SPDX-License-Identifier: MIT */
/* --record, --replay and --check-determinism: the same run again, and the proof that it was the same. */
#pragma once
#include <stdbool.h>
#include <sim/machine.h>

struct replay_plan {
    const char *record; /* file to write; NULL: none */
    const char *replay; /* file to follow; NULL: none */
    bool check;         /* run twice and compare */
};

/** Replace what the recording decides in `config`. Before machine_create(). Exits 65 or 66 with one line if it cannot. */
void replay_load(const struct replay_plan *plan, struct machine_config *config);
/** Start recording, comparing, or reporting events to a checking parent. Between machine_create() and machine_run(). */
void replay_begin(const struct replay_plan *plan, const struct machine_config *config);
/** The run has ended with `code`: write the recording, or compare the end. Returns the exit code, 86 for a run that differs. */
int replay_end(const struct machine_result *result, int code);
/** Is live input to be ignored, because a recording gives it? */
bool replay_active(void);

/** Run the machine twice in child processes and compare all events. Returns the exit code, 85 for runs that differ. */
int determinism_check(char **argv);
/** Is this process a child of such a check? Then --check-determinism means nothing to it. */
bool determinism_is_child(void);
/** In such a child: report events to the parent from now on, and at the end the state. */
void determinism_report_events(void);
void determinism_report_end(void);
