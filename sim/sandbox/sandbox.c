/* SPDX-License-Identifier: MIT */
#include <sim/sandbox.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#include <sim/console.h>
#include <sim/options.h>

#include "calls.h"

#define TEST "AEGIS_SIM_FORBIDDEN" /* for tests of the list: "NAME[:ARGUMENT...]", called once inside */
#define NAMES_MAX 512u
#define PR_SET_VMA 0x53564d41      /* names for anonymous memory, which newer C libraries give */

/* In builds with gcov, whatever else of its library is linked. */
void __gcov_init(void *info);
#pragma weak __gcov_init

/* -- A call that is not on the list -- */

/* By number, for a handler that may not allocate. */
static const char *names[NAMES_MAX];

static void on_forbidden(int signal, siginfo_t *info, void *context)
{
    const char *name = (unsigned)info->si_syscall < NAMES_MAX ? names[info->si_syscall] : NULL;
    char line[160];

    (void)signal;
    (void)context;
    console_restore();
    int n = snprintf(line, sizeof line, "aegis-sim: sandbox: system call %s (%d) is not on the list of a running machine; "
        "--sandbox=off runs without it\n", name != NULL ? name : "?", info->si_syscall);
    (void)!write(STDERR_FILENO, line, (size_t)n);
    _exit(EXIT_SOFTWARE);
}

static void watch_forbidden(void)
{
    struct sigaction action = {.sa_sigaction = on_forbidden, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    for (int i = 0; i < (int)NAMES_MAX; i++)
        names[i] = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, i);
    sigaction(SIGSYS, &action, NULL);
}

/* -- The list -- */

static uint32_t features(const struct sandbox_plan *plan)
{
    uint32_t f = plan->mode == SANDBOX_STRICT ? 0 : SANDBOX_SPLITS;

    f |= plan->gdb ? SANDBOX_GDB : 0;
    f |= plan->window ? SANDBOX_WINDOW : 0;
    f |= plan->writes ? SANDBOX_WRITES : 0;
    if (options_sanitized() || RUNNING_ON_VALGRIND || __gcov_init != NULL)
        f |= UINT32_MAX;
    return f;
}

static int call_number(const char *name)
{
    return seccomp_syscall_resolve_name(name);
}

/* Negative numbers are calls of other architectures. */
static int allow(scmp_filter_ctx filter, const char *name)
{
    int nr = call_number(name);

    return nr < 0 ? 0 : seccomp_rule_add(filter, SCMP_ACT_ALLOW, nr, 0);
}

static int allow_if(scmp_filter_ctx filter, const char *name, struct scmp_arg_cmp argument)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call_number(name), 1, argument);
}

/* Terminals only: their modes, who is in front, how large, what waits. */
static int allow_terminal(scmp_filter_ctx filter)
{
    static const unsigned long requests[] = {TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGPGRP, TIOCGWINSZ, FIONREAD, FIONBIO};
    int error = 0;

    for (size_t i = 0; i < sizeof requests / sizeof *requests && error == 0; i++)
        error = allow_if(filter, "ioctl", SCMP_A1(SCMP_CMP_EQ, requests[i], 0));
    return error;
}

/* fork() without any of the namespaces, and no threads. In strict mode who tries is told "no", and goes without. */
static int allow_children(scmp_filter_ctx filter, uint32_t has)
{
    const uint64_t never = CLONE_VM | CLONE_THREAD | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
        CLONE_NEWPID | CLONE_NEWNET;
    int error;

    if ((has & SANDBOX_SPLITS) == 0)
        return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 0);
    error = allow_if(filter, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, never, 0));
    if (error == 0) /* its flags lie in memory, where no filter sees them */
        error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (error == 0)
        error = allow_if(filter, "prctl", SCMP_A0(SCMP_CMP_EQ, PR_SET_PDEATHSIG, 0));
    if (error == 0 && (has & SANDBOX_GDB) != 0) /* the process in front of the snapshots */
        error = allow_if(filter, "prctl", SCMP_A0(SCMP_CMP_EQ, PR_SET_CHILD_SUBREAPER, 0));
    return error == 0 ? allow_if(filter, "prctl", SCMP_A0(SCMP_CMP_EQ, PR_SET_VMA, 0)) : error;
}

static int allow_files(scmp_filter_ctx filter, uint32_t has)
{
    const uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;

    if ((has & SANDBOX_WRITES) != 0)
        return allow(filter, "openat");
    if ((has & SANDBOX_SPLITS) == 0)
        return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 0);
    return allow_if(filter, "openat", SCMP_A2(SCMP_CMP_MASKED_EQ, writing, O_RDONLY));
}

static int fill(scmp_filter_ctx filter, uint32_t has)
{
    int error = 0;

    for (size_t i = 0; i < sizeof sandbox_calls / sizeof *sandbox_calls && error == 0; i++) {
        const struct sandbox_call *call = &sandbox_calls[i];
        if (call->when == SANDBOX_ALWAYS || (call->when & has) != 0)
            error = allow(filter, call->name);
    }
    if ((has & SANDBOX_WIDE) != 0)
        return error;
    if (error == 0)
        error = allow_terminal(filter);
    if (error == 0)
        error = allow_children(filter, has);
    if (error == 0)
        error = allow_files(filter, has);
    /* Looking at a limit is harmless; setting one is not asked for. */
    return error == 0 ? allow_if(filter, "prlimit64", SCMP_A2(SCMP_CMP_EQ, 0, 0)) : error;
}

static int load(const struct sandbox_plan *plan)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
    int error;

    if (filter == NULL)
        return -ENOMEM;
    /* The mitigation would slow every run; what the list does not hold is described in docs/security.md. */
    error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
    if (error == 0)
        error = fill(filter, features(plan));
    if (error == 0)
        error = seccomp_load(filter);
    seccomp_release(filter);
    return error;
}

/* -- Entering -- */

static void test_forbidden(const char *orders)
{
    uint64_t argument[6] = {0};
    char name[64] = "";
    int used = 0;

    (void)sscanf(orders, "%63[^:]%n", name, &used);
    for (int i = 0; i < 6 && orders[used] == ':'; i++) {
        char *end;
        argument[i] = strtoull(orders + used + 1, &end, 0);
        used = (int)(end - orders);
    }
    long answer = syscall(call_number(name), argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);
    fprintf(stderr, "aegis-sim: sandbox: %s answered %ld\n", orders, answer < 0 ? -(long)errno : answer);
}

int sandbox_enter(const struct sandbox_plan *plan)
{
    const char *test = getenv(TEST);

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* what runs from here on gains nothing by any program it might start */
    if (plan->mode != SANDBOX_OFF) {
        watch_forbidden();
        int error = load(plan);
        if (error != 0) {
            fprintf(stderr, "aegis-sim: --sandbox: this host has no system call filter: %s%s\n", strerror(-error),
                plan->mode == SANDBOX_STRICT ? "; --sandbox=on runs without" : "; the run goes on without");
            if (plan->mode == SANDBOX_STRICT)
                return EXIT_OS;
        }
    }
    if (test != NULL)
        test_forbidden(test);
    return 0;
}

void sandbox_warn_root(void)
{
    if (geteuid() == 0 && isatty(STDERR_FILENO))
        fprintf(stderr, "aegis-sim: running as root, which it does not need: any user may run it\n");
}
