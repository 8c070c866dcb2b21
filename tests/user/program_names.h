/* SPDX-License-Identifier: MIT */
/* Prototypes of the programs' renamed main functions, for the compiler's warnings. */
#pragma once

int client_main(void);
int tour_client_main(void);
int hello_main(void);
int sensor_main(void);
int logger_main(void);
int uart_driver_main(void);
int guide_main(void);
int clumsy_main(void);
