/* SPDX-License-Identifier: MIT */
/* Keeps the machine running and does nothing: one tick of yielding in each epoch. */
#include <aegis/aegis.h>

int main(void)
{
    while (aegis_yield() == STATUS_OK)
        continue;
    return 1;
}
