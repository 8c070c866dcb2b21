/* SPDX-License-Identifier: MIT */
#include <sim/branch.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sim/input.h>
#include <sim/options.h>
#include <sim/serial.h>
#include <sim/trace.h>

#ifdef AEGIS_COVERAGE
void __gcov_dump(void); /* libgcov's, which has no header */
#else
#define __gcov_dump() ((void)0)
#endif

static int report_fd = -1; /* child: where to tell */

bool branch_is_child(void)
{
    return report_fd >= 0;
}

static _Noreturn void refuse(const char *what)
{
    fprintf(stderr, "aegis-sim: the run cannot split: %s: %s\n", what, strerror(errno));
    exit(EXIT_OS);
}

/* The child is on its own: nobody types to it, and it does not outlive who asked for it. */
static void become_child(int report, int output, uint32_t timeout_s)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (branch_is_child())
        close(report_fd);
    report_fd = report;
    dup2(null, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    close(null);
    close(output);
    input_ignore_live();
    input_forget_sources();
    trace_forget_files();
    serial_set_backend(serial_stdout());
    alarm(timeout_s);
}

bool branch_fork(struct branch *branch, uint32_t timeout_s)
{
    int fd[2];

    serial_flush();
    fflush(NULL); /* or both would write what is waiting */
    branch->output = memfd_create("branch", MFD_CLOEXEC);
    if (branch->output < 0 || pipe2(fd, O_CLOEXEC) != 0)
        refuse("no file for the other's output");
    branch->pid = fork();
    if (branch->pid < 0)
        refuse("fork");
    if (branch->pid == 0) {
        close(fd[0]);
        become_child(fd[1], branch->output, timeout_s);
        return true;
    }
    close(fd[1]);
    branch->report = fd[0];
    return false;
}

void branch_tell(const char *format, ...)
{
    va_list args;

    if (!branch_is_child())
        return;
    va_start(args, format);
    vdprintf(report_fd, format, args);
    va_end(args);
    dprintf(report_fd, "\n");
}

void branch_exit(int code)
{
    fflush(NULL);
    __gcov_dump();
    _exit(code); /* what stands in atexit() is the parent's: its terminal, its leaks */
}

static void hand_over_lines(int fd, void (*line)(void *ctx, const char *line), void *ctx)
{
    FILE *in = fdopen(fd, "r");
    char *text = NULL;
    size_t room = 0;

    if (in == NULL)
        refuse("fdopen");
    for (;;) {
        bool read = getline(&text, &room, in) > 0;
        if (!read && !(ferror(in) && errno == EINTR))
            break;
        clearerr(in); /* a signal is meant for the run, and the child is still to be heard */
        if (!read)
            continue;
        text[strcspn(text, "\n")] = '\0';
        if (line != NULL)
            line(ctx, text);
    }
    free(text);
    fclose(in);
}

static uint64_t nanoseconds(struct timeval t)
{
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_usec * 1000u;
}

int branch_join(struct branch *branch, void (*line)(void *ctx, const char *line), void *ctx)
{
    struct rusage usage;
    int status;

    hand_over_lines(branch->report, line, ctx);
    while (wait4(branch->pid, &status, 0, &usage) < 0) {
        if (errno != EINTR)
            refuse("waitpid");
    }
    branch->cpu_ns = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

char *branch_output(struct branch *branch, size_t *size)
{
    struct stat info;

    if (fstat(branch->output, &info) != 0)
        refuse("fstat");
    char *text = malloc((size_t)info.st_size + 1);
    if (text == NULL)
        refuse("malloc");
    ssize_t n = pread(branch->output, text, (size_t)info.st_size, 0);
    if (n < 0)
        refuse("pread");
    text[n] = '\0';
    if (size != NULL)
        *size = (size_t)n;
    close(branch->output);
    return text;
}
