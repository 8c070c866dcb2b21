/* SPDX-License-Identifier: MIT */
#include <efi/loader.h>

#include <base/format.h>
#include <base/mem.h>
#include <base/string.h>

#define TEXT_MAX 200u

static const struct efi_guid loaded_image_guid = {
    0x5B1B31A1, 0x9562, 0x11D2, {0x8E, 0x3F, 0x00, 0xA0, 0xC9, 0x69, 0x72, 0x3B}};
static const struct efi_guid graphics_guid = {
    0x9042A9DE, 0x23DC, 0x4A38, {0x96, 0xFB, 0x7A, 0xDE, 0xD0, 0x80, 0x51, 0x6A}};

static void print(const struct efi_loader *loader, const char *fmt, va_list args)
{
    char text[TEXT_MAX];
    uint16_t wide[TEXT_MAX + sizeof "aegis: \r\n"];
    uint32_t n = 0;

    if (loader->system->out == NULL)
        return;
    (void)format_v(text, sizeof text, fmt, args);
    for (const char *p = "aegis: "; *p != '\0'; p++)
        wide[n++] = (uint8_t)*p;
    for (const char *p = text; *p != '\0'; p++)
        wide[n++] = (uint8_t)*p;
    wide[n++] = '\r';
    wide[n++] = '\n';
    wide[n] = 0;
    (void)loader->system->out->output_string(loader->system->out, wide);
}

void efi_say(const struct efi_loader *loader, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print(loader, fmt, args);
    va_end(args);
}

bool efi_fail(const struct efi_loader *loader, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print(loader, fmt, args);
    va_end(args);
    return false;
}

/*
 * Load options are whatever started the loader put there: text of a shell or of `-append`, or binary data of a boot
 * entry. Only plain text counts.
 */
static void read_options(struct efi_loader *loader)
{
    const uint16_t *text = loader->loaded->options;
    uint32_t n = text != NULL ? loader->loaded->options_size / 2 : 0;

    loader->cmdline[0] = '\0';
    if (n >= EFI_CMDLINE_MAX)
        n = EFI_CMDLINE_MAX - 1;
    for (uint32_t i = 0; i < n && text[i] != 0; i++) {
        if (text[i] < ' ' || text[i] > '~') {
            loader->cmdline[0] = '\0';
            return;
        }
        loader->cmdline[i] = (char)text[i];
        loader->cmdline[i + 1] = '\0';
    }
}

/* The first line of the file, if there is one: it is not an error if there is none. */
static void read_cmdline_file(struct efi_loader *loader)
{
    struct efi_blob file;
    uint64_t n = 0;

    if (!efi_has_file(loader, EFI_CMDLINE_FILE) || !efi_read(loader, EFI_CMDLINE_FILE, EFI_ANYWHERE, &file))
        return;
    while (n < file.size && n < EFI_CMDLINE_MAX - 1 && file.data[n] >= ' ' && file.data[n] <= '~')
        n++;
    memcpy(loader->cmdline, file.data, n);
    loader->cmdline[n] = '\0';
}

bool efi_open(struct efi_loader *loader, void *image, struct efi_system *system)
{
    void *loaded;

    memset(loader, 0, sizeof *loader);
    loader->image = image;
    loader->system = system;
    loader->boot = system->boot;
    efi_status_t status = loader->boot->handle_protocol(image, &loaded_image_guid, &loaded);
    if (status != EFI_OK)
        return efi_fail(loader, "the firmware does not say where the loader came from (EFI status %llx)", status);
    loader->loaded = loaded;
    read_options(loader);
    if (loader->cmdline[0] == '\0')
        read_cmdline_file(loader);
    return true;
}

void *efi_configuration(const struct efi_loader *loader, const struct efi_guid *vendor)
{
    for (uint64_t i = 0; i < loader->system->configuration_count; i++) {
        if (memcmp(&loader->system->configuration[i].vendor, vendor, sizeof *vendor) == 0)
            return loader->system->configuration[i].table;
    }
    return NULL;
}

void efi_find_screen(struct efi_loader *loader)
{
    struct efi_graphics *graphics;
    void *found;

    if (loader->boot->locate_protocol(&graphics_guid, NULL, &found) != EFI_OK)
        return;
    graphics = found;
    const struct efi_graphics_mode *mode = graphics->mode;
    if (mode == NULL || mode->info == NULL || mode->base == 0 || mode->info->format > EFI_PIXEL_BGRX)
        return;
    loader->screen = (struct efi_screen){
        .address = mode->base,
        .size = mode->size,
        .width = mode->info->width,
        .height = mode->info->height,
        .stride = 4 * mode->info->pixels_per_line,
        .format = mode->info->format,
    };
}
