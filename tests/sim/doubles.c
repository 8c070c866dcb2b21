/* SPDX-License-Identifier: MIT */
#include <sim/event.h>
#include <sim/machine.h>
#include <sim/serial.h>

#include "doubles.h"

struct doubles doubles;
struct machine machine = {.config = {.clock_rate = 100000000}};

uint64_t machine_now(void)
{
    return doubles.now;
}

void machine_horizon(uint64_t time)
{
    if (time < doubles.horizon)
        doubles.horizon = time;
}

void machine_look_at(uint64_t time)
{
    machine_horizon(time);
}

uint64_t machine_ns_to_units(uint64_t ns)
{
    return ns / 10;
}

uint64_t machine_units_to_ns(uint64_t units)
{
    return units * 10;
}

void irq_set_line(uint32_t vector, bool asserted)
{
    doubles.line = vector;
    doubles.asserted = asserted;
}

void serial_output(uint8_t byte, uint64_t time)
{
    (void)time;
    doubles.sent[doubles.sent_count++ % sizeof doubles.sent] = byte;
}
