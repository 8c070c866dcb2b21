/* SPDX-License-Identifier: MIT */
/*
 * Two separate things are guarded: the ring (ring_lock, held for a few instructions) and the serial port (`sender`, a
 * try-lock that nobody waits for). Whoever finds the port idle and unowned sends one burst; whoever wants its bytes out
 * keeps trying and lets others run in between.
 */
#include "diag_priv.h"

#include <arch/boot.h>
#include <arch/irq.h>
#include <base/compiler.h>
#include <base/mem.h>

/* The length is written under the ring's lock, but console_pending() reads it without. */
static void set_ring_len(struct diag_state *d, uint32_t len)
{
    __atomic_store_n(&d->ring_len, len, __ATOMIC_RELAXED);
}

/* Where `n` bytes stand in the ring: `first` of them at `at`, the `rest` at its start. */
struct run {
    uint32_t at, first, rest;
};

/* The run of the `n` bytes that begin `from` bytes behind the ring's start, on its second lap perhaps. */
/*@ requires n <= CONSOLE_RING_SIZE && from < 2 * CONSOLE_RING_SIZE;
  @ assigns \nothing;
  @ ensures all: \result.first + \result.rest == n;
  @ ensures inside: \result.at < CONSOLE_RING_SIZE && \result.at + \result.first <= CONSOLE_RING_SIZE;
  @ ensures apart: \result.rest <= \result.at;
  @ ensures ahead: \forall integer k; 0 <= k < \result.first ==> \result.at + k == (from + k) % CONSOLE_RING_SIZE;
  @ ensures around: \forall integer k; 0 <= k < \result.rest ==> k == (from + \result.first + k) % CONSOLE_RING_SIZE;
  @*/
static struct run run_of(uint32_t from, uint32_t n)
{
    uint32_t at = from % CONSOLE_RING_SIZE;
    uint32_t first = n < CONSOLE_RING_SIZE - at ? n : CONSOLE_RING_SIZE - at;

    return (struct run){at, first, n - first};
}

/* How many of `n` bytes there is room for when `len` wait. */
/*@ requires len <= CONSOLE_RING_SIZE;
  @ assigns \nothing;
  @ ensures \result == (n <= CONSOLE_RING_SIZE - len ? n : CONSOLE_RING_SIZE - len);
  @*/
static uint32_t fitting(uint32_t len, size_t n)
{
    return n < CONSOLE_RING_SIZE - len ? (uint32_t)n : CONSOLE_RING_SIZE - len;
}

/* The head once `n` bytes are taken: byte k is then what byte n + k was, so bytes leave in the order in which they came. */
/*@ requires head < CONSOLE_RING_SIZE && n <= CONSOLE_RING_SIZE;
  @ assigns \nothing;
  @ ensures \result < CONSOLE_RING_SIZE;
  @ ensures order: \forall integer k; 0 <= k < CONSOLE_RING_SIZE ==>
  @   (\result + k) % CONSOLE_RING_SIZE == (head + (n + k)) % CONSOLE_RING_SIZE;
  @*/
static uint32_t head_after(uint32_t head, uint32_t n)
{
    return (head + n) % CONSOLE_RING_SIZE;
}

/* What does not fit is dropped. */
static void append_locked(struct diag_state *d, const char *text, size_t len)
{
    uint32_t fits = fitting(d->ring_len, len);
    struct run run = run_of(d->ring_head + d->ring_len, fits);

    (void)memcpy(d->ring + run.at, text, run.first);
    (void)memcpy(d->ring, text + run.first, run.rest);
    set_ring_len(d, d->ring_len + fits);
    d->dropped += len - fits;
}

void console_append(const char *text, size_t len)
{
    struct diag_state *d = diag_state();

    diag_lock(&d->ring_lock);
    append_locked(d, text, len);
    diag_unlock(&d->ring_lock);
}

bool console_try_append(const char *text, size_t len)
{
    struct diag_state *d = diag_state();
    bool fits;

    diag_lock(&d->ring_lock);
    fits = fitting(d->ring_len, len) == len;
    if (fits)
        append_locked(d, text, len);
    diag_unlock(&d->ring_lock);
    return fits;
}

static size_t console_take(struct diag_state *d, char *out, size_t max)
{
    struct run run;
    uint32_t n;

    diag_lock(&d->ring_lock);
    n = d->ring_len < max ? d->ring_len : (uint32_t)max;
    run = run_of(d->ring_head, n);
    (void)memcpy(out, d->ring + run.at, run.first);
    (void)memcpy(out + run.first, d->ring, run.rest);
    d->ring_head = head_after(d->ring_head, n);
    set_ring_len(d, d->ring_len - n);
    d->sent += n;
    diag_unlock(&d->ring_lock);
    return n;
}

static void put_serial(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        arch_serial_putchar(text[i]);
}

/* A burst in two halves, with a bounded opening between: no lock is held, and `sender` is nobody's to wait for. */
static void console_send(struct diag_state *d, const char *text, size_t len)
{
    put_serial(text, len / 2);
    arch_irq_window();
    put_serial(text + len / 2, len - len / 2);
    if (d->mirror)
        d->mirror(text, len);
}

bool console_pending(void)
{
    return __atomic_load_n(&diag_state()->ring_len, __ATOMIC_RELAXED) != 0;
}

bool console_poll(void)
{
    struct diag_state *d = diag_state();
    char burst[ARCH_SERIAL_FIFO];
    uint32_t free = 0;

    if (!console_pending())
        return false;
    if (!arch_atomic_cas32(&d->sender, &free, 1))
        return true;
    if (arch_serial_idle())
        console_send(d, burst, console_take(d, burst, sizeof(burst)));
    arch_atomic_store32(&d->sender, 0);
    return console_pending();
}

/* Bytes sent so far and, in *end, how many that will be when everything present now is out. */
static uint64_t console_progress(struct diag_state *d, uint64_t *end)
{
    uint64_t sent;

    diag_lock(&d->ring_lock);
    sent = d->sent;
    *end = sent + d->ring_len;
    diag_unlock(&d->ring_lock);
    return sent;
}

void console_flush(void)
{
    struct diag_state *d = diag_state();
    uint64_t end, now;

    arch_irq_window(); /* before the first burst; further ones follow a window of their own */
    /* What others add meanwhile is not waited for, or a busy neighbour could keep us here for ever. */
    for (uint64_t sent = console_progress(d, &end); sent < end; sent = console_progress(d, &now)) {
        (void)console_poll();
        arch_cpu_relax();
        arch_irq_window();
        if (d->wait_hook)
            d->wait_hook();
    }
}

void console_flush_raw(void)
{
    struct diag_state *d = diag_state();

    while (d->ring_len > 0) {
        char c = d->ring[d->ring_head];

        d->ring_head = head_after(d->ring_head, 1);
        set_ring_len(d, d->ring_len - 1);
        put_serial(&c, 1);
        if (d->mirror)
            d->mirror(&c, 1);
    }
}

void console_set_wait_hook(void (*hook)(void))
{
    diag_state()->wait_hook = hook;
}

void console_set_mirror(void (*put)(const char *text, size_t len))
{
    diag_state()->mirror = put;
}
