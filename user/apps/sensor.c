/* SPDX-License-Identifier: MIT */
/*
 * A task that works for its results. One value takes about a quarter of its budget of 10 ticks an epoch, at the
 * simulator's 100 MHz; then it sleeps until the next epoch (100 ticks), so its heartbeat interval is longer than that.
 * ROUNDS: stop after so many values, and tell the logger.
 */
#include <aegis/aegis.h>

#include "sensor_proto.h"

#define HEARTBEAT_TICKS 150u
#define SLICES          10u
#define SLICE_SPIN      115000u /* 2.3 ms at 100 MHz */
#define REPORT_EVERY    4u
#ifndef ROUNDS
#define ROUNDS UINT64_MAX
#endif

static void sensor_report(uint64_t counter)
{
    struct text t = {0};
    text_str(&t, "sensor: counter ");
    text_dec(&t, counter);
    text_str(&t, "\n");
    (void)text_print(&t);
}

static status_t sensor_measure(void)
{
    for (uint32_t i = 0; i < SLICES; i++) {
        aegis_spin(SLICE_SPIN);
        status_t status = aegis_heartbeat(HEARTBEAT_TICKS);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

int main(void)
{
    uint64_t counter = 0;
    while (counter < ROUNDS) {
        if (sensor_measure() != STATUS_OK)
            return 1;
        counter++;
        if (aegis_send(SENSOR_ENDPOINT, counter, SENSOR_VALUE, 0, 0) != STATUS_OK)
            return 2;
        if (counter % REPORT_EVERY == 0)
            sensor_report(counter);
        if (aegis_yield() != STATUS_OK)
            return 3;
    }
    if (aegis_send(SENSOR_ENDPOINT, counter, SENSOR_END, 0, 0) != STATUS_OK)
        return 4;
    return 0;
}
