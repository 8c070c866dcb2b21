/* SPDX-License-Identifier: MIT */
#include "front.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sim/branch.h>
#include <sim/console.h>

#define OTHERS_MS 20 /* a terminal or timeout(1) sends a signal to all processes: the other one has it by then */


static const int handed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM};
#define HANDED_ON (sizeof handed_on / sizeof *handed_on)

static volatile sig_atomic_t asked;
static struct sigaction former_action[HANDED_ON], former_child;

static void on_signal(int signal)
{
    asked = signal;
}

static void on_child(int signal)
{
    (void)signal; /* only to end the wait */
}

/* Signals come while the front waits, and at no other time. */
static void catch_signals(sigset_t *former)
{
    sigset_t mine;

    sigemptyset(&mine);
    for (size_t i = 0; i < HANDED_ON; i++) {
        sigaddset(&mine, handed_on[i]);
        sigaction(handed_on[i], &(struct sigaction){.sa_handler = on_signal}, &former_action[i]);
    }
    sigaddset(&mine, SIGCHLD);
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = on_child}, &former_child);
    sigprocmask(SIG_BLOCK, &mine, former);
}

static void release_signals(const sigset_t *former)
{
    for (size_t i = 0; i < HANDED_ON; i++)
        sigaction(handed_on[i], &former_action[i], NULL);
    sigaction(SIGCHLD, &former_child, NULL);
    sigprocmask(SIG_SETMASK, former, NULL);
}

static _Noreturn void end_as(int status)
{
    console_restore();
    if (WIFSIGNALED(status)) {
        sigset_t mask;
        sigemptyset(&mask);
        sigprocmask(SIG_SETMASK, &mask, NULL);
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    branch_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void bury(const volatile pid_t *active)
{
    pid_t pid;
    int status;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == *active)
            end_as(status);
    }
}

static void hand_on(const volatile pid_t *active)
{
    int signal = asked;

    if (signal == 0)
        return;
    asked = 0;
    (void)poll(NULL, 0, OTHERS_MS);
    /* As sigqueue() would: the receiver must be able to tell it from one that came by itself. */
    siginfo_t info = {.si_signo = signal, .si_code = SI_QUEUE};
    info.si_pid = getpid();
    (void)syscall(SYS_rt_sigqueueinfo, *active, signal, &info);
}

void front_wait(const volatile pid_t *active, int order, bool (*serve)(void))
{
    struct pollfd wanted = {.fd = order, .events = POLLIN};
    sigset_t former;

    catch_signals(&former);
    do {
        bury(active);
        hand_on(active);
    } while (ppoll(&wanted, 1, NULL, &former) <= 0 || !serve());
    release_signals(&former);
}
