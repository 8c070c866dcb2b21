/* SPDX-License-Identifier: MIT */
/*
 * aegis-window: shows a framebuffer in memory that it shares with the simulator, and reports keys. Started by aegis-sim
 * (sim/window/window.c) and gone as soon as the simulator is.
 */
#include <SDL2/SDL.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "link.h"

#define EXIT_USAGE 64
#define EXIT_UNAVAILABLE 69
#define FRAME_MS 16

static struct {
    int width, height, pitch;
    const uint8_t *pixels; /* the machine's; may change at any time */
    uint8_t *shown;        /* what the texture holds */
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    bool damaged; /* the screen lost its picture */
} view;

static int fail(int code, const char *what, const char *why)
{
    fprintf(stderr, "aegis-window: %s: %s\n", what, why);
    return code;
}

static void say(enum window_word word, uint32_t value)
{
    const struct window_message message = {.word = word, .value = value};

    (void)send(WINDOW_FD_LINK, &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The simulator never writes; what can be read is the end of the link. */
static bool simulator_gone(void)
{
    struct window_message message;

    return recv(WINDOW_FD_LINK, &message, sizeof message, MSG_DONTWAIT) == 0;
}

static bool parse_size(const char *text, int *out)
{
    char *end;
    long value = strtol(text, &end, 10);

    *out = (int)value;
    return *text != '\0' && *end == '\0' && value > 0 && value <= 65536;
}

static bool map_memory(void)
{
    size_t size = (size_t)view.pitch * (size_t)view.height;
    void *pixels = mmap(NULL, size, PROT_READ, MAP_SHARED, WINDOW_FD_MEMORY, 0);

    view.pixels = pixels;
    view.shown = malloc(size);
    return pixels != MAP_FAILED && view.shown != NULL;
}

/* Where there is no display SDL draws into the void; that is welcome only where it was asked for (tests). */
static bool visible(void)
{
    const char *driver = SDL_GetCurrentVideoDriver();

    if (getenv("SDL_VIDEODRIVER") != NULL || (strcmp(driver, "offscreen") != 0 && strcmp(driver, "dummy") != 0))
        return true;
    SDL_SetError("there is no display (DISPLAY or WAYLAND_DISPLAY is not set, or nobody answers)");
    return false;
}

static bool open_window(const char *title)
{
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "nearest");
    if (SDL_Init(SDL_INIT_VIDEO) != 0 || !visible())
        return false;
    view.window = SDL_CreateWindow(title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, view.width, view.height,
        SDL_WINDOW_RESIZABLE);
    if (view.window == NULL)
        return false;
    view.renderer = SDL_CreateRenderer(view.window, -1, 0);
    if (view.renderer == NULL)
        view.renderer = SDL_CreateRenderer(view.window, -1, SDL_RENDERER_SOFTWARE);
    if (view.renderer == NULL || SDL_RenderSetLogicalSize(view.renderer, view.width, view.height) != 0)
        return false;
    view.texture = SDL_CreateTexture(view.renderer, SDL_PIXELFORMAT_RGB888, SDL_TEXTUREACCESS_STREAMING, view.width, view.height);
    return view.texture != NULL;
}

/* Bring the screen up to date, if there is anything new. */
static void show(void)
{
    size_t size = (size_t)view.pitch * (size_t)view.height;
    bool changed = memcmp(view.shown, view.pixels, size) != 0;

    if (!changed && !view.damaged)
        return;
    memcpy(view.shown, view.pixels, size);
    SDL_UpdateTexture(view.texture, NULL, view.shown, view.pitch);
    SDL_RenderClear(view.renderer);
    SDL_RenderCopy(view.renderer, view.texture, NULL, NULL);
    SDL_RenderPresent(view.renderer);
    view.damaged = false;
}

/* SDL's scan codes are the USB HID usages. */
static void handle(const SDL_Event *event)
{
    switch (event->type) {
    case SDL_KEYDOWN: say(WINDOW_KEY, (uint32_t)event->key.keysym.scancode | WINDOW_KEY_DOWN); break;
    case SDL_KEYUP: say(WINDOW_KEY, (uint32_t)event->key.keysym.scancode); break;
    case SDL_QUIT: say(WINDOW_CLOSED, 0); break;
    case SDL_WINDOWEVENT: view.damaged = true; break;
    default: break;
    }
}

int main(int argc, char **argv)
{
    SDL_Event event;

    if (argc != 5 || !parse_size(argv[1], &view.width) || !parse_size(argv[2], &view.height) || !parse_size(argv[3], &view.pitch))
        return fail(EXIT_USAGE, "not for use by hand", "start aegis-sim --display=sdl");
    signal(SIGINT, SIG_IGN); /* Ctrl-C in the terminal is for the simulator */
    if (!map_memory())
        return fail(EXIT_UNAVAILABLE, "framebuffer", "cannot be mapped");
    if (!open_window(argv[4]))
        return fail(EXIT_UNAVAILABLE, "SDL", SDL_GetError());
    view.damaged = true;
    show();
    say(WINDOW_READY, 0);
    while (!simulator_gone()) {
        if (SDL_WaitEventTimeout(&event, FRAME_MS) != 0) {
            do
                handle(&event);
            while (SDL_PollEvent(&event) != 0);
        }
        show();
    }
    SDL_Quit();
    return 0;
}
