/* SPDX-License-Identifier: MIT */
/* User registers in gdb's order, by the tables of the machine's ISA (registers_*.c). */
#include "registers.h"

#include <stdio.h>
#include <string.h>

const char *registers_xml(void)
{
    static char xml[8192];
    size_t used = (size_t)snprintf(xml, sizeof xml, "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
        "<target version=\"1.0\"><architecture>%s</architecture><osabi>none</osabi><feature name=\"%s\">",
        gdb_isa.architecture, gdb_isa.feature);

    for (uint32_t i = 0; i < gdb_isa.count; i++)
        used += (size_t)snprintf(xml + used, sizeof xml - used, "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\"/>",
            gdb_isa.registers[i].name, gdb_isa.registers[i].bytes * 8u, gdb_isa.registers[i].type);
    snprintf(xml + used, sizeof xml - used, "</feature></target>");
    return xml;
}

static size_t read_one(char *out, const struct trap_frame *frame, const struct gdb_register *r)
{
    static const uint8_t zero[8];

    if (r->offset == GDB_REGISTER_ZERO)
        return hex_encode(out, zero, r->bytes);
    if (r->offset == GDB_REGISTER_ABSENT) {
        memset(out, 'x', 2u * r->bytes);
        out[2 * r->bytes] = '\0';
        return 2u * r->bytes;
    }
    return hex_encode(out, (const uint8_t *)frame + r->offset, r->bytes);
}

size_t registers_read(char *out, const struct trap_frame *frame)
{
    size_t n = 0;

    for (uint32_t i = 0; i < gdb_isa.count; i++)
        n += read_one(out + n, frame, &gdb_isa.registers[i]);
    return n;
}

static bool write_one(struct trap_frame *frame, const struct gdb_register *r, const char *text)
{
    uint8_t bytes[8] = {0};

    if (r->offset < 0)
        return true; /* nothing to keep it in */
    if (hex_decode(bytes, r->bytes, text) != r->bytes)
        return false;
    memcpy((uint8_t *)frame + r->offset, bytes, r->bytes);
    return true;
}

bool registers_write(struct trap_frame *frame, const char *text)
{
    size_t length = strlen(text);

    for (uint32_t i = 0; i < gdb_isa.count; i++) {
        size_t digits = 2u * gdb_isa.registers[i].bytes;
        if (length < digits || !write_one(frame, &gdb_isa.registers[i], text))
            return false;
        text += digits;
        length -= digits;
    }
    return true;
}

bool registers_read_one(char *out, const struct trap_frame *frame, uint64_t number)
{
    return number < gdb_isa.count && read_one(out, frame, &gdb_isa.registers[number]) > 0;
}

bool registers_write_one(struct trap_frame *frame, uint64_t number, const char *text)
{
    return number < gdb_isa.count && write_one(frame, &gdb_isa.registers[number], text);
}
