/* SPDX-License-Identifier: MIT */
/* The back ends of --serial. */
#include "console_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sim/options.h>

/* A file or the machine's end of a pseudo-terminal. */
static struct {
    struct serial_backend backend;
    struct input_source source;
    int fd;
} line;

static void put(struct serial_backend *backend, uint8_t byte)
{
    (void)backend;
    /* Nobody may be reading at the other end of a pseudo-terminal; the machine does not wait for one. */
    while (write(line.fd, &byte, 1) < 0 && errno == EINTR)
        continue;
}

static void ready(struct input_source *source)
{
    uint8_t bytes[256];
    ssize_t n;

    while ((n = read(source->fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            machine_input(INPUT_SERIAL, bytes[i]);
    }
}

static int refuse(const char *what)
{
    fprintf(stderr, "aegis-sim: --serial=%s: %s\n", what, strerror(errno));
    return EXIT_IO;
}

static int open_file(const char *path)
{
    line.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (line.fd < 0)
        return refuse(path);
    line.backend.put = put;
    serial_set_backend(&line.backend);
    return 0;
}

/* The other end stays open here too: whoever comes and goes there, the line is never gone. */
static int open_pty(bool replaying)
{
    struct termios raw;

    line.fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (line.fd < 0 || grantpt(line.fd) != 0 || unlockpt(line.fd) != 0)
        return refuse("pty");
    int other = open(ptsname(line.fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (other < 0 || tcgetattr(other, &raw) != 0)
        return refuse("pty");
    cfmakeraw(&raw);
    tcsetattr(other, TCSANOW, &raw);
    fprintf(stderr, "aegis-sim: the serial line is %s\n", ptsname(line.fd));
    line.backend.put = put;
    serial_set_backend(&line.backend);
    line.source = (struct input_source){.fd = line.fd, .ready = ready};
    if (!replaying) {
        input_add_source(&line.source);
        input_attach();
    }
    return 0;
}

int console_open(const struct console_plan *plan, bool replaying)
{
    switch (plan->kind) {
    case CONSOLE_PTY: return open_pty(replaying);
    case CONSOLE_FILE: return open_file(plan->path);
    case CONSOLE_NULL: serial_set_backend(NULL); return 0;
    default:
        serial_set_backend(serial_stdout());
        if (!replaying)
            terminal_attach(plan->given);
        return 0;
    }
}
