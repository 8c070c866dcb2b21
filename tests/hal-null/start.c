/* SPDX-License-Identifier: MIT */
/* The port's start. A file of its own: only tests that link core/init have a kernel_main(). */
#include "null_priv.h"

void arch_boot_init(void *boot_params)
{
    (void)boot_params;
    kernel_main(null_boot_info());
}
