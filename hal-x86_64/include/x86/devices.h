/* SPDX-License-Identifier: MIT */
#pragma once

/** Make COM1 the console, at 115,200 baud. The first thing of all. */
void devices_open_console(void);
