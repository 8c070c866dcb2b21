/* SPDX-License-Identifier: MIT */
/*
 * Makes every call with values that make no sense, always the same ones. Each life ends with something that stops the
 * task: a call that does not exist, an endpoint that does not exist, a wait that the watchdog ends. The guide counts
 * the lives; the last one exits.
 */
#include "guide_proto.h"
#include "hostile.h"

#define CALLS_A_LIFE   150u
#define WATCHDOG_TICKS 10u
#define ADDRESSES      8u
#define VALUES         16u

static char text[256]; /* the one buffer here that WRITE may read */
static uint64_t random_state;

static uint64_t garbage_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state >> 11;
}

static uint64_t garbage_value(void)
{
    static const uint64_t values[VALUES] = {
        0, 1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 1000, 0x7FFFFFFF, 0x80000000, UINT64_MAX - 1, UINT64_MAX,
    };
    return values[garbage_next() % VALUES];
}

static const void *garbage_address(void)
{
    static const uint64_t addresses[ADDRESSES - 1] = {
        0,
        LAYOUT_USER_BASE - 1,
        LAYOUT_USER_BASE + LAYOUT_USER_SIZE - 1,
        LAYOUT_STACK_BASE,
        LAYOUT_IMAGE_BASE,
        0xFFFFFFFF80000000,
        UINT64_MAX - 15,
    };
    uint64_t i = garbage_next() % ADDRESSES;
    return i < ADDRESSES - 1 ? (const void *)(uintptr_t)addresses[i] : text;
}

static uint64_t garbage_length(void)
{
    static const uint64_t lengths[4] = {0, 16, 256, 257};
    return garbage_next() % 8 == 0 ? garbage_value() : lengths[garbage_next() % 4];
}

/* One call of those that cannot wait. Every status is fine; the kernel must not mind. */
static void garbage_call(void)
{
    uint64_t out;
    struct aegis_device device;
    switch (garbage_next() % 9) {
    case 0: (void)aegis_yield(); break;
    case 1: (void)aegis_write(garbage_address(), garbage_length(), &out); break;
    case 2: (void)aegis_notify(garbage_value(), garbage_value()); break;
    case 3: (void)aegis_grant_create(garbage_value(), garbage_value()); break;
    case 4: (void)aegis_grant_revoke(garbage_value()); break;
    case 5: (void)aegis_irq_bind(garbage_value(), garbage_value()); break;
    case 6: (void)aegis_irq_ack(garbage_value()); break;
    case 7: (void)aegis_device_map(garbage_value(), &device); break;
    default:
        (void)aegis_heartbeat(garbage_value());
        (void)aegis_heartbeat(0); /* or the watchdog would end this life early */
        break;
    }
}

/* Messages to endpoints where nobody else receives: an error, or a wait that the watchdog ends. */
static void garbage_messages(void)
{
    struct aegis_msg msg;
    (void)aegis_heartbeat(WATCHDOG_TICKS);
    for (uint64_t ep = 0; ep < GUIDE_ENDPOINT; ep++) {
        (void)aegis_send(ep, garbage_value(), garbage_value(), garbage_value(), garbage_value());
        (void)aegis_call(ep, garbage_value(), garbage_value(), garbage_value(), garbage_value(), &msg);
    }
    (void)aegis_heartbeat(0);
}

/* How this life ends. Returns only after the last one. */
static void garbage_end(uint64_t life)
{
    struct aegis_msg msg;
    uint64_t bits = garbage_value();
    if (life >= 4)
        (void)aegis_heartbeat(WATCHDOG_TICKS);
    switch (life) {
    case 0: (void)aegis_raw(AEGIS_NR_COUNT, bits, bits, bits, bits, bits); break;
    case 1: (void)aegis_raw(UINT64_MAX, bits, bits, bits, bits, bits); break;
    case 2: (void)aegis_send(4, bits, bits, bits, bits); break;
    case 3: (void)aegis_call(UINT64_MAX, bits, bits, bits, bits, &msg); break;
    case 4: (void)aegis_recv(0, &msg); break;
    case 5:
        (void)aegis_wait_notify(&bits); /* there may be bits from the calls before */
        (void)aegis_wait_notify(&bits);
        break;
    default: return;
    }
    (void)hostile_survived();
}

int main(void)
{
    uint64_t life;
    if (!guide_ask(GUIDE_LIFE, &life))
        return 2;
    hostile_announce("making calls with garbage");
    for (uint32_t i = 0; i < sizeof(text); i++)
        text[i] = i % 16 == 15 ? '\n' : '.';
    random_state = 0x9E3779B97F4A7C15u + life;
    for (uint32_t i = 0; i < CALLS_A_LIFE; i++)
        garbage_call();
    garbage_messages();
    garbage_end(life);
    (void)guide_ask(GUIDE_END, &life);
    aegis_exit(UINT64_MAX);
}
