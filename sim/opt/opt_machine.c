/* SPDX-License-Identifier: MIT */
/* What the machine is and what it runs. */
#include <sim/options.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arch/isa.h>
#include <board.h>

enum { KEY_ARCH = OPTIONS_KEY_MACHINE, KEY_CPUS, KEY_MEMORY, KEY_SEED, KEY_CLOCK_RATE, KEY_IMAGE, KEY_APPEND, KEY_DTB, KEY_METERING };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Machine:", 1},
    {"arch", KEY_ARCH, "ISA", 0, "Instruction set of the user programs; this executable has exactly one", 0},
    {"cpus", KEY_CPUS, "N", 0, "Simulated CPUs, 1 to 8 (default 1)", 0},
    {"memory", KEY_MEMORY, "SIZE", 0, "RAM, such as 64M (the default)", 0},
    {"seed", KEY_SEED, "N", 0, "Seed of everything that is random (default 1)", 0},
    {"clock-rate", KEY_CLOCK_RATE, "HZ", 0, "Virtual speed: four bytes of user code take one cycle (default 100MHz)", 0},
    {"image", KEY_IMAGE, "NAME|FILE", 0, "What to run: an image of the build by its name, or a file", 0},
    {"append", KEY_APPEND, "WORDS", 0, "Kernel command line", 0},
    {"dtb", KEY_DTB, "FILE", 0, "Device tree to boot with, instead of the machine's own", 0},
    {"metering", KEY_METERING, "on|off", 0, "off: user code takes no virtual time; for benchmarks only", 0},
    {0},
};

/* A name without a slash is an image of the build: in $AEGIS_IMAGES, or where the build puts them beside this program. */
static const char *image_path(const char *name)
{
    static char path[4096];
    char self[2048];
    const char *folder = getenv("AEGIS_IMAGES");

    if (strchr(name, '/') != NULL || access(name, R_OK) == 0)
        return name;
    if (folder != NULL) {
        snprintf(path, sizeof path, "%s/%s.img", folder, name);
        return path;
    }
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash != NULL)
        *slash = '\0';
    snprintf(path, sizeof path, "%s/../images/%s.img", self, name);
    return path;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    struct machine_config *config = &options->machine;

    switch (key) {
    case KEY_ARCH:
        if (strcmp(value, isa_name) != 0)
            options_bad_value("arch", value, isa_name);
        break;
    case KEY_CPUS: config->cpus = (uint32_t)options_number("cpus", value, 1, MACHINE_CPUS_MAX); break;
    case KEY_MEMORY:
        config->ram_size = options_size("memory", value) & ~UINT64_C(0xFFF);
        if (config->ram_size > BOARD_RAM_MAX)
            options_bad_value("memory", value, "at most 2G");
        break;
    case KEY_SEED: config->seed = options_number("seed", value, 0, UINT64_MAX); break;
    case KEY_CLOCK_RATE:
        config->clock_rate = (uint32_t)options_frequency("clock-rate", value);
        if (options_frequency("clock-rate", value) < 1000000 || options_frequency("clock-rate", value) > 4000000000)
            options_bad_value("clock-rate", value, "1MHz to 4GHz");
        break;
    case KEY_IMAGE: options->image = value; break;
    case KEY_APPEND: config->append = value; break;
    case KEY_DTB: config->dtb = options_read_file("dtb", value, &config->dtb_size); break;
    case KEY_METERING: config->metered = options_switch("metering", value); break;
    case ARGP_KEY_ARG: argp_error(state, "what is '%s'? Options begin with --", value); break;
    case ARGP_KEY_SUCCESS:
        if (options->image != NULL)
            config->image = options_read_file("image", image_path(options->image), &config->image_size);
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_machine = {.options = table, .parser = parse};
