/* SPDX-License-Identifier: MIT */
/* The host's terminal or any other stdin as input of UART0. */
#include "console_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <sim/branch.h>

#define CTRL_A 0x01

static struct {
    struct input_source source;
    struct termios saved;
    struct termios ours;
    bool raw;    /* the terminal is ours and must be given back */
    bool prefix; /* Ctrl-A was the last key */
} terminal;

static void help(void)
{
    fputs("\naegis-sim: Ctrl-A X ends the machine, Ctrl-A Ctrl-A sends Ctrl-A, Ctrl-A H is this help\n", stderr);
}

static void command(uint8_t key)
{
    switch (key) {
    case 'x':
    case 'X': machine_input(INPUT_QUIT, 0); break;
    case CTRL_A: machine_input(INPUT_SERIAL, CTRL_A); break;
    default: help(); break;
    }
}

static void key(uint8_t byte)
{
    if (terminal.prefix)
        command(byte);
    else if (byte != CTRL_A || !terminal.raw)
        machine_input(INPUT_SERIAL, byte);
    terminal.prefix = terminal.raw && !terminal.prefix && byte == CTRL_A;
}

static void ready(struct input_source *source)
{
    uint8_t bytes[256];
    ssize_t n;

    while ((n = read(source->fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            key(bytes[i]);
    }
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        machine_input(INPUT_GONE, 0);
        input_remove_source(source);
    }
}

void console_restore(void)
{
    if (terminal.raw && !branch_is_child())
        tcsetattr(terminal.source.fd, TCSANOW, &terminal.saved);
}

bool console_is_terminal(void)
{
    return terminal.raw;
}

/* After Ctrl-Z and fg: the shell had its own modes. */
static void on_continue(int signal)
{
    (void)signal;
    if (tcgetpgrp(terminal.source.fd) == getpgrp())
        tcsetattr(terminal.source.fd, TCSANOW, &terminal.ours);
}

/* Keys one by one and unechoed; output and the keys that send signals stay as they are. */
static void make_raw(int fd)
{
    const struct sigaction action = {.sa_handler = on_continue, .sa_flags = SA_RESTART};

    if (tcgetattr(fd, &terminal.saved) != 0)
        return;
    terminal.ours = terminal.saved;
    terminal.ours.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    terminal.ours.c_cc[VMIN] = 1;
    terminal.ours.c_cc[VTIME] = 0;
    terminal.source.fd = fd;
    terminal.raw = tcsetattr(fd, TCSANOW, &terminal.ours) == 0;
    sigaction(SIGCONT, &action, NULL);
    atexit(console_restore);
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(console_restore);
}

void terminal_attach(bool any_stdin)
{
    int fd = STDIN_FILENO;

    if (isatty(STDIN_FILENO)) {
        /* An open file of our own: stdout and the shell share the terminal's, and must not become non-blocking. */
        fd = open(ttyname(STDIN_FILENO), O_RDONLY | O_NOCTTY | O_CLOEXEC);
        if (fd < 0 || tcgetpgrp(fd) != getpgrp())
            return; /* in the background nobody types */
        make_raw(fd);
    } else if (!any_stdin) {
        return;
    }
    terminal.source = (struct input_source){.fd = fd, .ready = ready};
    input_add_source(&terminal.source);
    input_attach();
}
