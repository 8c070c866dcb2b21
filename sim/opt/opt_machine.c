/* SPDX-License-Identifier: MIT */
/* What the machine is. */
#include <sim/options.h>

#include <string.h>

#include <arch/isa.h>
#include <board.h>

enum { KEY_ARCH = OPTIONS_KEY_MACHINE, KEY_CPUS, KEY_MEMORY, KEY_SEED, KEY_CLOCK_RATE, KEY_DTB, KEY_DUMP_DTB,
    KEY_METERING, KEY_FRAMEBUFFER };

static const struct argp_option table[] = {
    {NULL, 0, NULL, 0, "Machine:", 1},
    {"arch", KEY_ARCH, "ISA", 0, "Instruction set of the user programs; this executable has exactly one", 0},
    {"cpus", KEY_CPUS, "N", 0, "Simulated CPUs, 1 to 8 (default 1)", 0},
    {"memory", KEY_MEMORY, "SIZE", 0, "RAM, such as 64M (the default)", 0},
    {"seed", KEY_SEED, "N", 0, "Seed of everything that is random (default 1)", 0},
    {"clock-rate", KEY_CLOCK_RATE, "HZ", 0, "Virtual speed: four bytes of user code take one cycle (default 100MHz)", 0},
    {"dtb", KEY_DTB, "FILE", 0, "Device tree to boot with instead of the machine's own; it says how much RAM there is", 0},
    {"dump-dtb", KEY_DUMP_DTB, "FILE", 0, "Write the device tree that the kernel would get, and end", 0},
    {"framebuffer", KEY_FRAMEBUFFER, "on|off", 0, "off: the board has none, and the kernel draws nothing", 0},
    {"metering", KEY_METERING, "on|off", 0, "off: user code takes no virtual time; for benchmarks only", 0},
    {0},
};

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
        options->memory_given = true;
        config->ram_size = options_size("memory", value) & ~UINT64_C(0xFFF);
        if (config->ram_size > BOARD_RAM_MAX)
            options_bad_value("memory", value, "at most 2G");
        break;
    case KEY_SEED:
        options->seed_given = true;
        config->seed = options_number("seed", value, 0, UINT64_MAX);
        break;
    case KEY_CLOCK_RATE:
        config->clock_rate = (uint32_t)options_frequency("clock-rate", value);
        if (options_frequency("clock-rate", value) < 1000000 || options_frequency("clock-rate", value) > 4000000000)
            options_bad_value("clock-rate", value, "1MHz to 4GHz");
        break;
    case KEY_DTB:
        config->dtb = options_read_file("dtb", value, &config->dtb_size);
        config->dtb_name = value;
        break;
    case KEY_DUMP_DTB: options->dump_dtb = value; break;
    case KEY_FRAMEBUFFER: config->no_framebuffer = !options_switch("framebuffer", value); break;
    case KEY_METERING: config->metered = options_switch("metering", value); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp options_machine = {.options = table, .parser = parse};
