/* SPDX-License-Identifier: MIT */
/* The workload as a task; its exit code is a check of the result. */
#include <aegis/aegis.h>

#include "work.h"

int main(void)
{
    return (int)(work(ROUNDS) & 31u);
}
