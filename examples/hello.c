/* SPDX-License-Identifier: MIT */
/* A first task of your own:
 *     ./aegis cc --arch=x86_64 examples/hello.c -o hello.elf
 *     ./aegis-sim --task=hello.elf,caps=write+yield+exit
 */
#include <aegis/aegis.h>

int main(void)
{
    print("hello from my own task, loaded at 0x");
    print_hex((uint64_t)(uintptr_t)main);
    print("\n");
    aegis_yield();
    return 0; /* becomes the exit code of the task */
}
