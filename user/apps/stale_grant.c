/* SPDX-License-Identifier: MIT */
/*
 * Reads a page that it has just given back. The page was used a moment before and nothing else ran in between, so a
 * translation that the processor still remembers would let it through. After two faults it behaves.
 */
#include "guide_proto.h"
#include "hostile.h"

#define GRANT  2u
#define FAULTS 2u
#define MARK   0x5Au

int main(void)
{
    volatile uint8_t *page = (volatile uint8_t *)((uint64_t)LAYOUT_GRANT_BASE + GRANT * LAYOUT_GRANT_STRIDE);
    uint64_t life;
    if (!guide_ask(GUIDE_LIFE, &life))
        return 2;
    if (life < FAULTS) {
        hostile_announce("reading a page after giving it back");
        if (aegis_grant_create(GRANT, GUIDE_TASK) != STATUS_OK)
            return 3;
        *page = MARK;
        if (*page != MARK || aegis_grant_revoke(GRANT) != STATUS_OK)
            return 4;
        (void)*page;
        return hostile_survived();
    }
    return guide_ask(GUIDE_END, &life) ? 0 : 5;
}
