/* SPDX-License-Identifier: MIT */
#include <sim/ladder.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sim/branch.h>
#include <sim/console.h>
#include <sim/input.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/replay.h>
#include <sim/serial.h>

#include "front.h"

#define GAP_MOMENTS 1000u           /* between two rungs ... */
#define GAP_BYTES (UINT64_C(32) << 20) /* ... or so many bytes of user code */
#define LOOK_EVERY 50u              /* moments between two looks whether it is time */
#define LOOK_MS 200
#define INPUTS_MAX 65536u

/* What all processes share. Written by the one that runs, while the others wait. */
struct shared {
    volatile pid_t active;  /* whose end is the end */
    volatile pid_t looking; /* the one that looks for somebody */
    uint64_t frontier; /* the latest moment that anybody has shown */
    uint64_t printed;  /* bytes of the console */
    uint32_t count;
    struct rung {
        pid_t pid;
        uint32_t slot; /* its pipe */
        struct position at;
    } rung[LADDER_RUNGS]; /* in their order */
    bool look; /* the orders are for a silent process */
    volatile bool failed;   /* the host gave no process for them */
    volatile uint32_t asked, answered; /* number of the latest orders to look, and of those that have their findings */
    uint32_t input_count;
    struct input inputs[INPUTS_MAX];
    uint8_t orders[LADDER_ORDERS_MAX], findings[LADDER_ORDERS_MAX];
};

static struct {
    struct shared *shared; /* NULL: no ladder */
    void (*depart)(const void *orders);
    int order[LADDER_RUNGS][2]; /* pipes: a byte wakes the rung */
    int found[2], taken[2];     /* pipes: a byte says that there are findings, that another process is active */
    int life;                   /* pipe that ends when the process in front does */
    uint32_t inputs_known;      /* of the shared ones */
    bool looking, feeding;
    uint32_t number;            /* of the orders to look that this process has */
    struct input_tap tap;
    struct input_source front;
} ladder;

struct position position_now(void)
{
    return (struct position){.moment = moment_now(), .bytes = machine.stats.user_bytes};
}

bool ladder_exists(void)
{
    return ladder.shared != NULL;
}

bool ladder_is_looking(void)
{
    return ladder.looking;
}

uint32_t ladder_count(void)
{
    return ladder.shared != NULL ? ladder.shared->count : 0;
}

struct position ladder_rung(uint32_t i)
{
    return ladder.shared->rung[i].at;
}

/* -- Input -- */

static void note_input(struct input_tap *tap, const struct input *input)
{
    (void)tap;
    if (ladder.feeding || ladder.looking || ladder.shared == NULL)
        return;
    if (ladder.shared->input_count == INPUTS_MAX) {
        ladder_end(); /* a past of which something is missing would be another */
        return;
    }
    ladder.shared->inputs[ladder.shared->input_count++] = *input;
    ladder.inputs_known = ladder.shared->input_count;
}

/* What has come since the rung was put comes again. */
static void feed_inputs(void)
{
    ladder.feeding = true;
    while (ladder.inputs_known < ladder.shared->input_count)
        input_replay(&ladder.shared->inputs[ladder.inputs_known++]);
    ladder.feeding = false;
}

/* -- Processes -- */

static void look_around(void);

static void write_byte(int fd)
{
    while (write(fd, "", 1) < 0 && errno == EINTR)
        continue;
}

static void front_is_gone(struct input_source *source)
{
    char byte;

    if (read(source->fd, &byte, 1) == 0)
        _exit(1);
}

void ladder_check_front(void)
{
    struct pollfd front = {.fd = ladder.life, .events = POLLIN};

    if (ladder.shared != NULL && ladder.front.ready != NULL && poll(&front, 1, 0) > 0)
        _exit(1);
}

/* The process that runs from now on. */
static void become_runner(void)
{
    ladder.shared->active = getpid();
    if (ladder.front.ready == NULL) { /* else a rung has been put since */
        ladder.front = (struct input_source){.fd = ladder.life, .ready = front_is_gone};
        input_add_source(&ladder.front);
    }
    input_own_sources();
    moment_at(MOMENT_FOR_LADDER, moment_now() + 1, look_around);
}

static void become_looker(void)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    ladder.looking = true;
    ladder.number = ladder.shared->asked;
    ladder.shared->looking = getpid();
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    close(null);
    input_forget_sources();
    input_ignore_live();
    moment_clock.from = MOMENT_NEVER;
    serial_set_backend(NULL);
}

/* A new process stands at a rung, and knows only what the rung knew. */
static void set_out(void)
{
    struct shared *s = ladder.shared;

    if (s->look) {
        become_looker();
    } else {
        become_runner();
        serial_skip(s->printed);
        if (moment_clock.from <= s->frontier)
            moment_clock.from = s->frontier + 1;
        if (s->frontier > moment_now())
            input_ignore_live();
    }
    feed_inputs();
    if (!s->look)
        write_byte(ladder.taken[1]);
    ladder.depart(s->orders);
}

/* The rung in `slot` has been woken: its grandchild, which is nobody's child but the front's, returns true. */
static bool serve(uint32_t slot)
{
    char byte;

    if (read(ladder.order[slot][0], &byte, 1) != 1)
        return false;
    pid_t child = fork();
    if (child == 0) {
        pid_t grandchild = fork();
        if (grandchild == 0)
            return true;
        _exit(grandchild < 0);
    }
    int status = 1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    ladder.shared->failed = status != 0;
    return false;
}

/* Wait to be woken or left behind. Returns in a new process. */
static void be_rung(uint32_t slot)
{
    sigset_t all, before;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    for (;;) {
        struct pollfd wanted[] = {{.fd = ladder.order[slot][0], .events = POLLIN}, {.fd = ladder.life, .events = POLLIN}};
        if (poll(wanted, 2, -1) < 0 && errno != EINTR)
            _exit(1);
        if (wanted[1].revents != 0)
            _exit(0);
        if (wanted[0].revents != 0 && serve(slot))
            break;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    set_out();
}

static bool serve_front(void)
{
    return serve(0);
}

static bool open_pipes(int life[2])
{
    for (uint32_t i = 0; i < LADDER_RUNGS; i++) {
        if (pipe2(ladder.order[i], O_CLOEXEC) != 0)
            return false;
    }
    return pipe2(ladder.found, O_CLOEXEC | O_NONBLOCK) == 0 && pipe2(ladder.taken, O_CLOEXEC | O_NONBLOCK) == 0 &&
        pipe2(life, O_CLOEXEC) == 0;
}

bool ladder_begin(void (*depart)(const void *orders))
{
    int life[2];
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED || !open_pipes(life) || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
        return false;
    ladder.shared = shared;
    ladder.depart = depart;
    ladder.life = life[0];
    shared->count = 1;
    shared->rung[0] = (struct rung){.pid = getpid(), .slot = 0, .at = position_now()};
    ladder.tap.input = note_input;
    input_add_tap(&ladder.tap);
    serial_flush();
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) {
        ladder.shared = NULL;
        return false;
    }
    bool first = child == 0;
    if (child > 0) {
        shared->active = child;
        front_wait(&shared->active, ladder.order[0][0], serve_front); /* returns in a new process */
    }
    close(life[1]);
    if (first)
        become_runner();
    else
        set_out();
    return true;
}

/* -- Rungs -- */

static void remove_rung(uint32_t i)
{
    struct shared *s = ladder.shared;

    kill(s->rung[i].pid, SIGKILL);
    while (waitpid(s->rung[i].pid, NULL, 0) < 0 && errno == EINTR) /* ECHILD: the child of another, and the front buries it */
        continue;
    memmove(&s->rung[i], &s->rung[i + 1], (--s->count - i) * sizeof s->rung[0]);
}

/* The older the rungs, the wider they may stand: remove the one that is missed least. */
static void thin_out(uint64_t now)
{
    const struct rung *r = ladder.shared->rung;
    uint32_t best = 1;
    double least = 0;

    for (uint32_t i = 1; i + 1 < ladder.shared->count; i++) {
        double missed = (double)(r[i + 1].at.moment - r[i - 1].at.moment) / (double)(now - r[i].at.moment + 1);
        if (i == 1 || missed < least) {
            best = i;
            least = missed;
        }
    }
    remove_rung(best);
}

static uint32_t free_slot(void)
{
    uint32_t used = 0;

    for (uint32_t i = 0; i < ladder.shared->count; i++)
        used |= UINT32_C(1) << ladder.shared->rung[i].slot;
    return (uint32_t)__builtin_ctz(~used);
}

/* Here, as rung number `i`. */
static void put_rung(uint32_t i)
{
    struct shared *s = ladder.shared;
    uint32_t slot = free_slot();
    struct position at = position_now();

    serial_flush();
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        be_rung(slot);
        return;
    }
    if (child < 0)
        return; /* the host is short of something: the ladder has a gap */
    memmove(&s->rung[i + 1], &s->rung[i], (s->count++ - i) * sizeof s->rung[0]);
    s->rung[i] = (struct rung){.pid = child, .slot = slot, .at = at};
}

void ladder_add(void)
{
    struct shared *s = ladder.shared;
    uint64_t now = moment_now();
    uint32_t i = 0;

    if (s == NULL || ladder.looking)
        return;
    if (s->count == LADDER_RUNGS)
        thin_out(now > s->rung[s->count - 1].at.moment ? now : s->rung[s->count - 1].at.moment);
    while (i < s->count && s->rung[i].at.moment <= now)
        i++;
    if (s->rung[i - 1].at.moment + LOOK_EVERY <= now)
        put_rung(i);
}

/* Every now and then: is it time for a rung, and is the past over? */
static void look_around(void)
{
    struct shared *s = ladder.shared;
    struct position now = position_now();

    if (s == NULL || ladder.looking)
        return;
    if (now.moment > s->frontier && !replay_active())
        input_heed_live();
    const struct position *last = &s->rung[s->count - 1].at;
    bool far = now.moment > last->moment && (now.moment - last->moment >= GAP_MOMENTS || now.bytes - last->bytes >= GAP_BYTES);
    moment_at(MOMENT_FOR_LADDER, now.moment + LOOK_EVERY, look_around);
    if (far)
        ladder_add();
}

/* -- Going -- */

static void give_orders(uint32_t i, const void *orders, size_t size, bool look)
{
    struct shared *s = ladder.shared;
    uint64_t shown = moment_now();
    uint64_t printed = serial_sent();

    s->look = look;
    s->asked += look;
    s->looking = 0;
    s->failed = false;
    memcpy(s->orders, orders, size);
    if (!look) {
        serial_flush();
        fflush(NULL);
        s->frontier = shown > s->frontier ? shown : s->frontier;
        s->printed = printed > s->printed ? printed : s->printed;
    }
    write_byte(ladder.order[s->rung[i].slot][1]);
}

/* Until there is a byte, which may be an old one, or some time has passed. */
static void wait_for_byte(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLIN};
    char byte;

    if (poll(&wanted, 1, LOOK_MS) > 0)
        (void)!read(fd, &byte, 1);
}

static bool is_gone(pid_t pid)
{
    if (pid != 0)
        (void)waitpid(pid, NULL, WNOHANG); /* a child of this process stays until it is buried */
    return pid != 0 && kill(pid, 0) != 0;
}

enum ladder_answer ladder_look(uint32_t i, const void *orders, size_t size, bool (*broken)(void), void *findings, size_t room)
{
    struct shared *s = ladder.shared;

    give_orders(i, orders, size, true);
    while (s->answered != s->asked) {
        bool gone = s->failed || is_gone(s->rung[i].pid) || is_gone(s->looking);
        if (gone && s->answered != s->asked)
            return LADDER_GONE; /* else it has answered before it went */
        if (broken()) {
            if (s->looking != 0)
                kill(s->looking, SIGKILL);
            return LADDER_BROKEN;
        }
        wait_for_byte(ladder.found[0]);
    }
    memcpy(findings, s->findings, room);
    return LADDER_FOUND;
}

void ladder_report(const void *findings, size_t size)
{
    memcpy(ladder.shared->findings, findings, size);
    __atomic_store_n(&ladder.shared->answered, ladder.number, __ATOMIC_RELEASE);
    write_byte(ladder.found[1]);
    branch_exit(0);
}

void ladder_go(uint32_t i, const void *orders, size_t size)
{
    pid_t self = getpid();

    give_orders(i, orders, size, false);
    while (ladder.shared->active == self) {
        if (ladder.shared->failed || is_gone(ladder.shared->rung[i].pid))
            return;
        wait_for_byte(ladder.taken[0]);
    }
    branch_exit(0); /* the other one has taken over */
}

void ladder_changed(void)
{
    struct shared *s = ladder.shared;

    if (s == NULL)
        return;
    while (s->count > 1 && s->rung[s->count - 1].at.moment > moment_now())
        remove_rung(s->count - 1);
    s->frontier = moment_now();
    s->printed = serial_sent();
    if (!replay_active())
        input_heed_live();
    while (s->input_count > 0 && s->inputs[s->input_count - 1].time >= machine_now())
        s->input_count--;
    ladder.inputs_known = s->input_count;
}

void ladder_end(void)
{
    while (ladder.shared != NULL && ladder.shared->count > 1)
        remove_rung(ladder.shared->count - 1);
    moment_at(MOMENT_FOR_LADDER, MOMENT_NEVER, NULL);
    ladder.shared = NULL;
}
