/* SPDX-License-Identifier: MIT */
/* Tells the watching person what task 5 is up to, and tells task 5 how often it has been restarted. */
#include <aegis/aegis.h>

#include "guide_proto.h"

#define LINGER_SPIN 2500000u /* 50 ms at 100 MHz */

static void guide_announce(uint64_t life)
{
    struct text t = {0};
    if (life == 0) {
        text_str(&t, "guide: task 5 starts, and is about to do what it may not\n");
    } else {
        text_str(&t, "guide: task 5 is back, restarted with fresh memory; this is life ");
        text_dec(&t, life + 1);
        text_str(&t, "\n");
    }
    (void)text_print(&t);
}

int main(void)
{
    struct aegis_msg request;
    uint64_t life = 0;
    do {
        if (aegis_recv(GUIDE_ENDPOINT, &request) != STATUS_OK)
            return 1;
        if (request.w[0] == GUIDE_LIFE)
            guide_announce(life);
        (void)aegis_send(GUIDE_ENDPOINT, life, 0, 0, 0);
        life++;
    } while (request.w[0] == GUIDE_LIFE);
    if (request.w[0] == GUIDE_LINGER)
        aegis_spin(LINGER_SPIN);
    (void)print("guide: task 5 is done, and nobody else was harmed\n");
    return 0;
}
