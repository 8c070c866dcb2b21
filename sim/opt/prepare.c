/* SPDX-License-Identifier: MIT */
/* From options to a machine that can be made: what needs more than one option. */
#include <sim/options.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/status.h>
#include <arch/boot.h>
#include <base/fdt.h>
#include <board.h>

#include "opt_priv.h"

#define RANGES_MAX 8u

/* The words that options turn into, before those of --append. */
static const char *kernel_words(const struct options *options, uint32_t exit_slot)
{
    static char words[BOOT_CMDLINE_MAX];
    char exit_task[32] = "";

    if (exit_slot != IMAGE_NO_SLOT)
        snprintf(exit_task, sizeof exit_task, "exit-task=%u ", exit_slot);
    const char *check = options->check_quick ? "check=quick " : options->check_invariants ? "check=invariants " : "";
    int n = snprintf(words, sizeof words, "%s%s%s%s", options->stop_on_fault ? "on-fault=stop " : "",
        check, exit_task, options->append != NULL ? options->append : "");
    if (n >= (int)sizeof words)
        options_refuse(EXIT_USAGE, "--append: the kernel command line has room for %zu bytes; shorten it", sizeof words - 1);
    if (n > 0 && words[n - 1] == ' ')
        words[n - 1] = '\0';
    return words;
}

/* -- The given device tree -- */

struct range {
    uint64_t base, size;
};

static _Noreturn void refuse_tree(const struct options *options, const char *why)
{
    if (options->replay.replay != NULL)
        options_refuse(EXIT_DATA, "--replay=%s: the device tree in it: %s", options->replay.replay, why);
    options_refuse(EXIT_DATA, "--dtb=%s: %s; begin with one made by --dump-dtb=FILE", options->machine.dtb_name, why);
}

static void check_range(const struct options *options, const struct range *ranges, uint32_t count, struct range r)
{
    char why[160];

    snprintf(why, sizeof why, "its memory at 0x%llx is not in whole pages between 0x%llx and 0x%llx", (unsigned long long)r.base,
        (unsigned long long)BOARD_RAM_BASE, (unsigned long long)(BOARD_RAM_BASE + BOARD_RAM_MAX));
    if (r.base % PAGE_SIZE != 0 || r.size % PAGE_SIZE != 0 || r.size == 0 || r.base - BOARD_RAM_BASE >= BOARD_RAM_MAX ||
        r.size > BOARD_RAM_MAX - (r.base - BOARD_RAM_BASE))
        refuse_tree(options, why);
    for (uint32_t i = 0; i < count; i++) {
        if (r.base < ranges[i].base + ranges[i].size && ranges[i].base < r.base + r.size)
            refuse_tree(options, "two of its ranges of memory overlap");
    }
}

/* RAM reaches to the end of the last range that the tree describes; what lies between two is there, but nobody uses it. */
static void adopt_memory(struct options *options, const struct fdt *fdt)
{
    struct machine_config *config = &options->machine;
    struct range ranges[RANGES_MAX], r;
    uint32_t node = fdt_find_path(fdt, "/memory");
    uint32_t count = 0;
    bool first = false;

    config->ram_size = 0;
    for (; fdt_reg(fdt, node, count, &r.base, &r.size); count++) {
        if (count == RANGES_MAX)
            refuse_tree(options, "it has more than 8 ranges of memory");
        check_range(options, ranges, count, r);
        ranges[count] = r;
        if (r.base == BOARD_RAM_BASE) {
            config->boot_ram_size = r.size;
            first = true;
        }
        if (r.base + r.size - BOARD_RAM_BASE > config->ram_size)
            config->ram_size = r.base + r.size - BOARD_RAM_BASE;
    }
    if (!first)
        refuse_tree(options, "it has no memory where this board's RAM begins");
}

/* The kernel's reader, which is stricter than libfdt, must be content too. */
static void adopt_tree(struct options *options)
{
    struct machine_config *config = &options->machine;
    struct fdt fdt;
    const char *why = dtb_damage(config->dtb, config->dtb_size);
    status_t status;

    if (why != NULL)
        refuse_tree(options, why);
    status = fdt_open(&fdt, config->dtb, config->dtb_size);
    if (status != STATUS_OK)
        refuse_tree(options, status_sentence(status));
    if (options->memory_given && options->replay.replay == NULL)
        options_refuse(EXIT_USAGE, "--memory and --dtb: the device tree says how much RAM there is; give one of the two");
    adopt_memory(options, &fdt);
}

/* -- Panics -- */

/* Sanitizers and debuggers want to see where it happened. */
static bool is_watched(void)
{
    char line[256];
    unsigned tracer = 0;
    FILE *status = fopen("/proc/self/status", "r");

    while (status != NULL && tracer == 0 && fgets(line, sizeof line, status) != NULL)
        (void)sscanf(line, "TracerPid: %u", &tracer);
    if (status != NULL)
        fclose(status);
    return tracer != 0 || options_sanitized();
}

bool options_sanitized(void)
{
    return __asan_init != NULL || __tsan_init != NULL;
}

static void load(struct options *options)
{
    struct machine_config *config = &options->machine;
    struct image image;

    image_load(&options->image, &image);
    config->image = image.bytes;
    config->image_size = image.size;
    config->image_name = image.name;
    config->append = kernel_words(options, image.first_slot);
}

/* -- Moments -- */

/* A moment knows its seed: that of the run is the same, or is taken from it. */
static void adopt_seed(struct options *options, const char *option, const struct options_moment *moment)
{
    if (moment->text == NULL || !moment->has_seed || moment->seed == options->machine.seed) {
        options->seed_given = options->seed_given || (moment->text != NULL && moment->has_seed);
        return;
    }
    if (options->replay.replay != NULL)
        options_refuse(EXIT_USAGE, "--%s=%s: the recorded run has seed %" PRIu64, option, moment->text, options->machine.seed);
    if (options->seed_given)
        options_refuse(EXIT_USAGE, "--%s=%s: this run has seed %" PRIu64 "; leave --seed out, it is taken from the moment", option,
            moment->text, options->machine.seed);
    options->machine.seed = moment->seed;
    options->seed_given = true;
}

void options_prepare(struct options *options)
{
    struct machine_config *config = &options->machine;

    if (options->replay.replay != NULL)
        replay_load(&options->replay, config);
    else
        load(options);
    adopt_seed(options, "stop-at", &options->stop_at);
    adopt_seed(options, "from", &options->from);
    adopt_seed(options, "gdb-at", &options->gdb_at);
    if (options->stop_at.text != NULL)
        config->stop_at_moment = options->stop_at.event;
    config->boot_ram_size = config->ram_size;
    if (!config->faults.seed_given)
        config->faults.seed = config->seed;
    if (config->dtb != NULL)
        adopt_tree(options);
    config->panic_aborts = options->on_panic == PANIC_ABORT || (options->on_panic == PANIC_AUTO && is_watched());
}
