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

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* What does not fit is dropped. */
static void append_locked(struct diag_state *d, const char *text, size_t len)
{
    size_t fits = smaller(len, CONSOLE_RING_SIZE - d->ring_len);
    size_t tail = (d->ring_head + d->ring_len) % CONSOLE_RING_SIZE;
    size_t before_wrap = smaller(fits, CONSOLE_RING_SIZE - tail);

    (void)memcpy(d->ring + tail, text, before_wrap);
    (void)memcpy(d->ring, text + before_wrap, fits - before_wrap);
    set_ring_len(d, d->ring_len + (uint32_t)fits);
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
    fits = len <= CONSOLE_RING_SIZE - d->ring_len;
    if (fits)
        append_locked(d, text, len);
    diag_unlock(&d->ring_lock);
    return fits;
}

static size_t console_take(struct diag_state *d, char *out, size_t max)
{
    size_t n, before_wrap;

    diag_lock(&d->ring_lock);
    n = smaller(max, d->ring_len);
    before_wrap = smaller(n, CONSOLE_RING_SIZE - d->ring_head);
    (void)memcpy(out, d->ring + d->ring_head, before_wrap);
    (void)memcpy(out + before_wrap, d->ring, n - before_wrap);
    d->ring_head = (d->ring_head + (uint32_t)n) % CONSOLE_RING_SIZE;
    set_ring_len(d, d->ring_len - (uint32_t)n);
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

        d->ring_head = (d->ring_head + 1) % CONSOLE_RING_SIZE;
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
