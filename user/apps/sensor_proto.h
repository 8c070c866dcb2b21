/* SPDX-License-Identifier: MIT */
/* What the sensor sends to the logger on endpoint 1: word 0 the counter, word 1 one of these marks. */
#pragma once

#define SENSOR_ENDPOINT 1u
#define SENSOR_VALUE    0xCAFEu
#define SENSOR_END      0u /* no more values will come */
