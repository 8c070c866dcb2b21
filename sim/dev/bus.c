/* SPDX-License-Identifier: MIT */
#include <sim/device.h>

#include <stddef.h>

static struct device *devices;

void device_attach(struct device *device)
{
    struct device **end = &devices;

    while (*end != NULL)
        end = &(*end)->next;
    device->next = NULL;
    *end = device;
}

struct device *device_first(void)
{
    return devices;
}

static struct device *find(uint64_t addr, uint32_t size, bool port)
{
    for (struct device *d = devices; d != NULL; d = d->next) {
        if (d->port == port && addr >= d->base && addr - d->base < d->size && size <= d->size - (addr - d->base))
            return d;
    }
    return NULL;
}

uint32_t device_read(uint64_t addr, uint32_t size, bool port)
{
    uint32_t ones = size >= 4 ? UINT32_MAX : (UINT32_C(1) << 8 * size) - 1;
    struct device *d = find(addr, size, port);

    return d == NULL ? ones : d->read(d, addr - d->base, size) & ones;
}

void device_write(uint64_t addr, uint32_t size, bool port, uint32_t value)
{
    struct device *d = find(addr, size, port);

    if (d != NULL)
        d->write(d, addr - d->base, size, value);
}
