/* SPDX-License-Identifier: MIT */
/* aegis-sim-<isa>: one simulated machine as a process. stdout is a function of the recorded inputs only. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arch/isa.h>
#include <sim/branch.h>
#include <sim/chaos.h>
#include <sim/crash.h>
#include <sim/eventlog.h>
#include <sim/expect.h>
#include <sim/explore.h>
#include <sim/explain.h>
#include <sim/fail_each.h>
#include <sim/gdb.h>
#include <sim/moment.h>
#include <sim/options.h>
#include <sim/sandbox.h>
#include <sim/progress.h>
#include <sim/screen.h>
#include <sim/serial.h>
#include <sim/strace.h>
#include <sim/tasks.h>
#include <sim/timeline.h>
#include <sim/window.h>

#define STALLS_SHOWN 8u

/* First the machine is asked; a second later, or at the second signal, the process ends where it stands. */
static volatile sig_atomic_t end_signal = SIGINT;

static void on_signal(int signal, siginfo_t *info, void *context)
{
    static volatile sig_atomic_t asked;

    (void)context;
    if (asked && info->si_code == SI_QUEUE)
        return; /* handed on by the process in front, and come by itself too */
    if (asked) {
        console_restore();
        _exit(end_signal == SIGALRM ? EXIT_TIMEOUT : 128 + end_signal);
    }
    asked = 1;
    end_signal = signal;
    machine_ask(signal == SIGALRM ? MACHINE_TIMEOUT : MACHINE_QUIT);
    alarm(1); /* a kernel that loops without ever looking at the clock must not outlive the wish to end it */
}

static void watch_signals(uint32_t timeout_s)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGQUIT, &action, NULL);
    if (timeout_s != 0)
        alarm(timeout_s);
}

static void print_headline(const struct machine_config *config)
{
    printf("aegis-sim: %s, %u CPU%s, %" PRIu64 " MiB, seed %" PRIu64 ", virtual time at %g MHz; Ctrl-A X quits, Ctrl-A H helps\n",
        isa_name, config->cpus, config->cpus == 1 ? "" : "s", config->ram_size >> 20, config->seed, config->clock_rate / 1e6);
    fflush(stdout);
}

static int off_code(const struct machine_result *result)
{
    switch (result->off) {
    case ARCH_OFF_DONE: return (int)(result->code > 63 ? 63 : result->code);
    case ARCH_OFF_DEADLOCK: return EXIT_DEADLOCK;
    case ARCH_OFF_PANIC: return EXIT_PANIC;
    case ARCH_OFF_CONFIG: return EXIT_CONFIG;
    default: return 1; /* ARCH_OFF_STOPPED: a policy asked for it */
    }
}

static const char *const off_words[] = {
    [ARCH_OFF_DONE] = "switched off by the kernel: all tasks have exited",
    [ARCH_OFF_DEADLOCK] = "deadlock: tasks wait and nothing can wake them",
    [ARCH_OFF_PANIC] = "kernel panic",
    [ARCH_OFF_STOPPED] = "stopped by policy",
    [ARCH_OFF_CONFIG] = "the image or the machine cannot run",
};

static int report(const struct machine_result *result, const struct options *options)
{
    uint64_t ns = machine_units_to_ns(result->time);
    const char *words;
    int code;

    switch (result->end) {
    case MACHINE_OFF: words = off_words[result->off]; code = off_code(result); break;
    case MACHINE_RESET: words = "reset by the kernel"; code = EXIT_OK; break;
    case MACHINE_STOP_AT: words = "stopped by --stop-at"; code = options->must_finish ? EXIT_NOT_FINISHED : EXIT_OK; break;
    case MACHINE_FORBIDDEN: words = "ended by --forbid"; code = EXIT_OK; break; /* expect_finish() has the code */
    case MACHINE_ENTRIES: words = "ended by --entries"; code = EXIT_OK; break;
    case MACHINE_STALLED: words = "stalled"; code = EXIT_STALLED; break;
    case MACHINE_EXPLORED: words = "explored"; code = explore_finish(); break;
    case MACHINE_STALE: words = "ended by --fault=tlb=check: a flush is missing"; code = EXIT_CHECKER; break;
    case MACHINE_CLOSED: words = "closed"; code = EXIT_OK; break;
    case MACHINE_STUCK: words = "deadlock: every CPU sleeps and no event is left"; code = EXIT_DEADLOCK; break;
    case MACHINE_TIMEOUT:
        fprintf(stderr, "aegis-sim: --timeout: gave up at %" PRIu64 ".%09" PRIu64 " s virtual\n", ns / 1000000000, ns % 1000000000);
        return EXIT_TIMEOUT;
    default: return 128 + end_signal; /* MACHINE_QUIT */
    }
    printf("aegis-sim: %s after %" PRIu64 ".%09" PRIu64 " s virtual\n", words, ns / 1000000000, ns % 1000000000);
    fflush(stdout);
    if (code == EXIT_STALLED)
        progress_explain(stderr);
    if (result->panic != NULL) /* on the console other CPUs may have interrupted it */
        fprintf(stderr, "aegis-sim: kernel panic: %s\n", result->panic);
    return code;
}

/* A run that failed shows how to get there. */
static void show_stalls(void)
{
    const struct chaos_stall *stalls;
    size_t count = chaos_stalls(&stalls);

    if (count > 0 && count <= STALLS_SHOWN) {
        fprintf(stderr, "aegis-sim: %zu preemption%s:\n", count, count == 1 ? "" : "s");
        chaos_print_places(stderr, count);
    } else if (count > 0) {
        fprintf(stderr, "aegis-sim: %zu preemptions; --schedule-out=FILE writes them, ./aegis minimize finds those that matter\n", count);
    }
}

static void report_host_time(const struct timespec *begin)
{
    struct timespec end;

    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - begin->tv_sec) + (double)(end.tv_nsec - begin->tv_nsec) / 1e9;
    if (!determinism_is_child())
        fprintf(stderr, "aegis-sim: the end at %s; host time %.3f s\n", moment_text(), seconds);
}

static int dump_dtb(const char *path)
{
    uint64_t size;
    const void *dtb = machine_dtb(&size);
    FILE *file = fopen(path, "wb");
    bool written = file != NULL && fwrite(dtb, 1, size, file) == size;

    if (file != NULL && fclose(file) != 0)
        written = false;
    if (!written)
        fprintf(stderr, "aegis-sim: --dump-dtb=%s: cannot be written: %s\n", path, strerror(errno));
    return written ? EXIT_OK : EXIT_IO;
}

/* A moment that the run did not reach is a mistake, also in a run that went well. */
static int judge_moment(const char *option, const struct options_moment *moment, int code)
{
    if (moment->text == NULL || moment->event <= moment_now())
        return code;
    fprintf(stderr, "aegis-sim: --%s=%s: the run ended before, at %s\n", option, moment->text, moment_text());
    return code != EXIT_OK ? code : EXIT_DATA;
}

/* What the run came to. One that has split for --explore has ended early: its branches are judged, not it. */
static int judge(const struct machine_result *result, const struct options *options)
{
    int code = replay_end(result, report(result, options));

    if (result->end == MACHINE_EXPLORED)
        return code;
    code = double_read_finish(expect_finish(code, true));
    code = judge_moment("stop-at", &options->stop_at, code);
    code = judge_moment("from", &options->from, code);
    code = judge_moment("gdb-at", &options->gdb_at, code);
    return options->explore.count != 0 && code == EXIT_OK ? explore_finish() : code;
}

/* Everything that looks on. */
static int start_watching(const struct options *options, char **argv)
{
    if (options->from.text != NULL)
        moment_clock.from = options->from.event;
    serial_decorate(options->moments, options->from.text != NULL);
    tasks_start(&options->machine);
    expect_start();
    double_read_start(&options->double_read, options->machine.seed);
    if (options->gdb == NULL && !determinism_is_child())
        explain_start(options, argv);
    if (options->strace)
        strace_start();
    int code = options->trace != NULL ? timeline_start(options->trace) : EXIT_OK;
    if (code == EXIT_OK && options->events != NULL)
        code = eventlog_start(options->events);
    return code == EXIT_OK && options->gdb != NULL ? gdb_open(options) : code;
}

static int open_window(void)
{
    char title[64];

    snprintf(title, sizeof title, "Aegis on %s", isa_name);
    return window_open(title);
}

static int enter_sandbox(const struct options *options)
{
    const struct sandbox_plan plan = {.mode = options->sandbox,
        .gdb = options->gdb != NULL,
        .window = options->window,
        .writes = options->replay.record != NULL || options->screenshot.path != NULL || options->fail_each.points != 0 ||
            options->chaos.out != NULL};

    if (!determinism_is_child())
        sandbox_warn_root();
    return sandbox_enter(&plan);
}

int main(int argc, char **argv)
{
    static struct options options;
    struct timespec begin;

    options_parse(&options, argc, argv);
    if (options.replay.check && !determinism_is_child())
        return determinism_check(argv);
    options_prepare(&options);
    crash_install();
    int code = machine_create(&options.machine);
    if (code != 0 || options.dump_dtb != NULL)
        return code != 0 ? code : dump_dtb(options.dump_dtb);
    code = screen_open(&options.screenshot);
    if (code == 0)
        code = start_watching(&options, argv);
    if (code == 0 && options.window)
        code = open_window();
    if (code != 0)
        return code;
    print_headline(&options.machine);
    code = console_open(&options.console, replay_active());
    if (code != 0)
        return code;
    if (options.pace == PACE_ON || (options.pace == PACE_AUTO && (console_is_terminal() || options.window)))
        pace_start();
    watch_signals(options.machine.timeout_s);
    chaos_prepare(&options.chaos);
    explore_prepare(&options.explore);
    progress_start();
    replay_begin(&options.replay, &options.machine);
    fault_start();
    if (options.fail_each.points != 0)
        fail_each_start(&options.fail_each);
    code = enter_sandbox(&options);
    if (code != 0)
        return code;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    const struct machine_result *result = machine_run();
    if (fail_each_is_child())
        fail_each_end_child(double_read_finish(expect_finish(report(result, &options), false)));
    if (branch_is_child())
        branch_exit(explore_report(double_read_finish(expect_finish(report(result, &options), true))));
    code = judge(result, &options);
    if (options.fail_each.points != 0)
        code = fail_each_finish(&options, argv, code);
    report_host_time(&begin);
    int written = chaos_finish();
    if (code != 0 && options.explore.count == 0)
        show_stalls();
    if (!determinism_is_child())
        options_print_reproduce(stderr, &options, argv);
    gdb_close(code);
    window_close();
    int picture = screen_close();
    return code != 0 ? code : written != 0 ? written : picture;
}
