/* SPDX-License-Identifier: MIT */
/* The machine's time is the time-stamp counter, measured once against a clock that says how fast it is. */
#include <x86/clock.h>

#include <arch/cpu.h>
#include <arch/timer.h>
#include <base/compiler.h>
#include <common/kernel_map.h>
#include <x86/cpu.h>
#include <x86/firmware.h>
#include <x86/irq.h>

#define ROUNDS 5u
#define ROUND_PER_SECOND 500u /* each takes 2 ms */
#define TRIES 4u              /* of a sample */
#define STOPPED_READS 100000u

#define PM_TIMER_HZ 3579545u

#define HPET_PERIOD 0x004 /* femtoseconds a step */
#define HPET_CONFIG 0x010
#define HPET_COUNTER 0x0F0
#define HPET_ENABLE 1u
#define HPET_PERIOD_MAX 100000000u
#define FEMTOSECONDS 1000000000000000u

#define PIT_HZ 1193182u
#define PIT_CHANNEL2 0x42
#define PIT_COMMAND 0x43
#define PIT_ONE_SHOT 0xB0 /* channel 2, low byte then high, mode 0 */
#define PIT_LATCH 0x80    /* channel 2 */
#define PIT_CONTROL 0x61
#define PIT_GATE 0x01
#define PIT_SPEAKER 0x02

/* A clock of known frequency, counting up. */
struct reference {
    uint32_t (*read)(void);
    uint32_t mask;
    uint32_t hz;
};

static KSTATE struct {
    uint32_t shift; /* ticks are the counter's steps / 2^shift, so that the frequency fits */
    uint32_t frequency;
    uint32_t apic_frequency;
    uint64_t last; /* [a] the latest time any CPU has seen */
} state;

/* -- Reference clocks -- */

static uint32_t read_pm_timer(void)
{
    return x86_in32((uint16_t)firmware_acpi.pm_timer.address);
}

static bool open_pm_timer(struct reference *out)
{
    const struct acpi_register *r = &firmware_acpi.pm_timer;

    *out = (struct reference){read_pm_timer, firmware_acpi.pm_timer_32bit ? 0xFFFFFFFFu : 0xFFFFFFu, PM_TIMER_HZ};
    return r->address != 0 && r->space == ACPI_SPACE_IO;
}

static volatile uint32_t *hpet(uint32_t offset)
{
    uint8_t *base = firmware_acpi.hpet != 0 ? hal_map_device(firmware_acpi.hpet, HPET_COUNTER + 8) : NULL;

    return base != NULL ? (volatile uint32_t *)(base + offset) : NULL;
}

static uint32_t read_hpet(void)
{
    return *hpet(HPET_COUNTER);
}

static bool open_hpet(struct reference *out)
{
    uint32_t period = hpet(0) != NULL ? *hpet(HPET_PERIOD) : 0;

    if (period == 0 || period > HPET_PERIOD_MAX || FEMTOSECONDS / period > UINT32_MAX)
        return false;
    *hpet(HPET_CONFIG) |= HPET_ENABLE;
    *out = (struct reference){read_hpet, 0xFFFFFFFFu, (uint32_t)(FEMTOSECONDS / period)};
    return true;
}

static uint32_t read_pit(void)
{
    x86_out8(PIT_COMMAND, PIT_LATCH);
    uint32_t low = x86_in8(PIT_CHANNEL2);
    return ~(low | (uint32_t)x86_in8(PIT_CHANNEL2) << 8) & 0xFFFF; /* it counts down */
}

static bool open_pit(struct reference *out)
{
    x86_out8(PIT_CONTROL, (uint8_t)((x86_in8(PIT_CONTROL) & ~PIT_SPEAKER) | PIT_GATE));
    x86_out8(PIT_COMMAND, PIT_ONE_SHOT);
    x86_out8(PIT_CHANNEL2, 0xFF);
    x86_out8(PIT_CHANNEL2, 0xFF);
    *out = (struct reference){read_pit, 0xFFFF, PIT_HZ};
    return true;
}

static bool is_running(const struct reference *r)
{
    uint32_t first = r->read();

    for (uint32_t i = 0; i < STOPPED_READS; i++) {
        if (r->read() != first)
            return true;
    }
    return false;
}

static void choose(struct reference *out)
{
    static bool (*const open[])(struct reference *out) = {open_pm_timer, open_hpet, open_pit};

    for (uint32_t i = 0; i < ARRAY_LEN(open); i++) {
        if (open[i](out) && is_running(out))
            return;
    }
    arch_panic("boot: no clock to measure the time-stamp counter by");
}

/* -- Measuring -- */

/* All three clocks at one instant; `error` is how long that took, in steps of the first. */
struct sample {
    uint64_t tsc, error;
    uint32_t reference, apic;
};

/* The CPU may be taken away in the middle, by a hypervisor or the firmware: the fastest of several counts. */
static struct sample take_sample(const struct reference *r)
{
    struct sample best = {.error = UINT64_MAX};

    for (uint32_t i = 0; i < TRIES; i++) {
        uint64_t before = x86_rdtsc();
        uint32_t reference = r->read(), apic = apic_timer_read();
        uint64_t after = x86_rdtsc();
        if (after - before < best.error)
            best = (struct sample){before + (after - before) / 2, after - before, reference, apic};
    }
    return best;
}

struct measured {
    uint64_t tsc_hz, apic_hz, error;
};

static struct measured measure(const struct reference *r)
{
    struct sample start = take_sample(r);

    while (((r->read() - start.reference) & r->mask) < r->hz / ROUND_PER_SECOND)
        x86_pause();
    struct sample end = take_sample(r);
    uint32_t steps = (end.reference - start.reference) & r->mask;
    return (struct measured){(end.tsc - start.tsc) * r->hz / steps, (uint64_t)(start.apic - end.apic) * r->hz / steps,
                             start.error + end.error};
}

void clock_calibrate(void)
{
    struct reference reference;
    struct measured best = {.error = UINT64_MAX};

    choose(&reference);
    apic_timer_start(0);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        struct measured m = measure(&reference);
        if (m.error < best.error)
            best = m;
    }
    while (best.tsc_hz >> state.shift > UINT32_MAX)
        state.shift++;
    state.frequency = (uint32_t)(best.tsc_hz >> state.shift);
    state.apic_frequency = (uint32_t)best.apic_hz;
    if (state.frequency == 0 || state.apic_frequency == 0)
        arch_panic("boot: the time-stamp counter or the APIC timer stands still");
}

uint32_t clock_apic_frequency(void)
{
    return state.apic_frequency;
}

/* -- Time -- */

uint64_t arch_timer_get_ticks(void)
{
    uint64_t now = x86_rdtsc() >> state.shift;
    uint64_t last = __atomic_load_n(&state.last, __ATOMIC_RELAXED);

    while (now > last) {
        if (__atomic_compare_exchange_n(&state.last, &last, now, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return now;
    }
    return last; /* another CPU's counter is ahead and has been seen */
}

uint32_t arch_timer_get_frequency(void)
{
    return state.frequency;
}
