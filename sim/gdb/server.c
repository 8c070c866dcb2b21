/* SPDX-License-Identifier: MIT */
/*
 * What gdb asks and when the machine stops: before its first user instruction, at breakpoints and after steps (the engine
 * says so), when a task faults (the kernel's trace event says so), and when gdb wants it (its byte on the connection).
 * All tasks stop together; a thread's number is the task's plus one.
 */
#include <sim/gdb.h>

#include <stdio.h>
#include <string.h>

#include <arch/context.h>
#include <arch/isa.h>
#include <sim/engine.h>
#include <sim/input.h>
#include <sim/moment.h>
#include <sim/options.h>
#include <sim/replay.h>
#include <sim/tasks.h>
#include <sim/trace.h>
#include <sim/travel.h>
#include <sim/tsan.h>

#include "gdb_priv.h"

/* gdb's own numbers of signals, the same on every host. */
enum { SIGNAL_INT = 2, SIGNAL_ILL = 4, SIGNAL_TRAP = 5, SIGNAL_FPE = 8, SIGNAL_BUS = 10, SIGNAL_SEGV = 11, SIGNAL_SYS = 12,
    SIGNAL_ALRM = 14 };

static struct {
    uint32_t task;      /* that stopped last */
    uint32_t chosen;    /* whose registers and memory gdb means */
    uint32_t resumed;   /* whose steps */
    bool faulted;       /* it stopped at an instruction that has had no effect */
    bool reverse;       /* keep a way back */
    char reply[96];     /* why the machine stopped */
    bool running;       /* gdb waits for the next stop */
    uint32_t stepping;  /* the task that steps from now on, or TASKS_NONE */
    uint64_t low, high; /* where its step does not end */
    struct trace_sink faults;
    struct input_source connection;
    char out[PACKET_MAX + 1];
} server;

/* -- Threads -- */

static bool is_thread(uint32_t task)
{
    return task < MANIFEST_TASKS_MAX && tasks_get(task)->user != NULL && (tasks_get(task)->alive || task == server.task);
}

/* A thread number; any thread is the one that stopped. */
static uint32_t parse_thread(const char **text)
{
    if (**text == '-') {
        *text += 2;
        return server.task;
    }
    uint64_t id = hex_number(text);
    return id == 0 ? server.task : (uint32_t)(id - 1);
}

static void answer_bool(bool good)
{
    link_send_text(good ? "OK" : "E01");
}

static void choose_thread(const char *text)
{
    char what = *text++;
    uint32_t task = parse_thread(&text);
    if (is_thread(task) && what == 'c')
        server.resumed = task;
    else if (is_thread(task))
        server.chosen = task;
    answer_bool(is_thread(task));
}

static void list_threads(void)
{
    size_t n = 0;

    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX; i++) {
        if (is_thread(i))
            n += (size_t)snprintf(server.out + n, sizeof server.out - n, "%c%x", n == 0 ? 'm' : ',', i + 1);
    }
    link_send_text(n == 0 ? "l" : server.out);
}

static void describe_thread(const char *text)
{
    uint32_t task = parse_thread(&text);
    char name[MANIFEST_NAME_SIZE + 16];

    if (!is_thread(task)) {
        link_send_text("E01");
        return;
    }
    snprintf(name, sizeof name, "task %u, %s", task, tasks_get(task)->name);
    hex_encode(server.out, name, strlen(name));
    link_send_text(server.out);
}

/* -- Registers and memory -- */

static void read_registers(void)
{
    struct trap_frame frame;

    if (!is_thread(server.chosen)) {
        link_send_text("E01");
        return;
    }
    tasks_registers(server.chosen, &frame);
    registers_read(server.out, &frame);
    link_send_text(server.out);
}

static void write_registers(const char *text)
{
    struct trap_frame frame;

    if (is_thread(server.chosen))
        tasks_registers(server.chosen, &frame);
    bool good = is_thread(server.chosen) && registers_write(&frame, text);
    if (good) {
        engine_poke(tasks_get(server.chosen)->user, &frame);
        ladder_changed();
    }
    answer_bool(good);
}

static void read_register(const char *text)
{
    struct trap_frame frame;

    if (is_thread(server.chosen))
        tasks_registers(server.chosen, &frame);
    bool good = is_thread(server.chosen) && registers_read_one(server.out, &frame, hex_number(&text));
    link_send_text(good ? server.out : "E01");
}

static void write_register(const char *text)
{
    struct trap_frame frame;
    uint64_t number = hex_number(&text);

    if (is_thread(server.chosen))
        tasks_registers(server.chosen, &frame);
    bool good = is_thread(server.chosen) && *text == '=' && registers_write_one(&frame, number, text + 1);
    if (good) {
        engine_poke(tasks_get(server.chosen)->user, &frame);
        ladder_changed();
    }
    answer_bool(good);
}

/* The address and length at the start of `text`, which moves behind them. */
static uint64_t parse_range(const char **text, uint64_t *length)
{
    uint64_t address = hex_number(text);

    *text += **text == ',';
    *length = hex_number(text);
    *text += **text == ':';
    return address;
}

static void read_memory(const char *text)
{
    static uint8_t bytes[PACKET_MAX / 2];
    uint64_t length, address = parse_range(&text, &length);

    if (length > sizeof bytes)
        length = sizeof bytes;
    uint64_t have = is_thread(server.chosen) ? tasks_read(server.chosen, address, bytes, length) : 0;
    hex_encode(server.out, bytes, (size_t)have);
    link_send_text(have > 0 || length == 0 ? server.out : "E0e");
}

static void write_memory(const char *text, const char *end, bool binary)
{
    static uint8_t bytes[PACKET_MAX];
    uint64_t length, address = parse_range(&text, &length);
    size_t have;

    if (binary) {
        have = (size_t)(end - text);
        memcpy(bytes, text, have);
        have = hex_unescape((char *)bytes, have);
    } else {
        have = hex_decode(bytes, sizeof bytes, text);
    }
    bool good = have == length && is_thread(server.chosen) && tasks_write(server.chosen, address, bytes, length) == length;
    if (length > 0)
        ladder_changed();
    answer_bool(good);
}

/* -- Queries -- */

static void send_part(const char *text, const char *range)
{
    uint64_t length, offset = parse_range(&range, &length);
    size_t all = strlen(text), taken;

    if (offset > all)
        offset = all;
    if (length > all - offset)
        length = all - offset;
    size_t n = hex_escape(server.out + 1, sizeof server.out - 2, text + offset, (size_t)length, &taken);
    server.out[0] = offset + taken == all ? 'l' : 'm';
    link_send(server.out, n + 1);
}

static bool starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void query(const char *text)
{
    static const char features[] = "qXfer:features:read:target.xml:", libraries[] = "qXfer:libraries:read::";
    static const char executable[] = "qXfer:exec-file:read:";

    if (starts(text, "qSupported")) {
        snprintf(server.out, sizeof server.out, "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;qXfer:libraries:read+;"
            "qXfer:exec-file:read+;swbreak+;vContSupported+%s", PACKET_MAX, ladder_exists() ? ";ReverseStep+;ReverseContinue+" : "");
        link_send_text(server.out);
    } else if (starts(text, features)) {
        send_part(registers_xml(), text + strlen(features));
    } else if (starts(text, libraries)) {
        send_part(files_xml(), text + strlen(libraries));
    } else if (starts(text, executable)) {
        text += strlen(executable);
        send_part(files_executable(), text + strcspn(text, ":") + 1); /* for whichever process */
    } else if (strcmp(text, "qC") == 0) {
        snprintf(server.out, sizeof server.out, "QC%x", server.task + 1);
        link_send_text(server.out);
    } else if (strcmp(text, "qfThreadInfo") == 0) {
        list_threads();
    } else if (strcmp(text, "qsThreadInfo") == 0) {
        link_send_text("l");
    } else if (starts(text, "qThreadExtraInfo,")) {
        describe_thread(text + strlen("qThreadExtraInfo,"));
    } else if (starts(text, "qRcmd,")) {
        monitor_answer(text + strlen("qRcmd,"), server.chosen);
    } else {
        link_send_text(strcmp(text, "qAttached") == 0 ? "1" : "");
    }
}

/* -- Going on -- */

static void step(uint32_t task, uint64_t low, uint64_t high)
{
    server.stepping = is_thread(task) ? task : TASKS_NONE;
    server.low = low;
    server.high = high;
}

/* The actions of a vCont packet; all that matters is who steps. */
static void resume(const char *text)
{
    while (*text == ';') {
        uint64_t low = 0, high = 0;
        char action = *++text;
        text++;
        if (action == 'S' || action == 'C')
            (void)hex_number(&text); /* a signal, which nobody here would take */
        if (action == 'r')
            low = parse_range(&text, &high);
        else
            text += *text == ':';
        uint32_t task = parse_thread(&text);
        if (action == 's' || action == 'S' || action == 'r')
            step(task, low, high);
    }
}

static void let_go(void)
{
    engine_debug(NULL);
    ladder_end();
    input_remove_source(&server.connection);
    link_close();
}

/* Packets that end a stop. True: go on. */
static bool answer_resuming(char *packet)
{
    if (strcmp(packet, "vCont?") == 0) {
        link_send_text("vCont;c;C;s;S;r");
        return false;
    }
    if (starts(packet, "vCont")) {
        resume(packet + strlen("vCont"));
        return true;
    }
    if (packet[0] == 's' || packet[0] == 'S')
        step(server.resumed, 0, 0);
    if (packet[0] == 'k' || starts(packet, "vKill")) {
        if (packet[0] == 'v')
            link_send_text("OK");
        let_go();
        machine_input(INPUT_QUIT, 0);
    } else if (packet[0] == 'D') {
        link_send_text("OK");
        let_go();
    }
    return true;
}

/* Returns only if there is no way back. */
static void go_back(enum travel_kind kind)
{
    struct trap_frame frame;

    tasks_registers(server.resumed, &frame);
    uint64_t pc = isa_frame_pc(&frame);
    bool faulted = server.faulted && server.resumed == server.task;
    enum travel_answer answer = reverse_go(kind, server.resumed, faulted ? &pc : NULL);
    if (answer == TRAVEL_LOST)
        link_say("aegis-sim: a snapshot is gone, and with it the past\n");
    snprintf(server.reply, sizeof server.reply, "T%02xthread:%x;%s", answer == TRAVEL_BROKEN ? SIGNAL_INT : SIGNAL_TRAP,
        server.task + 1, answer == TRAVEL_NOTHING ? "replaylog:begin;" : "");
    link_send_text(server.reply);
}

/* True: the machine goes on. */
static bool answer(char *packet, size_t length)
{
    switch (packet[0]) {
    case '?': link_send_text(server.reply); break;
    case 'H': choose_thread(packet + 1); break;
    case 'T':
        packet++;
        answer_bool(is_thread(parse_thread((const char **)&packet)));
        break;
    case 'g': read_registers(); break;
    case 'G': write_registers(packet + 1); break;
    case 'p': read_register(packet + 1); break;
    case 'P': write_register(packet + 1); break;
    case 'm': read_memory(packet + 1); break;
    case 'M':
    case 'X': write_memory(packet + 1, packet + length, packet[0] == 'X'); break;
    case 'Z':
    case 'z': answer_bool(points_set(packet + 1, packet[0] == 'Z', server.chosen)); break;
    case 'b':
        if (!ladder_exists() || !is_thread(server.resumed))
            link_send_text("E01");
        else
            go_back(packet[1] == 'c' ? TRAVEL_STOP : TRAVEL_STEP);
        break;
    case 'q': query(packet); break;
    case 'Q':
        link_send_text(strcmp(packet, "QStartNoAckMode") == 0 ? "OK" : "");
        if (strcmp(packet, "QStartNoAckMode") == 0)
            link_stop_acknowledging();
        break;
    case 'v':
        if (starts(packet, "vFile:")) {
            files_answer(packet);
            break;
        }
        if (!starts(packet, "vCont") && !starts(packet, "vKill")) {
            link_send_text("");
            break;
        }
        return answer_resuming(packet);
    case 'c':
    case 'C':
    case 's':
    case 'S':
    case 'D':
    case 'k': return answer_resuming(packet);
    default: link_send_text(""); break;
    }
    return false;
}

/* The machine has stopped in `task`; returns when it is to go on. */
static void stop(uint32_t task, uint32_t signal, const char *why)
{
    char *packet;
    size_t length;

    server.task = server.chosen = server.resumed = task;
    server.stepping = TASKS_NONE;
    if (server.running && (signal != SIGNAL_TRAP || why[0] != '\0')) /* where a step ends is clear */
        link_say("%s\n", moment_text());
    snprintf(server.reply, sizeof server.reply, "T%02xthread:%x;%s", signal, task + 1, why);
    if (server.running)
        link_send_text(server.reply);
    server.running = false;
    while ((packet = link_receive(&length)) != NULL) {
        if (!answer(packet, length))
            continue;
        server.running = link_connected();
        engine_step(server.stepping != TASKS_NONE ? tasks_get(server.stepping)->user : NULL, server.low, server.high);
        return;
    }
    if (!link_connected())
        let_go(); /* gdb has gone: the machine goes on without it */
}

/* -- What stops the machine -- */

static void on_connection(struct input_source *source)
{
    uint32_t task = tasks_running(machine.running);

    (void)source;
    if (!link_interrupted())
        return;
    travel_cancel();
    if (!link_connected())
        let_go();
    else
        stop(task != TASKS_NONE && tasks_get(task)->user != NULL ? task : server.task, SIGNAL_INT, "");
}

/* The task to show where none has stopped: `task` if it is one by now, or the one that the CPU runs, or any. */
static uint32_t present_task(uint32_t task)
{
    if (task >= MANIFEST_TASKS_MAX || tasks_get(task)->user == NULL)
        task = tasks_running(machine.running);
    for (uint32_t i = 0; i < MANIFEST_TASKS_MAX && (task == TASKS_NONE || tasks_get(task)->user == NULL); i++)
        task = i;
    return task;
}

/* In a process that has been sent back; what it knows of gdb is what was known where it comes from. */
static void on_way(const struct travel_baggage *baggage, bool arrived)
{
    if (baggage->silent)
        link_stop_acknowledging();
    server.running = true;
    if (arrived)
        stop(present_task(baggage->task), SIGNAL_TRAP, baggage->why);
}

/* Here gdb comes. False: there is nothing to stop for. */
static bool let_in(void)
{
    if (!link_accept())
        return false;
    server.connection = (struct input_source){.fd = link_fd(), .ready = on_connection};
    input_add_source(&server.connection);
    return !server.reverse || travel_begin(on_way) != TRAVEL_DEPARTED;
}

static void on_stopped(struct arch_user *user, enum engine_stopped why)
{
    const struct engine_watch *watch = engine_watched();
    uint32_t task = tasks_find(user);
    char words[48] = "";

    if (why == ENGINE_SOUGHT) {
        travel_sought();
        return;
    }
    if (task == TASKS_NONE || (why == ENGINE_ENTERED && !let_in()))
        return;
    if (why == ENGINE_WATCHED)
        snprintf(words, sizeof words, "%s:%llx;", !watch->read ? "watch" : watch->write ? "awatch" : "rwatch",
            (unsigned long long)watch->va);
    server.faulted = false;
    stop(task, SIGNAL_TRAP, why == ENGINE_AT_BREAK ? "swbreak:;" : words);
}

/* --gdb-at: in the kernel, in front of the task that it runs for. */
static void on_moment(void)
{
    uint32_t task = present_task(TASKS_NONE);

    if (tasks_get(task)->user == NULL)
        engine_stop_at_entry(); /* no task has run yet */
    else if (let_in())
        stop(task, SIGNAL_TRAP, "");
}

static uint32_t signal_of(const struct trace_event *fault)
{
    static const uint8_t signals[ARCH_TRAP_COUNT] = {[ARCH_TRAP_PAGE] = SIGNAL_SEGV, [ARCH_TRAP_BREAKPOINT] = SIGNAL_TRAP,
        [ARCH_TRAP_ARITHMETIC] = SIGNAL_FPE, [ARCH_TRAP_ALIGN] = SIGNAL_BUS, [ARCH_TRAP_PORT] = SIGNAL_BUS};

    if (fault->e == TRACE_FAULT_WATCHDOG)
        return SIGNAL_ALRM;
    if (fault->e == TRACE_FAULT_LOAD)
        return SIGNAL_BUS;
    if (fault->e != TRACE_FAULT_TRAP)
        return SIGNAL_SYS;
    return fault->a < ARCH_TRAP_COUNT && signals[fault->a] != 0 ? signals[fault->a] : SIGNAL_ILL;
}

static void on_fault(struct trace_sink *sink, const struct trace_event *event, uint64_t time)
{
    (void)sink;
    (void)time;
    if (!link_connected() || ladder_is_looking() || event->thread >= MANIFEST_TASKS_MAX || tasks_get(event->thread)->user == NULL)
        return;
    server.faulted = true;
    stop(event->thread, signal_of(event), "");
    server.faulted = false;
}

/* Whatever else a run writes would be written twice by one that goes back. */
static bool can_go_back(const struct options *o)
{
    return !o->no_reverse && o->replay.record == NULL && o->trace == NULL && o->events == NULL && o->screenshot.path == NULL &&
        !o->window && o->sandbox != SANDBOX_STRICT && o->machine.metered && !determinism_is_child() && __tsan_ignore_thread_begin == NULL;
}

int gdb_open(const struct options *options)
{
    int code = link_open(options->gdb);

    if (code != 0)
        return code;
    engine_debug(on_stopped);
    engine_find_pending(points_find);
    if (options->gdb_at.text != NULL)
        moment_at(MOMENT_FOR_GDB, options->gdb_at.event, on_moment);
    else
        engine_stop_at_entry();
    server.reverse = can_go_back(options);
    server.faults = (struct trace_sink){.kinds = TRACE_BIT(TRACE_FAULT), .event = on_fault};
    trace_add(&server.faults);
    return 0;
}

void gdb_close(int code)
{
    static const struct travel_found nothing;

    if (ladder_is_looking())
        ladder_report(&nothing, sizeof nothing); /* the run ended before the end of the search */
    if (link_connected() && server.running) {
        snprintf(server.reply, sizeof server.reply, "W%02x", (unsigned)code & 0xFF);
        link_send_text(server.reply);
    }
    link_close();
}
