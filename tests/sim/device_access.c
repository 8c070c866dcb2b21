/* SPDX-License-Identifier: MIT */
/* Odd accesses to a mapped UART: CASE chooses one; it prints a word and its result, or faults. */
#include <aegis/aegis.h>
#include <abi/layout.h>

#define REGISTERS LAYOUT_DEVICE_BASE

static void report(const char *what, uint64_t value)
{
    print(what);
    print(" ");
    print_hex(value);
    print("\n");
}

#if defined(__aarch64__)
static void access(volatile uint8_t *p)
{
    uint64_t a = 0, b = 0, s = 0;

#if CASE == 0
    __asm__ volatile("ldxr %w0, [%2]\n stxr %w1, %w0, [%2]" : "=&r"(a), "=&r"(s) : "r"(p + 0x18) : "memory");
#elif CASE == 1
    __asm__ volatile("ldp %0, %1, [%2]" : "=r"(a), "=r"(b) : "r"(p) : "memory");
#elif CASE == 2
    __asm__ volatile("dc zva, %0" : : "r"(p) : "memory");
#else
    __asm__ volatile("ldxp %0, %1, [%3]\n stxp %w2, %0, %1, [%3]" : "=&r"(a), "=&r"(b), "=&r"(s) : "r"(p) : "memory");
#endif
    report("survived", a + b + s);
}
#elif defined(__riscv)
static void access(volatile uint8_t *p)
{
    uint64_t a = 0, s = 0;

#if CASE == 0
    __asm__ volatile("amoadd.w %0, x0, (%1)" : "=r"(a) : "r"(p + 4) : "memory");
#elif CASE == 1
    __asm__ volatile("lr.w %0, (%2)\n sc.w %1, %0, (%2)" : "=&r"(a), "=&r"(s) : "r"(p + 4) : "memory");
#elif CASE == 2
    __asm__ volatile("amoswap.d %0, x0, (%1)" : "=r"(a) : "r"(p) : "memory");
#else
    a = *(volatile uint64_t *)(p + 3);
#endif
    report("survived", a + s);
}
#else
static void access(volatile uint8_t *p)
{
    uint32_t value = 0;

    (void)p;
#if CASE == 0
    __asm__ volatile("inb $0x80, %%al" : "=a"(value)); /* a port of somebody else */
#elif CASE == 1
    __asm__ volatile("inl %%dx, %%eax" : "=a"(value) : "d"(0x3FD)); /* begins in the grant and leaves it */
#elif CASE == 2
    __asm__ volatile("rep outsb" : : "S"(REGISTERS), "d"(0x3F8), "c"(4) : "memory"); /* never granted */
#else
    __asm__ volatile("inw %%dx, %%ax" : "=a"(value) : "d"(0x3FC)); /* two at once: nobody answers, nobody minds */
#endif
    report("survived", value & 0);
}
#endif

int main(void)
{
    struct aegis_device uart;

    if (aegis_device_map(0, &uart) != STATUS_OK)
        return 1;
    volatile uint8_t *p = (volatile uint8_t *)REGISTERS;
#if CASE == 4
    ((void (*)(void))(uintptr_t)p)();
#elif CASE == 5
    report("survived", *(volatile uint64_t *)(p + 0xFFC)); /* the second half is in a page that is not mapped */
#else
    access(p);
#endif
    return 0;
}
