/* SPDX-License-Identifier: MIT */
#include <riscv/sbi.h>

#include <base/bits.h>
#include <common/cpu.h>

/* Extensions: those of version 0.1 have one function each. */
enum sbi_extension {
    LEGACY_SET_TIMER = 0x00,
    LEGACY_PUTCHAR = 0x01,
    LEGACY_SHUTDOWN = 0x08,
    BASE = 0x10,
    TIME = 0x54494D45,
    SPI = 0x735049,
    HSM = 0x48534D,
    SRST = 0x53525354,
};

enum sbi_function {
    BASE_SPEC_VERSION = 0,
    BASE_PROBE = 3,
    TIME_SET_TIMER = 0,
    SPI_SEND = 0,
    HSM_START = 0,
    HSM_STATUS = 2,
    SRST_RESET = 0,
};

struct sbi_result {
    int64_t error; /* 0 or negative */
    uint64_t value;
};

static KSTATE struct {
    bool legacy;                  /* [I] version 0.1: calls without a function number or a second result */
    bool has[SBI_FEATURE_COUNT]; /* [I] */
} state;

static struct sbi_result call(uint64_t extension, uint64_t function, const uint64_t arg[4])
{
    register uint64_t a0 __asm__("a0") = arg[0];
    register uint64_t a1 __asm__("a1") = arg[1];
    register uint64_t a2 __asm__("a2") = arg[2];
    register uint64_t a3 __asm__("a3") = arg[3];
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a6), "r"(a7) : "memory");
    return (struct sbi_result){.error = (int64_t)a0, .value = a1};
}

static struct sbi_result call1(uint64_t extension, uint64_t function, uint64_t arg)
{
    return call(extension, function, (const uint64_t[4]){arg, 0, 0, 0});
}

static bool probe(uint64_t extension)
{
    struct sbi_result r = call1(BASE, BASE_PROBE, extension);

    return r.error == 0 && r.value != 0;
}

void sbi_init(void)
{
    state.legacy = call1(BASE, BASE_SPEC_VERSION, 0).error != 0;
    if (state.legacy) {
        state.has[SBI_TIMER] = state.has[SBI_RESET] = state.has[SBI_CONSOLE] = true;
        return;
    }
    state.has[SBI_TIMER] = probe(TIME);
    state.has[SBI_IPI] = probe(SPI);
    state.has[SBI_HSM] = probe(HSM);
    state.has[SBI_RESET] = probe(SRST);
    state.has[SBI_CONSOLE] = probe(LEGACY_PUTCHAR);
}

bool sbi_has(enum sbi_feature feature)
{
    return state.has[feature];
}

void sbi_putchar(char c)
{
    if (!state.has[SBI_CONSOLE])
        return;
    if (c == '\n')
        (void)call1(LEGACY_PUTCHAR, 0, '\r');
    (void)call1(LEGACY_PUTCHAR, 0, (uint8_t)c);
}

void sbi_set_timer(uint64_t when)
{
    if (state.legacy)
        (void)call1(LEGACY_SET_TIMER, 0, when);
    else
        (void)call1(TIME, TIME_SET_TIMER, when);
}

/* The interface names harts by a base and a mask of 64; hart IDs may be anything. */
void sbi_send_ipi(uint32_t cpu_mask)
{
    while (cpu_mask != 0) {
        uint64_t base = hal_state.cpu[bits_lowest(cpu_mask)].hardware_id;
        uint64_t harts = 0;
        for (uint32_t i = 0; i < hal_state.cpu_count; i++) {
            uint64_t bit = hal_state.cpu[i].hardware_id - base;
            if ((cpu_mask >> i & 1) == 0 || bit >= 64)
                continue;
            harts |= UINT64_C(1) << bit;
            cpu_mask &= ~(1u << i);
        }
        (void)call(SPI, SPI_SEND, (const uint64_t[4]){harts, base, 0, 0});
    }
}

bool sbi_hart_exists(uint64_t hart)
{
    return call1(HSM, HSM_STATUS, hart).error == 0;
}

bool sbi_hart_start(uint64_t hart, paddr_t start)
{
    return call(HSM, HSM_START, (const uint64_t[4]){hart, start, 0, 0}).error == 0;
}

void sbi_reset(enum sbi_reset_type type)
{
    if (!state.has[SBI_RESET])
        return;
    if (state.legacy)
        (void)call1(LEGACY_SHUTDOWN, 0, 0);
    else
        (void)call(SRST, SRST_RESET, (const uint64_t[4]){type, 0, 0, 0});
}
