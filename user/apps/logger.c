/* SPDX-License-Identifier: MIT */
/* Prints every value that the sensor sends, until the sensor says that it was the last. */
#include <aegis/aegis.h>

#include "sensor_proto.h"

static status_t logger_print(uint64_t value)
{
    struct text t = {0};
    text_str(&t, "LOG:");
    text_hex(&t, value);
    text_str(&t, " from the sensor\n");
    return text_print(&t);
}

int main(void)
{
    for (;;) {
        uint64_t value, mark;
        if (aegis_recv2(SENSOR_ENDPOINT, &value, &mark) != STATUS_OK)
            return 1;
        if (mark != SENSOR_VALUE)
            return 0;
        if (logger_print(value) != STATUS_OK || aegis_yield() != STATUS_OK)
            return 2;
    }
}
