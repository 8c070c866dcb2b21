/* SPDX-License-Identifier: MIT */
/* The connection to gdb: one at a time, packets of $content#checksum. */
#include "gdb_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <arch/isa.h>
#include <sim/machine.h>
#include <sim/options.h>

#define INTERRUPT 0x03

static struct {
    int listener, fd; /* -1: none */
    bool silent;      /* no acknowledgements */
    uint8_t input[4096];
    size_t used, taken;
    char packet[PACKET_MAX + 1];
    char unix_path[108];
} to_gdb = {.listener = -1, .fd = -1};

/* -- Opening -- */

static int refuse(const char *where, const char *why)
{
    fprintf(stderr, "aegis-sim: --gdb=%s: %s\n", where, why);
    return EXIT_OS;
}

static int listen_unix(const char *where, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path)
        return refuse(where, "the path is too long for a socket");
    strcpy(address.sun_path, path);
    to_gdb.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (to_gdb.listener < 0 || bind(to_gdb.listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(to_gdb.listener, 1) != 0)
        return refuse(where, strerror(errno));
    strcpy(to_gdb.unix_path, path);
    fprintf(stderr, "aegis-sim: waiting for gdb; run: gdb-multiarch -ex 'target remote %s'\n", path);
    return 0;
}

static int listen_tcp(const char *where, const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    struct sockaddr_in bound;
    socklen_t size = sizeof bound;
    int one = 1;

    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0)
        return refuse(where, gai_strerror(error));
    to_gdb.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool listening = to_gdb.listener >= 0 && setsockopt(to_gdb.listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
        bind(to_gdb.listener, found->ai_addr, found->ai_addrlen) == 0 && listen(to_gdb.listener, 1) == 0 &&
        getsockname(to_gdb.listener, (struct sockaddr *)&bound, &size) == 0;
    freeaddrinfo(found);
    if (!listening)
        return refuse(where, strerror(errno));
    fprintf(stderr, "aegis-sim: waiting for gdb; run: gdb-multiarch -ex 'target remote %s:%u'\n", host, ntohs(bound.sin_port));
    return 0;
}

int link_open(const char *where)
{
    char host[256] = "127.0.0.1";
    const char *colon = strrchr(where, ':');

    if (strncmp(where, "unix:", 5) == 0 && where[5] != '\0')
        return listen_unix(where, where + 5);
    if (strncmp(where, "tcp:", 4) != 0 || colon < where + 4 || colon[1] == '\0' || strlen(where) >= sizeof host)
        options_bad_value("gdb", where, "tcp::1234, tcp:HOST:PORT or unix:PATH");
    if (colon > where + 4)
        snprintf(host, sizeof host, "%.*s", (int)(colon - where - 4), where + 4);
    return listen_tcp(where, host, colon + 1);
}

#define LOOK_MS 200 /* a signal that comes right before poll() is seen this late */

/* Wait for input on `fd`. False: a signal wants the run to end. */
static bool wait_for(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLIN};
    int ready;

    while ((ready = poll(&wanted, 1, LOOK_MS)) <= 0) {
        if ((ready < 0 && errno != EINTR) || machine.host_request != 0)
            return false;
        ladder_check_front();
    }
    return true;
}

bool link_accept(void)
{
    int one = 1;

    if (!wait_for(to_gdb.listener))
        return false;
    to_gdb.fd = accept4(to_gdb.listener, NULL, NULL, SOCK_CLOEXEC);
    if (to_gdb.fd < 0)
        return false;
    (void)setsockopt(to_gdb.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* fails on a Unix socket */
    return true;
}

bool link_connected(void)
{
    return to_gdb.fd >= 0;
}

int link_fd(void)
{
    return to_gdb.fd;
}

void link_close(void)
{
    if (to_gdb.fd >= 0)
        close(to_gdb.fd);
    if (to_gdb.listener >= 0)
        close(to_gdb.listener);
    if (to_gdb.unix_path[0] != '\0')
        unlink(to_gdb.unix_path);
    to_gdb.fd = to_gdb.listener = -1;
    to_gdb.unix_path[0] = '\0';
}

bool link_is_silent(void)
{
    return to_gdb.silent;
}

void link_stop_acknowledging(void)
{
    to_gdb.silent = true;
}

/* -- Bytes -- */

/* -1: the connection is gone or, if `wait` is false, there is nothing yet. */
static int next_byte(bool wait)
{
    while (to_gdb.taken == to_gdb.used) {
        if (to_gdb.fd < 0 || (wait && !wait_for(to_gdb.fd)))
            return -1;
        ssize_t n = recv(to_gdb.fd, to_gdb.input, sizeof to_gdb.input, MSG_DONTWAIT);
        if (n < 0 && (errno == EINTR || (wait && errno == EAGAIN)))
            continue;
        if (n < 0 && errno == EAGAIN)
            return -1;
        if (n <= 0) {
            close(to_gdb.fd);
            to_gdb.fd = -1;
            return -1;
        }
        to_gdb.used = (size_t)n;
        to_gdb.taken = 0;
    }
    return to_gdb.input[to_gdb.taken++];
}

static void put_bytes(const char *bytes, size_t length)
{
    struct pollfd wanted = {.fd = to_gdb.fd, .events = POLLOUT};

    while (length > 0 && to_gdb.fd >= 0) {
        ssize_t n = send(to_gdb.fd, bytes, length, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN)
            (void)poll(&wanted, 1, -1);
        else if (n < 0 && errno != EINTR)
            return;
        if (n <= 0)
            continue;
        bytes += n;
        length -= (size_t)n;
    }
}

bool link_interrupted(void)
{
    int c;

    while ((c = next_byte(false)) >= 0) {
        if (c == INTERRUPT)
            return true;
    }
    return to_gdb.fd < 0;
}

/* -- Packets -- */

/* The content up to '#', and the two digits behind it. False: the connection is gone, or no room. */
static bool read_packet(size_t *length, bool *sound)
{
    char digits[3] = "";
    uint8_t sum = 0;
    int c;

    for (*length = 0; (c = next_byte(true)) != '#'; to_gdb.packet[(*length)++] = (char)c) {
        if (c < 0 || *length == PACKET_MAX)
            return false;
        sum = (uint8_t)(sum + c);
    }
    to_gdb.packet[*length] = '\0';
    for (int i = 0; i < 2; i++) {
        if ((c = next_byte(true)) < 0)
            return false;
        digits[i] = (char)c;
    }
    const char *p = digits;
    *sound = to_gdb.silent || hex_number(&p) == sum;
    return true;
}

char *link_receive(size_t *length)
{
    bool sound;
    int c;

    for (;;) {
        while ((c = next_byte(true)) != '$') {
            if (c < 0)
                return NULL;
        }
        if (!read_packet(length, &sound))
            return NULL;
        if (!to_gdb.silent)
            put_bytes(sound ? "+" : "-", 1);
        if (sound)
            return to_gdb.packet;
    }
}

void link_send(const void *content, size_t length)
{
    static char out[2 * PACKET_MAX + 8];
    const uint8_t *bytes = content;
    uint8_t sum = 0;

    for (size_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + bytes[i]);
    out[0] = '$';
    memcpy(out + 1, content, length);
    int tail = snprintf(out + 1 + length, 4, "#%02x", sum);
    put_bytes(out, 1 + length + (size_t)tail);
}

void link_send_text(const char *text)
{
    link_send(text, strlen(text));
}
