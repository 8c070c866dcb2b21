/* SPDX-License-Identifier: MIT */
/* Two of these bind one interrupt in turns, giving it back by their end; what one has bound the other's end must not take. */
#include "explore.h"

enum { IRQ = 33, BIT = 1 };

int main(void)
{
    while (aegis_irq_bind(IRQ, BIT) != STATUS_OK) {
        aegis_spin(PAUSE);
        (void)aegis_yield();
    }
    for (uint32_t i = 0; i < HOLD; i++) {
        if (aegis_irq_ack(IRQ) != STATUS_OK)
            return wrong("the binding is gone");
        aegis_spin(PAUSE);
    }
    return 0;
}
