/* SPDX-License-Identifier: MIT */
/*
 * Whatever reaches the machine from outside while it runs (bytes for the UART, keys, the wish to close it) enters through
 * machine_input() and nowhere else, so that one tap sees all of it. The machine gives each input a virtual time at which
 * it arrives; a run that is fed the same inputs for the same times by input_replay() is the same run.
 *
 * Input waits in order. Bytes for the UART arrive at the speed of its line, and wait while its receive buffer is full.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum input_kind {
    INPUT_SERIAL, /* a byte */
    INPUT_KEY,    /* a key of the keyboard: its USB HID usage, and INPUT_KEY_DOWN if it was pressed */
    INPUT_QUIT,   /* close the machine: the run ends */
    INPUT_GONE,   /* one of those who could type is gone for good */
    INPUT_KIND_COUNT,
};

#define INPUT_KEY_DOWN 0x10000u

struct input {
    uint64_t time; /* units; later than everything that has happened when it was given */
    enum input_kind kind;
    uint32_t value;
};

/** Let something arrive as soon as possible. Between turns of the machine (a source's ready(), see below) or before its start. */
void machine_input(enum input_kind kind, uint32_t value);
/** Let it arrive at input->time, which is not before that of an earlier one. Before the machine starts. */
void input_replay(const struct input *input);
/** A replay or a branch: machine_input() is deaf from now on, but for INPUT_QUIT, which breaks the replay off. */
void input_ignore_live(void);
/** It is none any more. */
void input_heed_live(void);

struct input_tap {
    /** An input has been given its time. In the order of arrival. */
    void (*input)(struct input_tap *tap, const struct input *input);
    struct input_tap *next;
};
/** Let `tap` see every input from now on. */
void input_add_tap(struct input_tap *tap);

/**
 * Somebody more outside may type: a machine that waits for input is not deadlocked. Before the machine starts. Whoever
 * attached says INPUT_GONE when nothing will come any more.
 */
void input_attach(void);
/** How many may still type. */
uint32_t input_attached(void);

/* -- Where live input comes from -- */

struct input_source {
    int fd;
    /** There may be something to read, or the other end is gone. Reads what is there; never blocks. Between two turns. */
    void (*ready)(struct input_source *source);
    struct input_source *next;
};
/** Watch source->fd, which becomes non-blocking. A signal (SIGIO) says when to look, so that looking costs nothing. */
void input_add_source(struct input_source *source);
/** Stop watching all of them and leave their files alone; the process has become a branch of the run. */
void input_forget_sources(void);
/** Stop watching. */
void input_remove_source(struct input_source *source);
/** In a forked process: its signals say when to look, and not the other's. */
void input_own_sources(void);
/** Look at the sources, if the signal came. Between turns of the machine. */
void input_poll(void);
