/* SPDX-License-Identifier: MIT */
/* ARM PrimeCell real-time clock (PL031): a counter of seconds that can be set. Its alarm is not wired. */
#include <base/hash.h>
#include <board.h>
#include <sim/device.h>
#include <sim/machine.h>

enum { DR = 0x00, LR = 0x08, CR = 0x0C, PERIPH_ID = 0xFE0 };

static const uint8_t ids[8] = {0x31, 0x10, 0x04, 0x00, 0x0D, 0xF0, 0x05, 0xB1};

static struct pl031 {
    struct device device;
    uint32_t offset; /* seconds since 1970 at virtual time 0 */
    uint32_t load;
} rtc;

static uint32_t seconds(void)
{
    return (uint32_t)(machine_units_to_ns(machine_now()) / 1000000000u);
}

static uint32_t pl031_read(struct device *device, uint64_t offset, uint32_t size)
{
    (void)device;
    (void)size;
    switch (offset) {
    case DR: return rtc.offset + seconds();
    case LR: return rtc.load;
    case CR: return 1;
    default: return offset >= PERIPH_ID && offset % 4 == 0 ? ids[(offset - PERIPH_ID) / 4] : 0;
    }
}

static void pl031_write(struct device *device, uint64_t offset, uint32_t size, uint32_t value)
{
    (void)device;
    (void)size;
    if (offset != LR)
        return;
    rtc.load = value;
    rtc.offset = value - seconds();
}

static void pl031_hash(const struct device *device, struct hash *hash)
{
    (void)device;
    hash_u64(hash, (uint64_t)rtc.offset << 32 | rtc.load);
}

void rtc_create(uint64_t epoch_seconds)
{
    rtc.offset = (uint32_t)epoch_seconds;
    rtc.device = (struct device){.name = "rtc", .base = BOARD_RTC_BASE, .size = BOARD_RTC_SIZE,
        .read = pl031_read, .write = pl031_write, .hash = pl031_hash};
    device_attach(&rtc.device);
}
