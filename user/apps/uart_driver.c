/* SPDX-License-Identifier: MIT */
/*
 * The UART driver, as a user program. Clients put text into a page that they share with it, and call with its address
 * and length. The watchdog is armed while a request is served: a driver that hangs is restarted; one that waits is not.
 */
#include <aegis/aegis.h>
#include <aegis/uart.h>

#include "uart_proto.h"

#define HEARTBEAT_TICKS 50u

/* The address is the client's: it must lie in the grant page, whatever else the driver could read. */
static bool request_in_grant(uint64_t addr, uint64_t len)
{
    return addr >= UART_GRANT_ADDR && addr - UART_GRANT_ADDR < LAYOUT_GRANT_SIZE && len > 0 &&
           len <= LAYOUT_GRANT_SIZE - (addr - UART_GRANT_ADDR);
}

static status_t driver_send(const struct aegis_device *uart, const char *text, uint64_t len)
{
    while (len > 0) {
        uint64_t n = len < UART_BURST ? len : UART_BURST;
        status_t status = uart_send(uart, (const uint8_t *)text, n);
        if (status == STATUS_OK)
            status = aegis_heartbeat(HEARTBEAT_TICKS);
        if (status != STATUS_OK)
            return status;
        text += n;
        len -= n;
    }
    return STATUS_OK;
}

static uint64_t driver_serve(const struct aegis_device *uart, const struct aegis_msg *request)
{
    uint64_t addr = request->w[0], len = request->w[1];
    if (request->w[2] == UART_STOP)
        return UART_REPLY_OK;
    if (request->w[2] != UART_WRITE || !request_in_grant(addr, len))
        return UART_REPLY_ERROR;
    return driver_send(uart, (const char *)addr, len) == STATUS_OK ? UART_REPLY_OK : UART_REPLY_ERROR;
}

int main(void)
{
    static const char ready[] = "DRV:ready the UART belongs to a user program now\n";
    struct aegis_device uart;
    struct aegis_msg request = {{0}};
    if (uart_open(0, &uart) != STATUS_OK)
        return 1;
    if (driver_send(&uart, ready, sizeof(ready) - 1) != STATUS_OK)
        return 2;
    while (request.w[2] != UART_STOP) {
        if (aegis_heartbeat(0) != STATUS_OK || aegis_recv(UART_ENDPOINT, &request) != STATUS_OK)
            return 3;
        if (aegis_heartbeat(HEARTBEAT_TICKS) != STATUS_OK)
            return 4;
        uint64_t reply = driver_serve(&uart, &request);
        /* A caller that is gone by now is not the driver's trouble. */
        (void)aegis_send(UART_ENDPOINT, reply, 0, 0, 0);
    }
    return 0;
}
