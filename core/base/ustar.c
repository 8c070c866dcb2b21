/* SPDX-License-Identifier: MIT */
#include <abi/status.h>
#include <base/string.h>
#include <base/ustar.h>

#define BLOCK 512u

/* Fields of a header: offset and size. */
#define NAME          0u
#define NAME_SIZE     100u
#define SIZE          124u
#define SIZE_SIZE     12u
#define CHECKSUM      148u
#define CHECKSUM_SIZE 8u
#define TYPE          156u
#define MAGIC         257u
#define PREFIX        345u

static bool is_zero_block(const uint8_t *block)
{
    for (uint32_t i = 0; i < BLOCK; i++) {
        if (block[i] != 0)
            return false;
    }
    return true;
}

/* Octal digits, after spaces, up to a space, a NUL or the end of the field. */
static bool read_octal(const uint8_t *field, uint32_t size, uint64_t *out)
{
    uint64_t value = 0;
    uint32_t i = 0;
    uint32_t first;

    while (i < size && field[i] == ' ')
        i++;
    for (first = i; i < size && field[i] >= '0' && field[i] <= '7'; i++)
        value = value * 8 + (field[i] - (uint32_t)'0');
    if (i == first || (i < size && field[i] != ' ' && field[i] != '\0'))
        return false;
    *out = value;
    return true;
}

/* The sum of all bytes of the header, its own field taken as spaces. */
static bool checksum_fits(const uint8_t *header)
{
    uint64_t stored;
    uint64_t sum = 0;

    for (uint32_t i = 0; i < BLOCK; i++)
        sum += i >= CHECKSUM && i < CHECKSUM + CHECKSUM_SIZE ? ' ' : header[i];
    return read_octal(header + CHECKSUM, CHECKSUM_SIZE, &stored) && stored == sum;
}

static bool is_terminated(const uint8_t *field, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (field[i] == '\0')
            return true;
    }
    return false;
}

/* A name that spills into the prefix is not ours: members are found by their short names. */
static bool header_is_sound(const uint8_t *header)
{
    return str_eq_n((const char *)header + MAGIC, "ustar", 5) && checksum_fits(header) &&
           is_terminated(header + NAME, NAME_SIZE) && header[NAME] != '\0' && header[PREFIX] == '\0';
}

static bool is_regular(uint8_t type)
{
    return type == '0' || type == '\0';
}

/* Links, devices, directories and pipes ('1' to '6') may carry a size, but no data. */
static bool has_data(uint8_t type)
{
    return type < '1' || type > '6';
}

status_t ustar_next(const uint8_t *ar, uint64_t len, uint64_t *pos, struct ustar_member *out)
{
    uint64_t at = *pos;

    while (at <= len && len - at >= BLOCK) {
        const uint8_t *header = ar + at;
        uint64_t size, room;

        if (is_zero_block(header))
            return ERR_NOT_FOUND;
        if (!header_is_sound(header) || !read_octal(header + SIZE, SIZE_SIZE, &size))
            return ERR_TAR_BAD_HEADER;
        if (!has_data(header[TYPE]))
            size = 0;
        room = len - at - BLOCK;
        if (size > room || (BLOCK - size % BLOCK) % BLOCK > room - size)
            return ERR_TAR_TRUNCATED;
        at += BLOCK + size + (BLOCK - size % BLOCK) % BLOCK;
        if (!is_regular(header[TYPE]))
            continue;
        *pos = at;
        *out = (struct ustar_member){(const char *)header + NAME, header + BLOCK, size};
        return STATUS_OK;
    }
    return ERR_TAR_TRUNCATED;
}

status_t ustar_find(const uint8_t *ar, uint64_t len, const char *name, struct ustar_member *out)
{
    uint64_t pos = 0;
    status_t status;

    do {
        status = ustar_next(ar, len, &pos, out);
    } while (status == STATUS_OK && !str_eq(out->name, name));
    return status;
}
