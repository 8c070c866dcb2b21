/* SPDX-License-Identifier: MIT */
#include <aegis/aegis.h>

#include "start.h"

void aegis_start(void)
{
    aegis_exit((uint64_t)main());
}
