/* SPDX-License-Identifier: MIT */
/*
 * --check-determinism: the same command line in two fresh processes (own address-space layouts), which report marks of
 * their event hashes through a pipe. If the marks differ, both run again and report every event of the first stretch that
 * differs, and the first event that is not the same is shown from both sides.
 *
 * A child knows its orders from the environment: "FD:EVERY:FROM:TO:DISTURB".
 */
#include <sim/replay.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sim/events.h>
#include <sim/options.h>

#define ORDERS "AEGIS_SIM_EVENTS"
#define DISTURB "AEGIS_SIM_DISTURB" /* for tests of this checker: the second run loses a unit of time at this event */
#define EVERY 256u

/* -- The child -- */

static FILE *report;

bool determinism_is_child(void)
{
    return getenv(ORDERS) != NULL;
}

static void tell_mark(const struct event_mark *mark)
{
    fprintf(report, "%" PRIu64 " %016" PRIx64 " %" PRIu64 "\n", mark->events, mark->hash, mark->time);
}

static void tell_event(const struct event_mark *mark, const char *words)
{
    fprintf(report, "%" PRIu64 " %016" PRIx64 " %" PRIu64 " %s\n", mark->events, mark->hash, mark->time, words);
}

void determinism_report_end(void)
{
    struct event_mark end = events_now();

    fprintf(report, "end %" PRIu64 " %016" PRIx64 " %016" PRIx64 "\n", end.events, end.hash, machine_hash());
    fclose(report);
}

void determinism_report_events(void)
{
    struct events_plan plan = {.mark = tell_mark, .event = tell_event};
    int fd;

    if (sscanf(getenv(ORDERS), "%d:%" SCNu32 ":%" SCNu64 ":%" SCNu64 ":%" SCNu64, &fd, &plan.every, &plan.from, &plan.to,
            &plan.disturb_at) != 5)
        exit(EXIT_SOFTWARE);
    report = fdopen(fd, "w");
    if (report == NULL)
        exit(EXIT_OS);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    events_start(&plan);
}

/* -- The parent -- */

struct orders {
    uint32_t every;
    uint64_t from, to, disturb_at;
    bool silent; /* its output was shown already */
};

struct run {
    char **line; /* what it reported */
    size_t count;
    int status;
};

static _Noreturn void run_child(char **argv, const struct orders *o, int fd)
{
    char words[128];
    int null = open("/dev/null", O_RDWR);

    snprintf(words, sizeof words, "%d:%" PRIu32 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64, fd, o->every, o->from, o->to, o->disturb_at);
    setenv(ORDERS, words, 1);
    dup2(null, STDIN_FILENO);
    if (o->silent) {
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
    }
    execv("/proc/self/exe", argv);
    _exit(EXIT_OS);
}

static void read_lines(FILE *in, struct run *run)
{
    char *line = NULL;
    size_t room = 0;

    while (getline(&line, &room, in) > 0) {
        run->line = realloc(run->line, (run->count + 1) * sizeof *run->line);
        if (run->line == NULL)
            abort();
        line[strcspn(line, "\n")] = '\0';
        run->line[run->count++] = strdup(line);
    }
    free(line);
}

static struct run run_once(char **argv, const struct orders *orders)
{
    struct run run = {0};
    int fd[2];

    fflush(NULL);
    if (pipe(fd) != 0) {
        perror("aegis-sim: pipe");
        exit(EXIT_OS);
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(fd[0]);
        run_child(argv, orders, fd[1]);
    }
    close(fd[1]);
    if (pid < 0) {
        perror("aegis-sim: fork");
        exit(EXIT_OS);
    }
    FILE *in = fdopen(fd[0], "r");
    read_lines(in, &run);
    fclose(in);
    while (waitpid(pid, &run.status, 0) < 0 && errno == EINTR)
        continue;
    return run;
}

static void forget_run(struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        free(run->line[i]);
    free(run->line);
}

/* Index of the first line that is not the same, or -1. */
static long first_difference(const struct run *a, const struct run *b)
{
    size_t n = a->count < b->count ? a->count : b->count;

    for (size_t i = 0; i < n; i++) {
        if (strcmp(a->line[i], b->line[i]) != 0)
            return (long)i;
    }
    return a->count == b->count ? -1 : (long)n;
}

static const char *line_at(const struct run *run, long i)
{
    return (size_t)i < run->count ? run->line[i] : "(the run had ended)";
}

/* The events of the stretch that ends in mark number `mark`, from both runs, and the first that differs. */
static void bisect(char **argv, long mark, uint64_t disturb_at)
{
    struct orders first = {.every = 0, .from = (uint64_t)mark * EVERY + 1, .to = (uint64_t)(mark + 1) * EVERY, .silent = true};
    struct orders second = first;

    second.disturb_at = disturb_at;
    struct run a = run_once(argv, &first);
    struct run b = run_once(argv, &second);
    long i = first_difference(&a, &b);
    if (i < 0)
        fprintf(stderr, "aegis-sim: determinism: the runs differed after event %" PRIu64 ", but not when they were repeated\n",
            first.from - 1);
    else
        fprintf(stderr,
            "aegis-sim: determinism: the first event that differs (number, hash, time in units, what):\n"
            "  run 1: %s\n  run 2: %s\n",
            line_at(&a, i), line_at(&b, i));
    forget_run(&a);
    forget_run(&b);
}

int determinism_check(char **argv)
{
    const char *disturb = getenv(DISTURB);
    uint64_t disturb_at = disturb != NULL ? strtoull(disturb, NULL, 0) : 0;
    struct orders first = {.every = EVERY};
    struct orders second = {.every = EVERY, .disturb_at = disturb_at, .silent = true};
    struct run a = run_once(argv, &first);
    struct run b = run_once(argv, &second);
    long i = first_difference(&a, &b);
    int code = WIFEXITED(a.status) ? WEXITSTATUS(a.status) : EXIT_SOFTWARE;

    if (i >= 0 || a.status != b.status) {
        fprintf(stderr, "aegis-sim: determinism: two runs of the same command line differ\n");
        if (i >= 0)
            bisect(argv, i, disturb_at);
        code = EXIT_NONDETERMINISM;
    } else if (a.count > 0) {
        fprintf(stderr, "aegis-sim: determinism: two runs agree: %s\n", a.line[a.count - 1]);
    }
    forget_run(&a);
    forget_run(&b);
    return code;
}
