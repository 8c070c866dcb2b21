/* SPDX-License-Identifier: MIT */
/* What client and uart_driver say to each other on endpoint 0, by CALL and reply. */
#pragma once
#include <abi/layout.h>
#include <abi/types.h>

#define UART_ENDPOINT 0u
/** Grant slot of the page that carries the text; the client owns it and shares it with the driver. */
#define UART_GRANT 0u
#define UART_GRANT_ADDR ((uint64_t)LAYOUT_GRANT_BASE + UART_GRANT * LAYOUT_GRANT_STRIDE)

/** Request: word 0 address and word 1 length of text in the grant page, word 2 one of these. */
enum uart_request { UART_WRITE, UART_STOP };

/** Reply, word 0. */
#define UART_REPLY_OK    0x4F4Bu /* "OK" */
#define UART_REPLY_ERROR 0x4552u /* "ER" */
