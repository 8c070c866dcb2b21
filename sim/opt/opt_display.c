/* SPDX-License-Identifier: MIT */
/* What a person sees of the machine: a window, pictures. */
#include <sim/options.h>
#include <sim/window.h>

#include <string.h>

enum { KEY_DISPLAY = OPTIONS_KEY_DISPLAY, KEY_SCREENSHOT };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Display:", 5},
    {"display", KEY_DISPLAY, "none|sdl", 0, "sdl: show the framebuffer in a window, whose keys are the machine's keyboard", 0},
    {"screenshot", KEY_SCREENSHOT, "FILE[,at=TIME]", 0, "Write the framebuffer as PNG, at this virtual time or at the end", 0},
    {0},
};

static bool parse_display(const char *value)
{
    if (strcmp(value, "none") != 0 && strcmp(value, "sdl") != 0)
        options_bad_value("display", value, "none or sdl");
    return strcmp(value, "sdl") == 0;
}

/* The file's name may contain anything, so the time is looked for from the end. */
static struct screen_plan parse_screenshot(char *value)
{
    static const char word[] = ",at=";
    struct screen_plan plan = {.path = value, .at_ns = EVENT_NEVER};
    char *comma = strrchr(value, ',');

    if (comma != NULL && strncmp(comma, word, sizeof word - 1) == 0) {
        plan.at_ns = options_time("screenshot", comma + sizeof word - 1);
        *comma = '\0';
    }
    if (value[0] == '\0')
        options_bad_value("screenshot", value, "the name of a file, with ,at=TIME behind it if you like");
    return plan;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case KEY_DISPLAY:
        options->window = parse_display(value);
        options->machine.framebuffer_map = options->window ? window_memory : NULL;
        break;
    case KEY_SCREENSHOT: options->screenshot = parse_screenshot(value); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_display = {.options = table, .parser = parse};
