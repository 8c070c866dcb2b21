/* SPDX-License-Identifier: MIT */
#include <support/kernel.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TASKS_MAX 64u
#define FILES_MAX 8u

struct program {
    uint32_t slot;
    void (*program)(struct arch_user *user);
    null_user_step *step;
};

struct file {
    char name[32];
    const void *data;
    uint64_t size;
};

static struct {
    struct null_config config;
    char cmdline[256];
    char manifest[16384];
    size_t manifest_size;
    struct program program[TASKS_MAX];
    uint32_t programs;
    struct file file[FILES_MAX];
    uint32_t files;
    struct image image;
} plan;

void kernel_new(const struct null_config *config)
{
    plan.config = config ? *config : (struct null_config){0};
    plan.cmdline[0] = '\0';
    plan.manifest_size = 0;
    plan.programs = 0;
    plan.files = 0;
}

void kernel_cmdline(const char *cmdline)
{
    snprintf(plan.cmdline, sizeof(plan.cmdline), "%s", cmdline);
}

static void add_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void add_text(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    plan.manifest_size +=
        (size_t)vsnprintf(plan.manifest + plan.manifest_size, sizeof(plan.manifest) - plan.manifest_size, fmt, args);
    va_end(args);
    if (plan.manifest_size >= sizeof(plan.manifest))
        abort();
}

void kernel_manifest(const char *text)
{
    add_text("%s\n", text);
}

static void add_program(uint32_t slot, const char *attributes, struct program program)
{
    if (plan.programs == TASKS_MAX)
        abort();
    plan.program[plan.programs++] = program;
    add_text("task %u name=t%u file=t%u.elf %s\n", slot, slot, slot, attributes);
}

void kernel_task(uint32_t slot, const char *attributes, void (*program)(struct arch_user *user))
{
    add_program(slot, attributes, (struct program){.slot = slot, .program = program});
}

void kernel_step_task(uint32_t slot, const char *attributes, null_user_step *step)
{
    add_program(slot, attributes, (struct program){.slot = slot, .step = step});
}

void kernel_file(const char *name, const void *data, uint64_t size)
{
    struct file *file = &plan.file[plan.files++];

    if (plan.files > FILES_MAX)
        abort();
    snprintf(file->name, sizeof(file->name), "%s", name);
    file->data = data;
    file->size = size;
}

static bool is_replaced(const char *name)
{
    for (uint32_t i = 0; i < plan.files; i++)
        if (strcmp(plan.file[i].name, name) == 0)
            return true;
    return false;
}

static void build_image(void)
{
    static uint8_t elf[IMAGE_ELF_SIZE];
    char name[32];

    image_begin(&plan.image);
    if (!is_replaced("manifest"))
        image_add(&plan.image, "manifest", plan.manifest, plan.manifest_size);
    for (uint32_t i = 0; i < plan.programs; i++) {
        snprintf(name, sizeof(name), "t%u.elf", plan.program[i].slot);
        if (is_replaced(name))
            continue;
        image_elf(elf, plan.program[i].slot);
        image_add(&plan.image, name, elf, sizeof(elf));
    }
    for (uint32_t i = 0; i < plan.files; i++)
        image_add(&plan.image, plan.file[i].name, plan.file[i].data, plan.file[i].size);
    image_end(&plan.image);
}

void kernel_prepare(void)
{
    struct null_config config = plan.config;

    build_image();
    if (config.module_count == 0)
        config.modules[config.module_count++] = (struct null_module){.data = plan.image.bytes, .size = plan.image.size};
    if (!config.cmdline)
        config.cmdline = plan.cmdline;
    null_reset(&config);
    for (uint32_t i = 0; i < plan.programs; i++) {
        if (plan.program[i].step)
            null_script(image_base(plan.program[i].slot), plan.program[i].step);
        else
            null_program(image_base(plan.program[i].slot), plan.program[i].program);
    }
}

static void boot(void *arg)
{
    (void)arg;
    kernel_main(null_boot_info());
}

struct null_end kernel_continue(void)
{
    return null_run(boot, NULL);
}

struct null_end kernel_boot(void)
{
    kernel_prepare();
    return kernel_continue();
}

bool console_has(const char *text)
{
    return strstr(null_serial(), text) != NULL;
}

uint32_t console_count(const char *text)
{
    uint32_t n = 0;

    for (const char *p = strstr(null_serial(), text); p; p = strstr(p + 1, text))
        n++;
    return n;
}
