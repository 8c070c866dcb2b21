/* SPDX-License-Identifier: MIT */
#include <sim/screen.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <board.h>
#include <sim/event.h>
#include <sim/machine.h>
#include <sim/options.h>

#include "picture.h"

static struct {
    const struct screen_plan *plan;
    struct event due;
    bool done;
    int code;
} screen;

static int refuse(const char *why)
{
    fprintf(stderr, "aegis-sim: --screenshot=%s: cannot be written: %s\n", screen.plan->path, why);
    return EXIT_IO;
}

static int save(void)
{
    const struct picture picture = {machine.framebuffer, BOARD_FRAMEBUFFER_WIDTH, BOARD_FRAMEBUFFER_HEIGHT,
        BOARD_FRAMEBUFFER_PITCH};
    FILE *file = fopen(screen.plan->path, "wb");

    if (file == NULL)
        return refuse(strerror(errno));
    const char *wrong = picture_save(file, &picture);
    if (fclose(file) != 0 && wrong == NULL)
        wrong = strerror(errno);
    if (wrong == NULL)
        return 0;
    unlink(screen.plan->path);
    return refuse(wrong);
}

static void fire(struct event *event)
{
    (void)event;
    screen.done = true;
    screen.code = save();
}

/* Could the file be written, or made? A long run should not end with a bad surprise. */
static int check_path(void)
{
    char folder[4096];
    const char *slash = strrchr(screen.plan->path, '/');
    int fd = open(screen.plan->path, O_WRONLY | O_CLOEXEC);

    if (fd >= 0) {
        close(fd);
        return 0;
    }
    if (errno != ENOENT)
        return refuse(strerror(errno));
    if (slash == NULL)
        snprintf(folder, sizeof folder, ".");
    else
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - screen.plan->path) + 1, screen.plan->path);
    return access(folder, W_OK) == 0 ? 0 : refuse(strerror(errno));
}

int screen_open(const struct screen_plan *plan)
{
    screen.plan = plan;
    if (plan->path == NULL)
        return 0;
    if (plan->at_ns != EVENT_NEVER) {
        event_init(&screen.due, EVENT_CONTROL, fire, NULL);
        event_schedule(&screen.due, machine_ns_to_units(plan->at_ns));
    }
    return check_path();
}

int screen_close(void)
{
    if (screen.plan == NULL || screen.plan->path == NULL)
        return 0;
    if (screen.done)
        return screen.code;
    if (screen.plan->at_ns != EVENT_NEVER)
        fprintf(stderr, "aegis-sim: --screenshot=%s: the run ended before its time; this is the last picture\n",
            screen.plan->path);
    return save();
}
