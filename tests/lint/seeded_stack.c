/* SPDX-License-Identifier: MIT */
/* A call graph with everything that tools/lint/stack.py must refuse, and one way that is known to the byte. */
int stack_leaf(volatile char *p);
int stack_known(void);
int stack_again(int n);
int stack_pointer(int (*f)(void));
int stack_dynamic(int n);
int stack_root(int n, int (*f)(void));

__attribute__((noinline)) int stack_leaf(volatile char *p)
{
    volatile char room[512];

    room[3] = p[0];
    return room[3];
}

__attribute__((noinline)) int stack_known(void)
{
    volatile char room[1024];

    room[0] = 1;
    return stack_leaf(room) + room[0];
}

__attribute__((noinline)) int stack_again(int n)
{
    volatile int keep = n;

    return n == 0 ? 0 : stack_again(n - 1) + keep;
}

__attribute__((noinline)) int stack_pointer(int (*f)(void))
{
    return f() + 1;
}

__attribute__((noinline)) int stack_dynamic(int n)
{
    volatile char *room = __builtin_alloca((unsigned long)n);

    room[0] = 1;
    return room[n - 1];
}

__attribute__((noinline)) int stack_root(int n, int (*f)(void))
{
    return stack_known() + stack_again(n) + stack_pointer(f) + stack_dynamic(n);
}
