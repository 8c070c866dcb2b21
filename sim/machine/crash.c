/* SPDX-License-Identifier: MIT */
/*
 * The signal handler only notes what happened and lets the process go on in crashed(), on a stack of its own: what follows
 * needs the kernel, and the kernel's console needs the machine's time.
 */
#include <sim/crash.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <sim/console.h>
#include <sim/guest.h>
#include <sim/host.h>
#include <sim/machine.h>
#include <sim/moment.h>
#include <sim/options.h>
#include <sim/serial.h>
#include <sim/symbols.h>
#include <sim/trace.h>

#include "machine_priv.h"

#define STACK_SIZE (256u * 1024)
#define FRAMES_MAX 24u
#define PATIENCE_S 20u

static struct {
    volatile sig_atomic_t happened;
    int signal;
    struct host_crash state;
    uint64_t address;
    uint8_t signal_stack[65536];
    uint8_t stack[STACK_SIZE] __attribute__((aligned(16)));
} crash;

const struct host_crash *host_crash(void)
{
    return crash.happened ? &crash.state : NULL;
}

/* -- Where it was -- */

/* Is this source in the simulator's folder, which is the one of this file? */
static bool is_simulator(struct symbols *symbols, const char *file)
{
    static const char here[] = "sim/machine/crash.c";
    struct symbol_place own;

    if (!symbols_find(symbols, (uintptr_t)crash_install, false, &own) || strlen(own.file) < strlen(here))
        return true;
    return strncmp(file, own.file, strlen(own.file) - strlen(here) + strlen("sim/")) == 0;
}

/* True: the innermost place that is known is the kernel's. */
static bool show_places(const uintptr_t *pcs, uint32_t count, bool exact)
{
    struct symbols *symbols = symbols_open_self();
    struct symbol_place place;
    bool kernel = false, decided = false;

    for (uint32_t i = 0; symbols != NULL && i < count; i++) {
        bool known = symbols_find(symbols, pcs[i], i > 0 || !exact, &place);
        fprintf(stderr, "  #%u %s", i, known ? place.function : "?");
        fprintf(stderr, place.file[0] != '\0' ? ", %s:%d\n" : "\n", place.file, place.line);
        if (place.file[0] != '\0' && !decided)
            kernel = !is_simulator(symbols, place.file);
        decided = decided || place.file[0] != '\0';
    }
    return kernel;
}

/* In a child process: whatever is wrong here must not spoil what comes after. */
static bool show_places_safely(const uintptr_t *pcs, uint32_t count, bool exact)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        signal(SIGALRM, SIG_DFL);
        alarm(PATIENCE_S);
        _exit(show_places(pcs, count, exact) ? 1 : 0);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

/* Return addresses from `frame` on, by frame pointers, as long as they lie on the running fiber's stack. */
static uint32_t walk(const uintptr_t *frame, uintptr_t *pcs, uint32_t room)
{
    uintptr_t low;
    uint64_t size;
    uint32_t count = 0;

    host_fiber_stack(host_fiber_self(), &low, &size);
    while (count < room && (uintptr_t)frame - low < size - 2 * sizeof *frame && (uintptr_t)frame % sizeof *frame == 0 &&
        host_code_address(frame[1]) != 0) {
        pcs[count++] = frame[1];
        if (frame[0] <= (uintptr_t)frame)
            break;
        frame = (const uintptr_t *)frame[0];
    }
    return count;
}

void crash_show_places(const uintptr_t *pcs, uint32_t count)
{
    (void)show_places_safely(pcs, count, false);
}

uint32_t crash_backtrace(uintptr_t *pcs, uint32_t room)
{
    return walk(__builtin_frame_address(0), pcs, room);
}

void crash_show_backtrace(void)
{
    uintptr_t pcs[FRAMES_MAX];

    if (crash.happened)
        return; /* has been shown */
    uint32_t count = walk(__builtin_frame_address(0), pcs, FRAMES_MAX);
    fprintf(stderr, "aegis-sim: kernel panic at %s, called from:\n", moment_text());
    (void)show_places_safely(pcs, count, false);
}

/* -- Afterwards -- */

static const char *what_happened(void)
{
    switch (crash.signal) {
    case SIGILL: return "undefined instruction";
    case SIGFPE: return "arithmetic error";
    case SIGBUS: return "bus error";
    default: return "invalid memory access";
    }
}

static _Noreturn void crashed(void)
{
    uintptr_t pcs[FRAMES_MAX];
    uint32_t count = 0;

    pcs[count++] = crash.state.pc;
    count += walk((const uintptr_t *)crash.state.frame, pcs + 1, FRAMES_MAX - 1);
    serial_flush();
    fprintf(stderr, "aegis-sim: %s (signal %d, address 0x%llx, pc 0x%llx in the executable) at %s, in:\n", what_happened(),
        crash.signal, (unsigned long long)crash.address, (unsigned long long)host_code_address(crash.state.pc), moment_text());
    if (show_places_safely(pcs, count, true)) {
        guest_crash(what_happened());
        host_power_off(ARCH_OFF_PANIC, 0); /* it has not said what to do */
    }
    fprintf(stderr, "aegis-sim: this is a defect of the simulator; please report it with the line that reproduces it\n");
    trace_end(machine_now());
    serial_flush();
    console_restore();
    _exit(EXIT_SOFTWARE);
}

/* False: this host's registers are not known here. */
static bool go_on_in_crashed(ucontext_t *context)
{
    uintptr_t top = (uintptr_t)crash.stack + STACK_SIZE;

#if defined(__x86_64__)
    greg_t *r = context->uc_mcontext.gregs;
    crash.state = (struct host_crash){.pc = (uintptr_t)r[REG_RIP], .sp = (uintptr_t)r[REG_RSP], .frame = (uintptr_t)r[REG_RBP]};
    r[REG_RIP] = (greg_t)(uintptr_t)crashed;
    r[REG_RSP] = (greg_t)(top - 8); /* as behind a call */
    return true;
#elif defined(__aarch64__)
    mcontext_t *m = &context->uc_mcontext;
    crash.state = (struct host_crash){.pc = m->pc, .sp = m->sp, .frame = m->regs[29]};
    m->pc = (uintptr_t)crashed;
    m->sp = top;
    return true;
#else
    (void)context;
    (void)top;
    return false;
#endif
}

static void on_crash(int number, siginfo_t *info, void *context)
{
    if (crash.happened || !go_on_in_crashed(context)) {
        console_restore();
        signal(number, SIG_DFL); /* twice: let it die as it would have */
        return;
    }
    crash.happened = 1;
    crash.signal = number;
    crash.address = (uintptr_t)info->si_addr;
}

void crash_install(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    const stack_t stack = {.ss_sp = crash.signal_stack, .ss_size = sizeof crash.signal_stack};
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    if (options_sanitized())
        return; /* whose report says more */
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}
