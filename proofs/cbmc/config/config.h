/* SPDX-License-Identifier: MIT */
/* The sizes that harnesses use: those of the safety profile, unless the list says otherwise. */
#pragma once

#define CONFIG_PROFILE_NAME "safety"
#define CONFIG_FULL 0
#ifndef CONFIG_TASKS
#define CONFIG_TASKS 8
#endif
#ifndef CONFIG_ENDPOINTS
#define CONFIG_ENDPOINTS 4
#endif
#ifndef CONFIG_GRANTS
#define CONFIG_GRANTS 4
#endif
#ifndef CONFIG_IRQ_BINDINGS
#define CONFIG_IRQ_BINDINGS 8
#endif
#define CONFIG_POOL_FRAMES 256
