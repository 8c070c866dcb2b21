/* SPDX-License-Identifier: MIT */
/* The PC's clock chip (MC146818): index port 0x70, data port 0x71, 24-hour BCD. It cannot be set and has no alarm. */
#include <base/hash.h>
#include <board.h>
#include <sim/device.h>
#include <sim/machine.h>

#include <time.h>

enum { SECOND = 0x00, MINUTE = 0x02, HOUR = 0x04, WEEKDAY = 0x06, DAY = 0x07, MONTH = 0x08, YEAR = 0x09,
    STATUS_A = 0x0A, STATUS_B = 0x0B, STATUS_D = 0x0D, CENTURY = 0x32 };

static struct cmos {
    struct device device;
    uint64_t epoch;
    uint8_t index;
} rtc;

static uint32_t bcd(int value)
{
    return (uint32_t)(value / 10 * 16 + value % 10);
}

static uint32_t cmos_register(uint8_t index)
{
    time_t now = (time_t)(rtc.epoch + machine_units_to_ns(machine_now()) / 1000000000u);
    struct tm tm;

    gmtime_r(&now, &tm);
    switch (index) {
    case SECOND: return bcd(tm.tm_sec);
    case MINUTE: return bcd(tm.tm_min);
    case HOUR: return bcd(tm.tm_hour);
    case WEEKDAY: return bcd(tm.tm_wday + 1);
    case DAY: return bcd(tm.tm_mday);
    case MONTH: return bcd(tm.tm_mon + 1);
    case YEAR: return bcd(tm.tm_year % 100);
    case CENTURY: return bcd(19 + tm.tm_year / 100);
    case STATUS_A: return 0x26; /* 32.768 kHz; never updating when looked at */
    case STATUS_B: return 0x02; /* 24 hours, BCD */
    case STATUS_D: return 0x80; /* the battery is good */
    default: return 0;
    }
}

static uint32_t cmos_read(struct device *device, uint64_t offset, uint32_t size)
{
    (void)device;
    (void)size;
    return offset == 0 ? 0xFF : cmos_register(rtc.index);
}

static void cmos_write(struct device *device, uint64_t offset, uint32_t size, uint32_t value)
{
    (void)device;
    (void)size;
    if (offset == 0)
        rtc.index = value & 0x7F;
}

static void cmos_hash(const struct device *device, struct hash *hash)
{
    (void)device;
    hash_u64(hash, rtc.index);
}

void rtc_create(uint64_t epoch_seconds)
{
    rtc.epoch = epoch_seconds;
    rtc.device = (struct device){.name = "rtc", .base = BOARD_RTC_BASE, .size = BOARD_RTC_SIZE, .port = true,
        .read = cmos_read, .write = cmos_write, .hash = cmos_hash};
    device_attach(&rtc.device);
}
