/* SPDX-License-Identifier: MIT */
/* Has the driver print text out of a page that the two share, then leaves. STOP_DRIVER: ends the driver as well. */
#include <aegis/aegis.h>

#include "uart_proto.h"

#define HEARTBEAT_TICKS 50u
#define DRIVER_TASK 0u

/* The page is zeroed and ours; the driver sees what we put there. */
static uint64_t page_write(const char *text)
{
    char *page = (char *)UART_GRANT_ADDR;
    uint64_t len = 0;
    for (; text[len] != '\0'; len++)
        page[len] = text[len];
    return len;
}

static int driver_call(uint64_t addr, uint64_t len, enum uart_request request, uint64_t expected)
{
    struct aegis_msg reply;
    if (aegis_heartbeat(HEARTBEAT_TICKS) != STATUS_OK)
        return 2;
    if (aegis_call(UART_ENDPOINT, addr, len, request, 0, &reply) != STATUS_OK)
        return 3;
    return reply.w[0] == expected ? 0 : 4;
}

int main(void)
{
    if (aegis_grant_create(UART_GRANT, DRIVER_TASK) != STATUS_OK)
        return 1;
    int code = driver_call(UART_GRANT_ADDR, page_write("J4:UserDrv printed by the driver, written by the client\n"),
                           UART_WRITE, UART_REPLY_OK);
    /* The driver must not be talked into reading its own memory for somebody else. */
    if (code == 0)
        code = driver_call(LAYOUT_IMAGE_BASE, 16, UART_WRITE, UART_REPLY_ERROR);
#ifdef STOP_DRIVER
    if (code == 0)
        code = driver_call(0, 0, UART_STOP, UART_REPLY_OK);
#endif
    (void)aegis_yield();
    return code;
}
