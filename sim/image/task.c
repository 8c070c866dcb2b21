/* SPDX-License-Identifier: MIT */
/* Programs of one's own: --task=FILE[,key=value...]. */
#include <sim/image.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/layout.h>
#include <abi/status.h>
#include <arch/isa.h>
#include <base/elf.h>
#include <config/config.h>
#include <sim/options.h>

enum { ELF_MACHINE = 18, ELF_ENTRY = 24, ELF_SECTIONS = 40, ELF_SECTION_SIZE = 58, ELF_SECTION_COUNT = 60, ELF_HEADER = 64 };

/* Short names first, then those of the manifest. */
static const char *const keys[] = {"prio", "name", "priority", "budget", "heartbeat", "caps", "restart", NULL};

static const struct {
    uint16_t machine;
    const char *name;
} isas[] = {{62, "x86_64"}, {183, "aarch64"}, {243, "riscv64"}};

const char *image_isa_name(uint16_t elf_machine)
{
    for (size_t i = 0; i < sizeof isas / sizeof *isas; i++) {
        if (isas[i].machine == elf_machine)
            return isas[i].name;
    }
    return NULL;
}

/* -- What is behind the commas -- */

static const char *expected(const char *key)
{
    if (strcmp(key, "prio") == 0 || strcmp(key, "priority") == 0)
        return "a number from 0 to 7, the most urgent";
    if (strcmp(key, "budget") == 0)
        return "ticks per epoch, 0 for no limit";
    if (strcmp(key, "heartbeat") == 0)
        return "an interval in ticks, 0 for none";
    if (strcmp(key, "caps") == 0)
        return "capabilities such as write+yield+exit, all, none or a number";
    if (strcmp(key, "restart") == 0)
        return "never, fault or always";
    return "up to 15 letters, digits, '_', '-' or '.'";
}

static void check_key(const char *value, const char *key)
{
    for (const char *const *k = keys; *k != NULL; k++) {
        if (strcmp(*k, key) == 0)
            return;
    }
    const char *nearest = options_nearest(key, keys);
    options_refuse(EXIT_USAGE, "--task=%s: unknown key '%s'%s%s%s (known: prio budget caps heartbeat restart name)", value, key,
        nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
}

/* The kernel's own parser judges the value, as part of a line of its own. */
static void set_key(const char *value, const char *key, const char *text, struct manifest_task *config)
{
    static struct manifest parsed;
    char line[512];
    uint32_t where;
    bool name = strcmp(key, "name") == 0;

    int n = snprintf(line, sizeof line, "task 0 %s file=x %s=%s", name ? "" : "name=x",
        strcmp(key, "prio") == 0 ? "priority" : key, text);
    if (n >= (int)sizeof line || strpbrk(text, " \t\r\n#") != NULL ||
        manifest_parse(line, (size_t)n, 1, &parsed, &where) != STATUS_OK)
        options_refuse(EXIT_USAGE, "--task=%s: %s=%s: expected %s", value, key, text, expected(key));
    if (name)
        snprintf(config->name, sizeof config->name, "%s", parsed.task[0].name);
    else if (key[0] == 'p')
        config->priority = parsed.task[0].priority;
    else if (key[0] == 'b')
        config->budget = parsed.task[0].budget;
    else if (key[0] == 'h')
        config->heartbeat = parsed.task[0].heartbeat;
    else if (key[0] == 'c')
        config->caps = parsed.task[0].caps;
    else
        config->restart = parsed.task[0].restart;
}

static void read_keys(const char *value, char *words, struct manifest_task *config)
{
    char *rest = NULL;

    for (char *word = strtok_r(words, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest)) {
        char *equals = strchr(word, '=');
        if (equals != NULL)
            *equals = '\0';
        check_key(value, word);
        if (equals == NULL)
            options_refuse(EXIT_USAGE, "--task=%s: %s needs a value: %s", value, word, expected(word));
        set_key(value, word, equals + 1, config);
    }
}

/* The name of the file without folder and ending, as far as a manifest can hold it. */
static void name_after_file(const char *path, struct manifest_task *config)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    size_t n = strcspn(base, ".");

    for (size_t i = 0; i < sizeof config->name - 1 && i < n; i++)
        config->name[i] = isalnum((unsigned char)base[i]) || base[i] == '_' || base[i] == '-' ? base[i] : '_';
    if (config->name[0] == '\0')
        snprintf(config->name, sizeof config->name, "task");
}

/* -- The file -- */

static uint64_t read_le(const uint8_t *p, uint32_t bytes)
{
    uint64_t value = 0;

    while (bytes-- > 0)
        value = value << 8 | p[bytes];
    return value;
}

/* A linker writes the table of sections last, so a file that has lost its end has lost that. */
static bool is_cut_short(const struct image_task *task)
{
    if (task->size < ELF_HEADER || memcmp(task->elf, "\177ELF", 4) != 0)
        return false;
    uint64_t at = read_le(task->elf + ELF_SECTIONS, 8);
    uint64_t size = read_le(task->elf + ELF_SECTION_SIZE, 2) * read_le(task->elf + ELF_SECTION_COUNT, 2);
    return at != 0 && (at > task->size || size > task->size - at);
}

static _Noreturn void refuse_elf(const struct image_task *task, status_t status)
{
    const char *isa = task->size >= ELF_HEADER ? image_isa_name((uint16_t)read_le(task->elf + ELF_MACHINE, 2)) : NULL;

    if (status == ERR_ELF_WRONG_ARCH && isa != NULL)
        options_refuse(EXIT_DATA, "--task=%s: is a program for %s, this machine is %s; run it with --arch=%s", task->path, isa,
            isa_name, isa);
    if (is_cut_short(task))
        options_refuse(EXIT_DATA, "--task=%s: is cut short: its table of sections lies outside the file; copy or make it again",
            task->path);
    options_refuse(EXIT_DATA, "--task=%s: %s; make it with ./aegis cc --arch=%s FILE.c -o FILE.elf", task->path,
        status_sentence(status), isa_name);
}

/* The slot is where the entry point lies; everything else is the validator's. */
static void check_elf(struct image_task *task)
{
    struct elf_plan plan;
    uint64_t entry = task->size >= ELF_HEADER ? read_le(task->elf + ELF_ENTRY, 8) : 0;
    uint64_t slot = (entry - LAYOUT_IMAGE_BASE) / LAYOUT_IMAGE_STRIDE;
    bool in_slot = entry >= LAYOUT_IMAGE_BASE && slot < LAYOUT_IMAGE_COUNT;
    struct elf_limits limits = {.machine = isa_elf_machine, .lo = LAYOUT_USER_BASE, .hi = LAYOUT_USER_BASE + LAYOUT_USER_SIZE};

    if (in_slot) {
        limits.lo = LAYOUT_IMAGE_BASE + slot * LAYOUT_IMAGE_STRIDE;
        limits.hi = limits.lo + LAYOUT_IMAGE_SIZE;
    }
    status_t status = elf_plan_load(task->elf, task->size, limits, &plan);
    if (status != STATUS_OK)
        refuse_elf(task, status);
    if (!in_slot)
        options_refuse(EXIT_DATA, "--task=%s: is linked for 0x%llx, where no task slot is; link it with ./aegis cc --slot=N",
            task->path, (unsigned long long)entry);
    if (slot >= CONFIG_TASKS)
        options_refuse(EXIT_DATA, "--task=%s: is linked for slot %llu, the profile %s has 0 to %u; link it with ./aegis cc --slot=N",
            task->path, (unsigned long long)slot, CONFIG_PROFILE_NAME, CONFIG_TASKS - 1);
    task->slot = (uint32_t)slot;
}

static void check_slot(const struct image_plan *plan, const struct image_task *task)
{
    for (uint32_t i = 0; i < plan->task_count; i++) {
        if (plan->task[i].slot == task->slot)
            options_refuse(EXIT_USAGE, "--task=%s: %s is linked for slot %u too; link one of them with ./aegis cc --slot=N",
                task->path, plan->task[i].path, task->slot);
    }
}

void image_add_task(struct image_plan *plan, const char *value)
{
    char *path = strdup(value);
    char *comma = path != NULL ? strchr(path, ',') : NULL;
    struct image_task task = {.path = path, .config = {.used = true}};

    if (path == NULL)
        abort();
    if (comma != NULL)
        *comma = '\0';
    if (path[0] == '\0')
        options_bad_value("task", value, "FILE[,prio=4,budget=10,caps=write+exit,heartbeat=0,restart=never,name=x]");
    name_after_file(path, &task.config);
    set_key(value, "prio", "4", &task.config);
    set_key(value, "budget", "10", &task.config);
    set_key(value, "caps", "write+yield+heartbeat+exit", &task.config);
    set_key(value, "restart", "never", &task.config);
    if (comma != NULL)
        read_keys(value, comma + 1, &task.config);
    task.elf = options_read_file("task", path, &task.size);
    check_elf(&task);
    check_slot(plan, &task);
    snprintf(task.config.file, sizeof task.config.file, "given-%u.elf", task.slot);
    plan->task[plan->task_count++] = task;
}
