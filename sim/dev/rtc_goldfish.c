/* SPDX-License-Identifier: MIT */
/*
 * Goldfish real-time clock: nanoseconds since 1970 in two halves; reading the low one latches the high one. No alarm.
 */
#include <base/hash.h>
#include <board.h>
#include <sim/device.h>
#include <sim/machine.h>

enum { TIME_LOW = 0x00, TIME_HIGH = 0x04 };

static struct goldfish {
    struct device device;
    uint64_t offset; /* nanoseconds since 1970 at virtual time 0 */
    uint32_t high;   /* latched by a read of TIME_LOW, and the high half to be set with the next TIME_LOW */
} rtc;

static uint32_t goldfish_read(struct device *device, uint64_t offset, uint32_t size)
{
    uint64_t now = rtc.offset + machine_units_to_ns(machine_now());

    (void)device;
    (void)size;
    if (offset == TIME_HIGH)
        return rtc.high;
    if (offset != TIME_LOW)
        return 0;
    rtc.high = (uint32_t)(now >> 32);
    return (uint32_t)now;
}

static void goldfish_write(struct device *device, uint64_t offset, uint32_t size, uint32_t value)
{
    (void)device;
    (void)size;
    if (offset == TIME_HIGH)
        rtc.high = value;
    else if (offset == TIME_LOW)
        rtc.offset = ((uint64_t)rtc.high << 32 | value) - machine_units_to_ns(machine_now());
}

static void goldfish_hash(const struct device *device, struct hash *hash)
{
    (void)device;
    hash_u64(hash, rtc.offset);
    hash_u64(hash, rtc.high);
}

void rtc_create(uint64_t epoch_seconds)
{
    rtc.offset = epoch_seconds * 1000000000u;
    rtc.device = (struct device){.name = "rtc", .base = BOARD_RTC_BASE, .size = BOARD_RTC_SIZE,
        .read = goldfish_read, .write = goldfish_write, .hash = goldfish_hash};
    device_attach(&rtc.device);
}
