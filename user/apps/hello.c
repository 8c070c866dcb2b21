/* SPDX-License-Identifier: MIT */
/* The smallest task that does something: says hello, lets others run twice, exits. */
#include <aegis/aegis.h>

int main(void)
{
    if (print("L5:ELF hello from a program loaded by the kernel\n") != STATUS_OK)
        return 1;
    if (aegis_yield() != STATUS_OK || aegis_yield() != STATUS_OK)
        return 2;
    return 0;
}
