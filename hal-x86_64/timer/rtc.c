/* SPDX-License-Identifier: MIT */
/* The PC's clock chip, in CMOS memory. */
#include <arch/timer.h>

#include <base/compiler.h>
#include <x86/cpu.h>
#include <x86/firmware.h>
#include <x86/spin.h>

#define INDEX 0x70
#define DATA 0x71

enum { SECOND = 0x00, MINUTE = 0x02, HOUR = 0x04, DAY = 0x07, MONTH = 0x08, YEAR = 0x09 };
enum { STATUS_A = 0x0A, STATUS_B = 0x0B };
#define UPDATING 0x80u /* A */
#define BINARY 0x04u   /* B: not BCD */
#define HOURS_24 0x02u /* B */
#define AFTERNOON 0x80u
#define CMOS_SIZE 128u
#define UPDATE_READS 100000u /* an update takes 2 ms */
#define AGREE_TRIES 16u

static KSTATE struct {
    struct x86_lock lock; /* of index and data */
} state;

struct moment {
    uint32_t second, minute, hour, day, month, year;
};

static uint8_t cmos(uint8_t index)
{
    x86_out8(INDEX, index);
    return x86_in8(DATA);
}

static uint32_t number(uint8_t value, bool binary)
{
    return binary ? value : value / 16u * 10u + value % 16u;
}

static struct moment read_chip(void)
{
    uint8_t status = cmos(STATUS_B), hour = cmos(HOUR), century = firmware_acpi.century;
    bool binary = (status & BINARY) != 0, afternoon = (status & HOURS_24) == 0 && (hour & AFTERNOON) != 0;
    struct moment m = {
        number(cmos(SECOND), binary), number(cmos(MINUTE), binary),  number(hour & (uint8_t)~AFTERNOON, binary),
        number(cmos(DAY), binary),    number(cmos(MONTH), binary),   number(cmos(YEAR), binary),
    };

    m.year += century != 0 && century < CMOS_SIZE ? number(cmos(century), binary) * 100 : 2000;
    if ((status & HOURS_24) == 0)
        m.hour = m.hour % 12 + (afternoon ? 12 : 0);
    return m;
}

/* Days from 1970-01-01, for years from 1970 on: counted in 400-year eras that begin in March. */
static uint64_t days(uint32_t year, uint32_t month, uint32_t day)
{
    uint32_t y = month <= 2 ? year - 1 : year;
    uint32_t of_era = y % 400;
    uint32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return (uint64_t)(y / 400) * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static uint64_t seconds(const struct moment *m)
{
    return days(m->year, m->month, m->day) * 86400 + m->hour * 3600u + m->minute * 60u + m->second;
}

/* Between updates, and twice the same: the chip may tick between two registers. */
uint64_t arch_rtc_read(void)
{
    uint64_t last = 0, now = 1;

    x86_lock(&state.lock);
    for (uint32_t try = 0; try < AGREE_TRIES && now != last; try++) {
        for (uint32_t i = 0; i < UPDATE_READS && (cmos(STATUS_A) & UPDATING) != 0; i++)
            x86_pause();
        struct moment m = read_chip();
        last = now;
        now = seconds(&m);
    }
    x86_unlock(&state.lock);
    return now;
}
