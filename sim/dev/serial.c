/* SPDX-License-Identifier: MIT */
#include <sim/device.h>
#include <sim/moment.h>
#include <sim/serial.h>

#include <errno.h>
#include <unistd.h>

static struct {
    struct serial_backend *backend;
    struct serial_tap *taps;
    bool within;  /* a line has begun */
    bool moments; /* each line begins with its own */
    bool hidden;  /* --from has not come yet */
    uint64_t sent, skip;
} serial;

void serial_set_backend(struct serial_backend *backend)
{
    serial.backend = backend;
}

void serial_add_tap(struct serial_tap *tap)
{
    tap->next = serial.taps;
    serial.taps = tap;
}

void serial_decorate(bool moments, bool hidden)
{
    serial.moments = moments;
    serial.hidden = hidden;
}

uint64_t serial_sent(void)
{
    return serial.sent;
}

void serial_skip(uint64_t bytes)
{
    serial.skip = bytes;
}

static void put(uint8_t byte)
{
    if (serial.sent++ >= serial.skip && serial.backend != NULL)
        serial.backend->put(serial.backend, byte);
}

static void begin_line(void)
{
    serial.hidden = serial.hidden && !moment_shown();
    if (!serial.moments || serial.hidden)
        return;
    for (const char *p = moment_text(); *p != '\0'; p++)
        put((uint8_t)*p);
    put(' ');
}

void serial_output(uint8_t byte, uint64_t time)
{
    for (struct serial_tap *t = serial.taps; t != NULL; t = t->next)
        t->byte(t, byte, time);
    if (!serial.within)
        begin_line();
    if (!serial.hidden)
        put(byte);
    serial.within = byte != '\n';
}

bool serial_input(uint8_t byte)
{
    return uart_receive(byte);
}

void serial_flush(void)
{
    if (serial.backend != NULL && serial.backend->flush != NULL)
        serial.backend->flush(serial.backend);
}

/* -- stdout -- */

static struct {
    struct serial_backend backend;
    size_t used;
    uint8_t buffer[4096];
} out;

static void out_flush(struct serial_backend *backend)
{
    size_t done = 0;

    (void)backend;
    while (done < out.used) {
        ssize_t n = write(STDOUT_FILENO, out.buffer + done, out.used - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break; /* nobody reads any more: the machine goes on */
        done += (size_t)n;
    }
    out.used = 0;
}

/* A line is out before the next one begins, so that a crash of the kernel loses none. */
static void out_put(struct serial_backend *backend, uint8_t byte)
{
    out.buffer[out.used++] = byte;
    if (byte == '\n' || out.used == sizeof out.buffer)
        out_flush(backend);
}

struct serial_backend *serial_stdout(void)
{
    out.backend.put = out_put;
    out.backend.flush = out_flush;
    return &out.backend;
}
