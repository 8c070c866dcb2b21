/* SPDX-License-Identifier: MIT */
#include <sim/input.h>

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <sim/device.h>
#include <sim/machine.h>
#include <sim/serial.h>

#define NS_PER_BYTE UINT64_C(86806) /* of the serial line */

static struct {
    struct input *queue; /* waiting are queue[first] to queue[count - 1] */
    uint32_t first, count, room;
    uint64_t line_free;  /* when the serial line has carried the byte before */
    struct event arrival; /* of queue[first] */
    struct input_tap *taps;
    struct input_source *sources;
    uint32_t attached;
    bool ignore_live;
    volatile sig_atomic_t signalled;
} in;

/* -- Arrival -- */

/* False: no room for it yet. */
static bool deliver(const struct input *input)
{
    switch (input->kind) {
    case INPUT_SERIAL: return serial_input((uint8_t)input->value);
    case INPUT_KEY: keyboard_key(input->value & 0xFFFF, (input->value & INPUT_KEY_DOWN) != 0); return true;
    case INPUT_GONE: in.attached -= in.attached > 0; return true;
    default: machine_finish(MACHINE_CLOSED, ARCH_OFF_STOPPED, 0);
    }
}

static void schedule(void);

static void arrive(struct event *event)
{
    const struct input *input = &in.queue[in.first];

    if (input->kind == INPUT_SERIAL)
        in.line_free = event->time + machine_ns_to_units(NS_PER_BYTE);
    if (deliver(input))
        in.first++;
    schedule();
}

/* Let the input that is next in line arrive when its time has come and the line is free. */
static void schedule(void)
{
    if (in.first == in.count)
        return;
    const struct input *next = &in.queue[in.first];
    uint64_t time = next->kind == INPUT_SERIAL && next->time < in.line_free ? in.line_free : next->time;
    uint64_t now = machine_now();
    event_schedule(&in.arrival, time < now ? now : time);
}

static void enqueue(const struct input *input)
{
    if (in.arrival.fire == NULL)
        event_init(&in.arrival, EVENT_INPUT, arrive, NULL);
    if (in.count == in.room && in.first > 0) {
        for (uint32_t i = in.first; i < in.count; i++)
            in.queue[i - in.first] = in.queue[i];
        in.count -= in.first;
        in.first = 0;
    }
    if (in.count == in.room) {
        in.room = in.room == 0 ? 64 : in.room * 2;
        in.queue = realloc(in.queue, in.room * sizeof *in.queue);
        if (in.queue == NULL)
            abort();
    }
    in.queue[in.count++] = *input;
    for (struct input_tap *t = in.taps; t != NULL; t = t->next)
        t->input(t, input);
    if (!event_pending(&in.arrival))
        schedule();
}

void machine_input(enum input_kind kind, uint32_t value)
{
    struct input input = {.time = machine_soon(), .kind = kind, .value = value};

    if (!in.ignore_live)
        enqueue(&input);
    else if (kind == INPUT_QUIT)
        machine_ask(MACHINE_QUIT);
}

void input_ignore_live(void)
{
    in.ignore_live = true;
}

void input_heed_live(void)
{
    in.ignore_live = false;
}

void input_replay(const struct input *input)
{
    enqueue(input);
}

void input_add_tap(struct input_tap *tap)
{
    struct input_tap **end = &in.taps;

    while (*end != NULL)
        end = &(*end)->next;
    tap->next = NULL;
    *end = tap;
}

void input_attach(void)
{
    in.attached++;
}

uint32_t input_attached(void)
{
    return in.attached;
}

/* -- Sources -- */

static void on_sigio(int signal)
{
    (void)signal;
    in.signalled = 1;
}

void input_add_source(struct input_source *source)
{
    struct sigaction action = {.sa_handler = on_sigio, .sa_flags = SA_RESTART};

    sigaction(SIGIO, &action, NULL);
    source->next = in.sources;
    in.sources = source;
    fcntl(source->fd, F_SETOWN, getpid());
    fcntl(source->fd, F_SETFL, fcntl(source->fd, F_GETFL) | O_ASYNC | O_NONBLOCK);
    in.signalled = 1; /* something may have come before */
}

void input_own_sources(void)
{
    for (struct input_source *s = in.sources; s != NULL; s = s->next)
        fcntl(s->fd, F_SETOWN, getpid());
    in.signalled = 1;
}

void input_remove_source(struct input_source *source)
{
    for (struct input_source **s = &in.sources; *s != NULL; s = &(*s)->next) {
        if (*s == source) {
            *s = source->next;
            fcntl(source->fd, F_SETFL, fcntl(source->fd, F_GETFL) & ~(O_ASYNC | O_NONBLOCK));
            return;
        }
    }
}

void input_forget_sources(void)
{
    in.sources = NULL;
    in.signalled = 0;
}

void input_poll(void)
{
    if (!in.signalled)
        return;
    in.signalled = 0;
    for (struct input_source *s = in.sources, *next; s != NULL; s = next) {
        next = s->next; /* it may remove itself */
        s->ready(s);
    }
}
