/* SPDX-License-Identifier: MIT */
/* The one mutable object of core/diag. diag lies below core/sync, so it brings its own small lock. */
#pragma once
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <diag/check.h>
#include <diag/console.h>
#include <diag/counters.h>
#include <diag/log.h>

struct diag_state {
    /* [L] ring_lock: the console ring */
    uint32_t ring_lock;
    uint32_t ring_head; /* [L] next byte to send */
    uint32_t ring_len;  /* [L] bytes waiting; read without the lock as a hint */
    uint64_t dropped;   /* [L] bytes that did not fit */
    uint64_t sent;      /* [L] bytes ever taken out */
    char ring[CONSOLE_RING_SIZE];

    uint32_t sender; /* [a] 1 while a CPU feeds the serial port */

    /* [G] log_lock: the last lines */
    uint32_t log_lock;
    uint32_t log_next; /* [G] lines ever written */
    _Alignas(8) char log[LOG_LINES][LOG_LINE_MAX];

    uint32_t panicking; /* [a] 1 + the CPU that panics */

    struct counters counters; /* [a] */

    /* [B] written at boot, before other CPUs run */
    void (*wait_hook)(void);
    void (*mirror)(const char *text, size_t len);
    uint64_t (*tick)(void);
    int32_t (*thread)(void);
    const struct check_module *module[CHECK_MODULES_MAX];
    uint32_t modules;
    uint32_t check_when;  /* [a] enum check_when */
    uint32_t check_exits; /* [a] exits that were checked quickly */
};

struct diag_state *diag_state(void);

static inline void diag_lock(uint32_t *lock)
{
    uint32_t expected = 0;

    while (!arch_atomic_cas32(lock, &expected, 1)) {
        expected = 0;
        arch_cpu_relax();
    }
}

static inline void diag_unlock(uint32_t *lock)
{
    arch_atomic_store32(lock, 0);
}
