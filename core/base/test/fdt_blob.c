/* SPDX-License-Identifier: MIT */
#include "fdt_blob.h"

#include <support/unit.h>

#include <stdlib.h>
#include <string.h>

struct blob blob;

void blob_put32(uint32_t at, uint32_t v)
{
    blob.bytes[at] = (uint8_t)(v >> 24);
    blob.bytes[at + 1] = (uint8_t)(v >> 16);
    blob.bytes[at + 2] = (uint8_t)(v >> 8);
    blob.bytes[at + 3] = (uint8_t)v;
}

void blob_token(uint32_t kind)
{
    blob_put32(BLOB_STRUCTS + blob.structs, kind);
    blob.structs += 4;
}

void blob_bytes(const void *data, uint32_t len)
{
    if (len > 0)
        memcpy(blob.bytes + BLOB_STRUCTS + blob.structs, data, len);
    blob.structs += (len + 3) / 4 * 4;
}

void blob_begin(const char *name)
{
    blob_token(BLOB_BEGIN_NODE);
    blob_bytes(name, (uint32_t)strlen(name) + 1);
}

void blob_prop(const char *name, const void *data, uint32_t len)
{
    blob_token(BLOB_PROP);
    blob_token(len);
    blob_token(blob.strings);
    blob_bytes(data, len);
    strcpy((char *)blob.bytes + BLOB_STRINGS + blob.strings, name);
    blob.strings += (uint32_t)strlen(name) + 1;
}

void blob_prop_string(const char *name, const char *value)
{
    blob_prop(name, value, (uint32_t)strlen(value) + 1);
}

void blob_prop_cells(const char *name, uint32_t count, const uint32_t *cells)
{
    blob_token(BLOB_PROP);
    blob_token(count * 4);
    blob_token(blob.strings);
    for (uint32_t i = 0; i < count; i++)
        blob_token(cells[i]);
    strcpy((char *)blob.bytes + BLOB_STRINGS + blob.strings, name);
    blob.strings += (uint32_t)strlen(name) + 1;
}

void blob_prop_cell(const char *name, uint32_t cell)
{
    blob_prop_cells(name, 1, &cell);
}

void blob_end(void)
{
    blob_token(BLOB_END_NODE);
}

void blob_header(void)
{
    blob_put32(0, 0xD00DFEED);
    blob_put32(4, BLOB_STRINGS + blob.strings);
    blob_put32(8, BLOB_STRUCTS);
    blob_put32(12, BLOB_STRINGS);
    blob_put32(16, BLOB_HEADER);
    blob_put32(20, 17);
    blob_put32(24, 16);
    blob_put32(32, blob.strings);
    blob_put32(36, blob.structs);
}

uint32_t blob_size(void)
{
    return BLOB_STRINGS + blob.strings;
}

int blob_setup(void **state)
{
    (void)state;
    memset(&blob, 0, sizeof(blob));
    return 0;
}

status_t blob_open_size(uint32_t size)
{
    static uint8_t *copy;

    free(copy);
    copy = malloc(size > 0 ? size : 1);
    memcpy(copy, blob.bytes, size);
    return fdt_open(&blob.fdt, copy, size);
}

status_t blob_open(void)
{
    blob_header();
    return blob_open_size(blob_size());
}

void blob_board(void)
{
    const uint32_t memory_reg[] = {0, 0x40000000, 0, 0x4000000, 1, 0, 2, 0};
    const uint32_t uart_reg[] = {0x9000000, 0x1000};

    blob_begin("");
    blob_prop_cell("#address-cells", 2);
    blob_prop_cell("#size-cells", 2);
    blob_prop_string("model", "aegis,test");
    blob_begin("cpus");
    blob_prop_cell("#address-cells", 1);
    blob_prop_cell("#size-cells", 0);
    blob_begin("cpu@0");
    blob_prop_cell("reg", 0);
    blob_end();
    blob_begin("cpu@1");
    blob_prop_cell("reg", 1);
    blob_prop_cell("phandle", 7);
    blob_end();
    blob_end();
    blob_begin("memory@40000000");
    blob_prop_string("device_type", "memory");
    blob_prop_cells("reg", 8, memory_reg);
    blob_end();
    blob_begin("chosen");
    blob_prop_string("bootargs", "seed=1");
    blob_end();
    blob_begin("soc");
    blob_prop_cell("#address-cells", 1);
    blob_prop_cell("#size-cells", 1);
    blob_begin("uart@9000000");
    blob_prop("compatible", "arm,pl011\0arm,primecell", 24);
    blob_prop_cells("reg", 2, uart_reg);
    blob_end();
    blob_end();
    blob_end();
    blob_token(BLOB_END);
}

int blob_setup_board(void **state)
{
    blob_setup(state);
    blob_board();
    assert_ok(blob_open());
    return 0;
}
