/* SPDX-License-Identifier: MIT */
/* The contract's points as a table. */
#include "rule.h"

#include <abi/status.h>
#include <arch/fault.h>

const struct fault_point_info fault_points[] = {
#define ROW(point, name, group, status, what) [point] = {name, group, status, what},
    FAULT_POINTS(ROW)
#undef ROW
    [FAULT_IRQ] = {"irq", "", STATUS_OK, "a device line rises and the interrupt controller misses it"},
};
