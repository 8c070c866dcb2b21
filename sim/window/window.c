/* SPDX-License-Identifier: MIT */
#include <sim/window.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <board.h>
#include <sim/input.h>
#include <sim/options.h>

#include "link.h"

#define START_MS 30000 /* a slow display server, a debugger */
#define END_MS 2000
#define FD_FIRST 10    /* above those that the child gets */

static struct {
    int memory;
    struct input_source link; /* fd of the socket */
    pid_t child;              /* 0: none */
} window;

/* -- Shared memory -- */

static int high_fd(int fd)
{
    int high = fcntl(fd, F_DUPFD_CLOEXEC, FD_FIRST);

    close(fd);
    return high;
}

uint8_t *window_memory(uint64_t size)
{
    int fd = memfd_create("aegis-framebuffer", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0 || (fd = high_fd(fd)) < 0 || ftruncate(fd, (off_t)size) != 0)
        return NULL;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return NULL;
    /* From here on nobody changes its size, and nobody else gets to write. */
    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE);
    window.memory = fd;
    return memory;
}

/* -- The child -- */

/* Wait for the child to end, at most `ms`, then make it. Nothing is left behind. */
static void reap(int ms)
{
    const struct timespec pause = {.tv_nsec = 2000000};

    for (; ms > 0 && waitpid(window.child, NULL, WNOHANG) == 0; ms -= 2)
        nanosleep(&pause, NULL);
    if (ms <= 0) {
        kill(window.child, SIGKILL);
        waitpid(window.child, NULL, 0);
    }
    window.child = 0;
}

static void hang_up(int ms)
{
    input_remove_source(&window.link);
    close(window.link.fd);
    reap(ms);
}

/* The window's program: beside this one, or what AEGIS_WINDOW names. */
static const char *program(void)
{
    static char path[4096];
    const char *named = getenv("AEGIS_WINDOW");
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof "aegis-window");

    if (named != NULL)
        return named;
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    strcpy(slash != NULL ? slash + 1 : path, "aegis-window");
    return path;
}

static int spawn(const char *path, const char *title, int link)
{
    char width[16], height[16], pitch[16];
    char *argv[] = {(char *)(uintptr_t)path, width, height, pitch, (char *)(uintptr_t)title, NULL};
    posix_spawn_file_actions_t actions;

    snprintf(width, sizeof width, "%u", BOARD_FRAMEBUFFER_WIDTH);
    snprintf(height, sizeof height, "%u", BOARD_FRAMEBUFFER_HEIGHT);
    snprintf(pitch, sizeof pitch, "%u", BOARD_FRAMEBUFFER_PITCH);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, window.memory, WINDOW_FD_MEMORY);
    posix_spawn_file_actions_adddup2(&actions, link, WINDOW_FD_LINK);
    int error = posix_spawn(&window.child, path, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        window.child = 0;
    return error;
}

/* -- Its messages -- */

static void ready(struct input_source *source)
{
    struct window_message message;
    ssize_t n;

    while ((n = recv(source->fd, &message, sizeof message, MSG_TRUNC)) > 0) {
        if (n != (ssize_t)sizeof message)
            continue; /* not ours */
        if (message.word == WINDOW_KEY)
            machine_input(INPUT_KEY, message.value & (0xFFFF | INPUT_KEY_DOWN));
        else if (message.word == WINDOW_CLOSED)
            machine_input(INPUT_QUIT, 0);
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    fprintf(stderr, "aegis-sim: the window is gone; the machine runs on without it\n");
    machine_input(INPUT_GONE, 0);
    hang_up(0);
}

static bool wait_until_ready(void)
{
    struct pollfd link = {.fd = window.link.fd, .events = POLLIN};
    struct window_message message;

    return poll(&link, 1, START_MS) == 1 &&
        recv(window.link.fd, &message, sizeof message, 0) == (ssize_t)sizeof message && message.word == WINDOW_READY;
}

int window_open(const char *title)
{
    const char *path = program();
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return EXIT_OS;
    window.link = (struct input_source){.fd = high_fd(pair[0]), .ready = ready};
    pair[1] = high_fd(pair[1]);
    int error = spawn(path, title, pair[1]);
    close(pair[1]);
    if (error != 0) {
        fprintf(stderr, "aegis-sim: --display=sdl: %s: %s; it is built when SDL2 (libsdl2-dev) is installed\n", path, strerror(error));
        return EXIT_UNAVAILABLE;
    }
    if (!wait_until_ready()) {
        fprintf(stderr, "aegis-sim: --display=sdl: the window did not open\n");
        close(window.link.fd);
        reap(END_MS);
        return EXIT_UNAVAILABLE;
    }
    input_add_source(&window.link);
    input_attach();
    return 0;
}

void window_close(void)
{
    if (window.child != 0)
        hang_up(END_MS);
}
