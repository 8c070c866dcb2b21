/* SPDX-License-Identifier: MIT */
#include <arch/timer.h>
#include <arch/io.h>
#include <board.h>
#include <port/spend.h>

void arch_timer_init(uint32_t frequency_hz)
{
    host_timer_start(frequency_hz);
}

uint64_t arch_timer_get_ticks(void)
{
    sim_spend(SIM_COST_TICKS);
    uint64_t now = sim_port.limit - (uint64_t)__atomic_load_n(&sim_port.budget, __ATOMIC_RELAXED);
    uint64_t last = __atomic_load_n(&sim_port.last_time, __ATOMIC_RELAXED);
    if (now < last)
        return last; /* another CPU is ahead and has shown its time */
    __atomic_store_n(&sim_port.last_time, now, __ATOMIC_RELAXED);
    return now;
}

uint32_t arch_timer_get_frequency(void)
{
    return sim_port.frequency;
}

/* -- The board's clock chip -- */

#if defined(BOARD_UART_PL011)
uint64_t arch_rtc_read(void)
{
    return arch_io_read32(BOARD_RTC_BASE); /* PL031: the counter of seconds is the first register */
}
#elif defined(BOARD_UART_NS16550)
uint64_t arch_rtc_read(void)
{
    uint64_t low = arch_io_read32(BOARD_RTC_BASE); /* Goldfish: reading the low half latches the high one */

    return ((uint64_t)arch_io_read32(BOARD_RTC_BASE + 4) << 32 | low) / 1000000000u;
}
#else
static uint32_t cmos(uint8_t index)
{
    arch_io_write8(BOARD_RTC_BASE, index);
    uint32_t bcd = arch_io_read8(BOARD_RTC_BASE + 1);
    return bcd / 16 * 10 + bcd % 16;
}

/* Days from 1970-01-01, for years from 1970 on: counted in 400-year eras that begin in March. */
static uint64_t days(uint32_t year, uint32_t month, uint32_t day)
{
    uint32_t y = month <= 2 ? year - 1 : year;
    uint32_t of_era = y % 400;
    uint32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return (uint64_t)(y / 400) * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Read twice until both agree: the chip may tick between two registers. */
uint64_t arch_rtc_read(void)
{
    uint64_t last = 0;

    for (;;) {
        uint32_t second = cmos(0x00), minute = cmos(0x02), hour = cmos(0x04);
        uint32_t day = cmos(0x07), month = cmos(0x08), year = cmos(0x32) * 100 + cmos(0x09);
        uint64_t now = days(year, month, day) * 86400 + hour * 3600u + minute * 60u + second;
        if (now == last)
            return now;
        last = now;
    }
}
#endif
