/* SPDX-License-Identifier: MIT */
/* An instruction set of the host's own: calls and ports end in functions of the test, so programs run as functions. */
#pragma once

struct aegis_regs fake_call(uint64_t nr, uint64_t target, const uint64_t w[4]);
uint8_t fake_port_read(uint64_t port);
void fake_port_write(uint64_t port, uint8_t value);

static inline struct aegis_regs aegis_raw(uint64_t nr, uint64_t target, uint64_t w0, uint64_t w1, uint64_t w2,
                                          uint64_t w3)
{
    const uint64_t w[4] = {w0, w1, w2, w3};
    return fake_call(nr, target, w);
}

static inline void aegis_spin(uint64_t rounds)
{
    (void)rounds;
}

static inline uint8_t aegis_port_read(uint64_t port)
{
    return fake_port_read(port);
}

static inline void aegis_port_write(uint64_t port, uint8_t value)
{
    fake_port_write(port, value);
}
