/* SPDX-License-Identifier: MIT */
/*
 * Faults for tests/lint/seeded_test.py: each line marked FIND(checkers) must be found by each of these. Only ever read by
 * checkers; it is compiled into nothing.
 */
struct seeded_address {
    unsigned long value;
};
typedef unsigned int seeded_wire __attribute__((bitwise));
#define SEEDED_USER __attribute__((noderef, address_space(1)))

int seeded_index(int i);
int seeded_null(int *p);
int seeded_uninitialised(int c);
unsigned int seeded_sum(seeded_wire a, unsigned int b);
int seeded_user(int SEEDED_USER *p);
int seeded_same(int a);

int seeded_index(int i)
{
    int a[4] = {0};

    a[4] = i; /* FIND(cppcheck) */
    return a[0];
}

int seeded_null(int *p)
{
    int *q = 0;

    if (p != 0)
        q = 0;
    return *q; /* FIND(cppcheck, clang-tidy, analyzer) */
}

int seeded_uninitialised(int c)
{
    int x;

    if (c > 3)
        x = 1;
    return x; /* FIND(clang-tidy) */
}

unsigned int seeded_sum(seeded_wire a, unsigned int b)
{
    return a + b; /* FIND(sparse) */
}

int seeded_user(int SEEDED_USER *p)
{
    return *p; /* FIND(sparse) */
}

int seeded_same(int a)
{
    return a == 1 || a == 1; /* FIND(clang-tidy) */
}
